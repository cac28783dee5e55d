"""What the report asks the published snapshot; every query gives its rows in a fixed order."""

RUN = """
select run_id, as_of, code_version, fingerprint, seed, what_if, settings, rules, inputs, versions
from ops.run
"""

# Signals are what the pool or a country flags; a verdict that the registry sets aside is none.
# Designated events of products in scope are always listed, whatever their place.
SIGNALS = """
with designated as (
    select g.label as event, 'event_group' as event_kind
    from core.event_group g
    where g.designated
    union
    select s.event, 'event'
    from mart.signal s
    join core.event_group_member m on lower(m.event) = lower(s.event) and s.event_kind = 'event'
    join core.event_group g using (event_group)
    where g.designated
),
folded as (
    select
        headline_product as product, headline_event as event, headline_event_kind as event_kind,
        count(d.event) > 0 as designated,
        list({
            product: s.product, event: s.event, event_kind: s.event_kind, n: s.n
        } order by rank) as folded
    from mart.signal s
    left join designated d using (event, event_kind)
    where not headline
    group by headline_product, headline_event, headline_event_kind
),
flagged as (
    select
        s.*, coalesce(f.folded, []) as folded, d.event is not null as designated,
        s.family is not null and (d.event is not null or coalesce(f.designated, false)) as always,
        l.n_last_year, l.n_year_before, l.n_fatal_new, l.new_countries,
        coalesce(l.again, false) as again,
        case
            when atmp_class <> 'none' then 'advanced'
            else 'other'
        end || case
            when list_contains($aside, verdict) then '_aside'
            when list_contains($watch, verdict) then '_watch'
            when list_contains($listed, verdict) and not coalesce(l.again, false)
                then '_listed'
            else ''
        end as part
    from mart.signal s
    left join designated d using (event, event_kind)
    left join folded f using (product, event, event_kind)
    left join mart.listed_reaction l using (product, event, event_kind)
    where verdict <> 'not_flagged' and headline is not false
),
placed as (
    select
        *,
        row_number() over (
            partition by part
            order by again desc, rank nulls last, ic025 desc, product, event, event_kind
        ) as place
    from flagged
)
select
    part, place, rank, product, atmp_class, event, event_kind, verdict, reasons, n, expected,
    ic, ic025, ror, ror025, family, p_value,
    if(len(countries_flagged) > 0, least(q_country, q_pool), q_value) as q, heterogeneous,
    n_countries, effective_countries,
    coalesce(c.country_name, top_country) as top_country, top_share,
    loco_fragility, any_country_power, pool_power, first_confirmed, first_country, gain_days,
    gain_censored, designated, folded, n_last_year, n_year_before, n_fatal_new,
    new_countries
from placed
left join core.country c on c.country = placed.top_country
where place <= if(part = 'advanced', $most, $fewer) or always
order by part, place
"""

VERDICTS = """
select verdict, atmp_class <> 'none' as advanced, count(*) as pairs
from mart.signal
where headline is not false
group by all
order by all
"""

# The pairs to show in detail; `key` joins the rows of the queries below to their pair.
SHOWN = """
create or replace temp table shown as
select
    unnest($keys::integer[]) as key,
    unnest($products::varchar[]) as product,
    unnest($events::varchar[]) as event,
    unnest($event_kinds::varchar[]) as event_kind
"""

POOLED = """
select
    key, n, n_product, n_event, n_cases, expected, ic, ic025, ic975, ror, ror025, ror975, prr,
    chi2_yates, crude_expected, crude_ic, crude_ic025, crude_ror, crude_ror025, crude_prr,
    crude_chi2_yates, flagged
from shown
join mart.pair using (product, event, event_kind)
order by key
"""

# Every stratum where product and event both occur, also where no case has both: mart.pair_country
# leaves those out, the pooled expectation does not.
STRATA = """
with strata as (
    select s.key, s.product, s.event, s.event_kind, m.stratum, m.is_country,
        p.n_product, e.n_event, m.n_cases
    from shown s
    join mart.product_margin p using (product)
    join mart.event_margin e using (event, event_kind, stratum)
    join mart.country_margin m using (stratum)
),
within as (
    select s.key, m.stratum, sum(p.n_product::double * e.n_event / m.n_cases) as expected
    from shown s
    join mart.product_period_margin p using (product)
    join mart.event_period_margin e using (event, event_kind, stratum, receipt_period)
    join mart.period_margin m using (stratum, receipt_period)
    group by s.key, m.stratum
)
select
    s.key, s.stratum, coalesce(c.country_name, s.stratum) as name, s.is_country,
    coalesce(k.a, 0) as a,
    s.n_product - coalesce(k.a, 0) as b,
    s.n_event - coalesce(k.a, 0) as c,
    s.n_cases - s.n_product - s.n_event + coalesce(k.a, 0) as d,
    coalesce(k.expected, w.expected, 0) as expected,
    k.ic, k.ic025, k.ic975, k.ror025, coalesce(k.flagged, false) as flagged
from strata s
left join within w on w.key = s.key and w.stratum = s.stratum
left join mart.pair_country k
    on k.product = s.product and k.event = s.event and k.event_kind = s.event_kind
    and k.country = s.stratum
left join core.country c on c.country = s.stratum
order by s.key, a desc, s.stratum
"""

REGIONS = """
select key, region, n, expected, ic, ic025, ic975, flagged
from shown
join mart.pair_region using (product, event, event_kind)
order by key, n desc, region
"""

