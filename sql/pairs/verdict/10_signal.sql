-- mart.signal. grain: one row per product and event or event group. params: $as_of, $max_share,
-- $min_countries, $rule
-- The verdict by METHODS part 7. Reasons in plain words, in the order decided. Conditions 4 to 6
-- come as condition_columns.
insert into mart.signal
with contribution as (
    -- Of countries with equally many cases the first in the alphabet is the top one.
    select
        p.product, p.event, p.event_kind,
        count(*) filter (p.is_country) as n_countries,
        (sum(p.a) filter (p.is_country)) ** 2
            / sum(p.a * p.a) filter (p.is_country) as effective_countries,
        arg_max(p.country, p.a * 65536 - ascii(p.country[1]) * 256 - ascii(p.country[2]))
            filter (p.is_country) as top_country,
        coalesce(max(p.a) filter (p.is_country), 0) as top_a,
        coalesce(max(p.a) filter (p.is_country and m.region = 'Europe'), 0) as top_europe_a,
        coalesce(sum(p.a) filter (m.region is not null and not p.is_country), 0) as masked,
        coalesce(sum(p.a) filter (m.region is null), 0) as unknown
    from mart.pair_country p
    join counted_stratum m on m.stratum = p.country
    group by p.product, p.event, p.event_kind
),
now as (
    select product, event, event_kind, list(country order by country) as countries
    from mart.pair_country
    where is_country and flagged
    group by product, event, event_kind
),
earlier as (
    -- Condition 1 asks of every look up to now, each with what was known then.
    select
        product, event, event_kind,
        list(country order by country) filter (country <> 'all') as countries,
        min(first_flagged) filter (country <> 'all') as first_country,
        min(first_flagged) filter (country = 'all') as first_pooled
    from mart.first_flag
    group by product, event, event_kind
),
region as (
    select product, event, event_kind, list(region order by region) as regions_flagged
    from mart.pair_region
    where flagged
    group by product, event, event_kind
),
condition as (
    -- The finer conditions, of flagged pairs only.
    select
        p.product, e.event, e.event_kind, c.n_joined::bigint as n_joined, c.survives_joining,
        c.homogeneous, c.n_before_notice::bigint as n_before_notice, c.survives_notice,
        w.notice_date, w.issuer, w.title
    from condition_columns c
    join product_code p using (product_no)
    join event_code e using (event_no)
    left join core.notice w using (notice_id)
),
evidence as (
    select
        p.*,
        coalesce(k.n_countries, 0) as n_countries,
        k.effective_countries, k.top_country,
        if(f.countries is null, w.first_country, null) as first_flagged,
        w.first_country, w.first_pooled,
        if(k.n_countries > 0, k.top_a / p.n, null) as top_share,
        k.masked + k.unknown as n_unplaced,
        -- Cases without a known country may all have come from one: the unknown from any, those
        -- masked as members of the European Union from one of Europe.
        greatest(k.top_a + k.unknown, k.top_europe_a + k.masked + k.unknown) / p.n as worst_share,
        coalesce(f.countries, if(p.flagged, w.countries, null), []) as countries_flagged,
        coalesce(r.regions_flagged, []) as regions_flagged,
        b.best_country, b.best_country_power, b.any_country_power, b.pool_power,
        b.critical_count, b.blind, b.sight,
        i.* exclude (product, event, event_kind)
    from mart.pair p
    left join contribution k using (product, event, event_kind)
    left join now f using (product, event, event_kind)
    left join earlier w using (product, event, event_kind)
    left join region r using (product, event, event_kind)
    left join pair_power b using (product, event, event_kind)
    left join condition i using (product, event, event_kind)
),
judged as (
    select
        e.*,
        case
            when len(countries_flagged) > 0 then 'country_signal'
            when crude_flagged and not flagged then 'confounded_by_country'
            when not flagged then 'not_flagged'
            when crude_ic <= 0 then 'confounded_by_country'
            when n_countries < $min_countries or worst_share > $max_share
                then 'single_country_driven'
            when not survives_joining then 'duplicate_sensitive'
            when not homogeneous then 'pooled_heterogeneous'
            when not survives_notice then 'stimulated'
            else 'pooled_only'
        end as verdict
    from evidence e
),
explained as (
    select
        j.*,
        list_filter([
            case verdict
                when 'pooled_only' then format(
                    'The pool flags it ({}): {} cases where {:.2f} are expected.',
                    $rule, n, expected)
                when 'country_signal' then if(
                    first_flagged is not null,
                    format('The pool flags it and no country does now, but with what was known '
                        || 'then {} alone would have flagged by {}.',
                        array_to_string(countries_flagged, ', '), first_flagged),
                    format('Flags in {} alone{}.', array_to_string(countries_flagged, ', '),
                    if(flagged, ', and in the pool', ', though the pool does not flag')))
                when 'confounded_by_country' then format(
                    'Collapsing the countries {} it (IC {:.2f}); inside the countries, where '
                    || 'like is compared with like, the IC is {:.2f} (lower limit {:.2f}).',
                    if(crude_flagged and not flagged, 'flags', 'does not raise'),
                    crude_ic, ic, ic025)
                when 'single_country_driven' then if(
                    n_countries < $min_countries,
                    format('The pool flags it, but {} known countr{} a case.', n_countries,
                        if(n_countries = 1, 'y has', 'ies have')),
                    if(top_share > $max_share,
                        format('The pool flags it, but {} holds {:.0f}% of the cases.',
                            top_country, 100 * top_share),
                        format('The pool flags it, but one country may hold {:.0f}% of the cases: '
                            || '{} have no known country.', 100 * worst_share, n_unplaced)))
                when 'duplicate_sensitive' then format(
                    'The pool flags it, but {} of the {} cases may be other reports of a person '
                    || 'already counted; were they, it would not be a signal of the pool.',
                    n - n_joined, n)
                when 'pooled_heterogeneous' then format(
                    'The pool flags it and no country does, but the countries differ by more than '
                    || 'chance (p {}): look at those that carry it.',
                    if(homogeneity_p < 0.001, 'below 0.001', format('{:.3f}', homogeneity_p)))
                when 'stimulated' then format(
                    'The pool flags it, but not on the {} case{} received by {}, the day of a '
                    || 'public notice ({}: {}).',
                    n_before_notice, if(n_before_notice = 1, '', 's'), notice_date, issuer, title)
            end,
            case when verdict = 'pooled_only' then format(
                'No country flags on its own: {} countries share the cases, the most in {} '
                || '({:.0f}%).', n_countries, top_country, 100 * top_share)
            end,
            if(verdict = 'pooled_only', sight, null),
            case when verdict = 'pooled_only' and n_unplaced > 0 then format(
                '{} of the {} cases have no known country: they may come from one.',
                n_unplaced, n)
            end,
            case when verdict = 'pooled_only' and n_joined < n then format(
                'It stands also when {} suspected duplicate{} left out.', n - n_joined,
                if(n - n_joined = 1, ' is', 's are'))
            end,
            case
                when verdict = 'pooled_only' and notice_date is not null then format(
                    'It stood already on the {} cases received by {}, the day of a public notice '
                    || '({}: {}).', n_before_notice, notice_date, issuer, title)
                when verdict <> 'stimulated' and notice_date is not null
                    and n_before_notice < n then format(
                    '{} of its {} cases were received after a public notice of {} ({}: {}).',
                    n - n_before_notice, n, notice_date, issuer, title)
            end,
            case when verdict = 'pooled_only' and len(regions_flagged) > 0 then format(
                'It also flags in the region{} {}.', if(len(regions_flagged) > 1, 's', ''),
                array_to_string(regions_flagged, ', '))
            end,
            case
                when verdict <> 'not_flagged' and flagged and loco_fragility > n_countries then
                    'It stands on cases without a known country alone.'
                when verdict <> 'not_flagged' and flagged and loco_fragility = 1 then
                    'It falls when one country is left out.'
                when verdict <> 'not_flagged' and flagged then
                    format('It stands until {} countries are left out.', loco_fragility)
            end
        ], lambda reason: reason is not null) as reasons,
        coalesce(c.atmp_class, 'none') as atmp_class
    from judged j
    left join (select brand, any_value(atmp_class) as atmp_class from core.product group by brand) c
        on c.brand = j.product
),
ranked as (
    select
        e.*,
        row_number() over (
            order by
                verdict = 'not_flagged',
                atmp_class = 'none',
                list_position(
                    ['pooled_only', 'country_signal', 'pooled_heterogeneous', 'stimulated',
                     'duplicate_sensitive', 'single_country_driven', 'confounded_by_country',
                     'not_flagged'], verdict),
                ic025 desc, product, event, event_kind
        ) as place
    from explained e
),
final as (
    select
        product, atmp_class, event, event_kind, verdict, reasons, n, expected, ic, ic025, ror,
        ror025, prr, chi2_yates, ebgm, eb05, crude_ic025, q_value, n_countries, effective_countries,
        top_country, top_share, countries_flagged, regions_flagged, homogeneity_p,
        if(flagged, loco_fragility, null) as loco_fragility, n_joined, notice_date, n_before_notice,
        best_country, best_country_power, any_country_power, pool_power, critical_count, blind,
        first_pooled, first_country,
        datediff('day', first_pooled, coalesce(first_country, $as_of::date)) as gain_days,
        if(first_pooled is null, null, first_country is null) as gain_censored,
        if(verdict = 'not_flagged', null, place) as rank,
        $as_of::date as as_of
    from ranked
)
select * from final
order by rank nulls last, product, event, event_kind;
