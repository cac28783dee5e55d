-- writes: mart.rate_window
-- reads: work.window_count, work.window_power, work.window_ratio, work.exposed_place,
--   work.window_event, work.latency_window, work.window_rate, work.window_background,
--   work.known_case, work.sequential_standing, work.place_retention
-- params: $as_of, $relative_risk, $power, $n_min
-- grain: advanced therapy with exposure, event, latency window and country with exposure, or the
--   pool ('all')
-- The states of METHODS part 6 in the order in which they are decided, each with its reason. Nothing
-- is excluded where hardly a case of the product is known at all: there no report means nothing.
with named as (
    select
        c.*, x.retention, p.product, p.country, p.by_time, p.gap_days, e.event, e.event_kind,
        w.latency_window, w.is_all, w.from_days, b.country as background_country, b.standard, b.reference,
        s.signalled_on as first_signal, s.n_at_signal as n_at, s.expected_at_signal as expected_at,
        s.chain_status, s.horizon, s.alpha,
        d.expected_needed, d.person_years_needed, d.first_alpha = 0 as without_alpha,
        coalesce(k.n_known, 0) as n_known,
        c.rr_upper / $relative_risk as exclusion_fraction
    from window_count c
    join exposed_place p using (place_no)
    join window_event e using (window_event_no)
    join latency_window w using (window_no)
    join window_power d using (row_no)
    join place_retention x using (place_no)
    left join window_rate r using (place_no, window_event_no)
    left join window_background b using (background_no)
    left join sequential_standing s
        on s.product = p.product and s.event = e.event and s.event_kind = e.event_kind
        and s.latency_window = w.latency_window and s.country = p.country
    left join known_case k using (place_no)
),
judged as (
    select
        *,
        case
            when first_signal is not null then 'signal'
            when rr_upper < $relative_risk and n_known >= $n_min then 'excluded'
            when coalesce(expected < expected_needed, true) then 'not_yet_observable'
            else 'inconclusive'
        end as state
    from named
),
explained as (
    select
        *,
        case state
            when 'signal' then format(
                'The sequence of looks signalled on {}: {} case{} where {:.3g} were expected.',
                first_signal, n_at, if(n_at = 1, '', 's'), expected_at)
            when 'excluded' then format(
                'A rate ratio of {:g} or more is excluded: its upper limit is {:.3g} with every '
                || 'case that may be one and the fewest person-years, if at least {:.0f}% of the '
                || 'events are reported.{}',
                $relative_risk, rr_upper, ceil(100 * exclusion_fraction),
                if(gap_days > 0, format(
                    ' Nothing is said of those treated on {} day{} without exposure.',
                    gap_days, if(gap_days = 1, '', 's')), ''))
            when 'not_yet_observable' then case
                when person_years = 0 and not by_time and not is_all then
                    'The exposure is given as person-years: it does not tell the time since '
                    || 'treatment.'
                when person_years = 0 then 'Nobody treated has been followed into the window yet.'
                when expected is null and background_country is not null then
                    'The background rate is zero: nothing is expected to compare with.'
                when expected is null and person_years_needed is null then
                    'There is no background rate to compare with.'
                when without_alpha then
                    'The window was planned when the late windows of this product and event had '
                    || 'opened: they have left it no alpha, and nothing is tested.'
                when expected is null then
                    'No country with a background rate has person-time in the window yet.'
                else format(
                    '{:.3g} cases are expected without effect; {:.3g} are needed to see a rate '
                    || 'ratio of {:g} with a power of {:.0f}%.',
                    expected, expected_needed, $relative_risk, 100 * $power)
            end
            else if(rr_upper < $relative_risk, format(
                'The person-time would do, but of the product {} known here, of whatever event: '
                || 'the reports may not cover it, and few cases mean nothing.',
                case n_known
                    when 0 then 'no case is'
                    when 1 then 'only 1 case is'
                    else format('only {} cases are', n_known)
                end),
            format(
                'The person-time would show a rate ratio of {:g} with a power of {:.0f}%, but the '
                || 'cases neither signal nor exclude it (upper limit {}).',
                $relative_risk, 100 * $power,
                if(rr_upper is null, 'none', format('{:.3g}', rr_upper))))
        end as reason
    from judged
),
-- Of every test in the ledger: a country that has signalled stays, though its exposure be gone.
alone as (
    select
        product, event, event_kind, latency_window, min(signalled_on) as first_country_signal,
        list(country order by country) as countries_signalled
    from sequential_standing
    where country <> 'all' and signalled_on is not null
    group by product, event, event_kind, latency_window
)
select
    x.product, x.event, x.event_kind, x.latency_window, x.country, x.n,
    x.n_possible, x.n_before, x.person_years,
    x.person_years_low, x.person_years_high, x.rate_py, x.rate_py_lower, x.rate_py_upper,
    x.rate_py_midp_lower, x.rate_py_midp_upper, x.background_country,
    nullif(x.standard, '') as standard, x.reference, x.n_compared,
    x.expected, x.expected_low, x.expected_high, x.oe, x.oe_lower, x.oe_upper, x.p_excess,
    x.rr_above_1, x.rr_above_2, x.reporting_fraction, r.common_rr, r.common_rr_lower,
    r.common_rr_upper, r.random_rr, r.random_rr_lower, r.random_rr_upper, r.tau2, x.rr_upper,
    x.exclusion_fraction, x.state, x.reason, x.chain_status, x.horizon, x.alpha,
    x.first_signal,
    if(x.country <> 'all', null, case
        when a.first_country_signal is not null then 'country_signal'
        when x.first_signal is not null then 'pooled_only'
        else 'not_flagged'
    end) as rate_verdict,
    if(x.country = 'all', a.first_country_signal, null) as first_country_signal,
    if(x.country = 'all', coalesce(a.countries_signalled, []), null) as countries_signalled,
    if(x.country = 'all',
        datediff('day', x.first_signal, coalesce(a.first_country_signal, $as_of::date)), null)
        as gain_days,
    if(x.country = 'all' and x.first_signal is not null, a.first_country_signal is null, null)
        as gain_censored,
    x.retention, x.from_days, x.gap_days
from explained x
left join alone a
    on a.product = x.product and a.event = x.event and a.event_kind = x.event_kind
    and a.latency_window = x.latency_window
left join window_ratio r using (row_no)
order by x.row_no