# Countries in the order of their probability to see the pair.
CHANCES = """
select key, p.country, coalesce(c.country_name, p.country) as name, a, expected, excess,
    critical_count as needed, p_at_estimate as at_estimate, p_at_lower as at_lower,
    [p_at_small_rr, p_at_medium_rr, p_at_large_rr] as at_references
from shown
join mart.country_power p using (product, event, event_kind)
left join core.country c on c.country = p.country
where p.is_country
order by key, p_at_estimate desc, a desc, p.country
"""

# What is left of a pair on fewer cases; the pair as counted comes first.
SENSITIVITY = """
select key, variant, n, expected, ic025, stands
from shown
join mart.sensitivity using (product, event, event_kind)
order by key, list_position($variants, variant)
"""

PERMUTATION_NULL = """
select permutation as kind, draws, pairs_mean as pairs, flagged_mean as flagged,
    pooled_only_mean as pooled_only, pooled_only_sd as sd
from mart.permutation_null
where draws > 0
order by kind
"""

# The families in the order in which they matter, of each the lists in the order of the page.
LIST_ERROR = """
select family, list, rows, expected_false as expected, permutation_mean, permutation_sd,
    coalesce(permutation_exceeds, false) as exceeds, false_per_year as per_year
from mart.list_error
order by family, list_position(['pooled_only', 'pooled_first', 'country_signal', 'watch'], list)
"""

RATES = """
select key, r.country = 'all' as pooled, coalesce(c.country_name, r.country) as name, r.n,
    patients, rate, rate_lower, rate_upper
from shown
join mart.rate r using (product, event, event_kind)
left join core.country c using (country)
order by key, pooled desc, r.n desc, patients desc, r.country
"""

# Of few cases each counts: those that may be one person's are shown with what they agree in.
POSSIBLE_DUPLICATES = """
select key, d.case_id, d.other_case_id, d.match_probability, d.agreement
from shown
join mart.possible_duplicate d using (product, event, event_kind)
join mart.pair p using (product, event, event_kind)
where p.n <= $few
order by key, d.match_probability desc, d.case_id, d.other_case_id
"""

FILES = """
select source, name, sha256, rows_read, rows_kept, rows_quarantined, status, message
from ops.source_file
order by source, name, file_id
"""

HELD = """
select kind, source, name, reason, mend
from ops.held
order by all
"""

REISSUES = """
select source, name, compared_by, rows_before, rows_after, n_added, n_withdrawn, n_changed
from ops.reissue
order by new_file_id desc, old_file_id desc
limit 100
"""

QUARTERS = """
select quarter, figure, found, stated, reference
from core.quarter_difference
order by quarter desc, figure
limit 100
"""

DRIFT = """
select source, old_event, new_event, last_seen, first_seen, n_old, n_new, product_similarity
from core.term_drift
order by shared_words is null, product_similarity desc, source, old_event, new_event
limit 50
"""

DRUGS = """
select source, drug_rows, resolved_rows, unresolved_rows, no_drug_rows, resolved_share
from core.drug_resolution
order by source
"""

UNRESOLVED = """
select source, drug_name, drug_rows
from core.unresolved_drug
order by drug_rows desc, source, drug_name
limit 20
"""

QUARANTINE = """
select source, rule, min(reason) as reason, count(distinct (file_id, line)) as rows
from ops.quarantine
group by source, rule
order by rows desc, source, rule
"""

VALIDATION = """
select suite, rule, severity, success, rows_checked, rows_failed, detail
from ops.validation
order by success, severity <> 'critical', suite, rule
"""

CASES = """
select
    count(*) as cases,
    count(*) filter (is_master) as counted,
    count(*) filter (is_master and country_masked) as masked,
    count(*) filter (is_master and country is null and not country_masked) as unknown,
    count(distinct stratum) filter (is_master and country is not null) as countries
from core.case
"""

LINKED = """
select
    coalesce(match_rule, 'none') as match_rule, count(*) filter (same_group) as one,
    count(*) filter (not same_group) as two, count(decision) as decided
from core.duplicate_link
group by match_rule
order by one desc, match_rule
"""

# By evidence alone: those a person should look at first are the least probable.
WEIGHED = """
select *
from core.duplicate_link
where match_rule = 'probable' and decision is null
order by not same_group, match_probability, case_id, other_case_id
limit $most
"""

RIGHTNESS = """
select country, sources, n_linked, n_right, n_told, n_found
from core.linkage_rightness
order by country, sources
"""

BASES = """
select country_basis, count(*) as cases
from core.case
where is_master
group by country_basis
order by cases desc, country_basis
"""

SOURCES = """
with counted as (
    select source, stratum, count(*) as cases
    from core.case
    where is_master
    group by source, stratum
),
placed as (
    select *, row_number() over (partition by source order by cases desc, stratum) as place
    from counted
)
select
    source, sum(cases)::bigint as cases, count(*) as strata,
    string_agg(stratum, ', ' order by place) filter (place <= 12) as named,
    greatest(count(*) - 12, 0) as more
from placed
group by source
order by source
"""

# Simulated files say so in every sender, in the exposure's quality or reference and in file names.
SIMULATED = """
select
    (select count(*) from core.case where contains(lower(sender), 'simulated')) as cases,
    (
        select count(*)
        from core.exposure
        where contains(lower(concat_ws(' ', quality, reference)), 'simulated')
    ) as exposures,
    (
        select count(*)
        from core.background_rate
        where contains(lower(reference), 'simulated')
    ) as background_rates,
    (select count(*) from ops.source_file where contains(lower(name), 'simulated')) as files
"""
