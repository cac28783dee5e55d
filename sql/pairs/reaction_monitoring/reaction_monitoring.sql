-- writes: mart.reaction_monitoring
-- reads: work.monitored_pair, work.age_contrast, work.counted_product, work.counted_event,
--   work.product_code, work.event_code, work.this_look, core.look, core.case, core.case_drug,
--   core.country, mart.pair, mart.pair_region
-- params: $roles, $n_min
-- grain: product in scope or advanced therapy, and event with a case of both
-- The figures of the agencies' reaction monitoring reports. New is what the last month's end did not
-- know; at a first look everything is. A fatal case whose latest report came since counts as new:
-- that report may be the one that says so. A count is 0 only where every case says no: where none
-- says yes and one does not say, it is null.
with before as (
    select max(k.as_of) as as_of
    from core.look k
    join this_look l on k.as_of < l.as_of
    where k.is_regular
),
told as (
    select
        c.case_id, c.serious, c.fatal, c.literature, c.spontaneous, c.age_years < 18 as paediatric,
        c.age_years >= 65 as geriatric, c.region,
        case when c.stratum <> 'unknown' then coalesce(k.eea, c.stratum in ('EU (masked)', 'EEA')) end
            as eea,
        coalesce(least(c.first_receipt_date, c.receipt_date) > b.as_of, true) as is_new,
        coalesce(c.receipt_date > b.as_of, true) as has_new_report
    from core.case c
    left join core.country k using (country)
    cross join before b
),
again as (
    select p.product_no, d.case_id, bool_or(d.rechallenge = 'positive') as rechallenge
    from core.case_drug d
    join product_code p using (product)
    where d.rechallenge in ('positive', 'negative', 'not_applicable')
        and list_contains($roles, d.role)
    group by p.product_no, d.case_id
),
pair_case as (
    select m.pair_no, t.*, g.rechallenge
    from monitored_pair m
    join counted_product p using (product_no)
    join counted_event e on e.case_id = p.case_id and e.event_no = m.event_no
    join told t on t.case_id = p.case_id
    left join again g on g.case_id = p.case_id and g.product_no = p.product_no
),
asked as (
    select
        pair_no, is_new,
        unnest([
            'eea', 'paediatric', 'geriatric', 'literature', 'spontaneous', 'rechallenge', 'europe',
            'north_america', 'japan', 'asia', 'rest_of_world'
        ]) as question,
        unnest([
            eea, paediatric, geriatric, literature, spontaneous, rechallenge, region = 'Europe',
            region = 'North America', region = 'Japan', region = 'Asia', region = 'Rest of world'
        ]) as holds
    from pair_case
),
answered as (
    select
        pair_no, question,
        case
            when bool_or(holds) then count(*) filter (where holds)
            when count(holds) = count(*) then 0
        end as n,
        case
            when bool_or(holds) filter (where is_new) then count(*) filter (where holds and is_new)
            when count(holds) filter (where is_new) = count(*) filter (where is_new) then 0
        end as n_new
    from asked
    group by pair_no, question
),
counted as (
    select
        pair_no,
        count(*) filter (where is_new) as n_new_cases,
        count(*) filter (where serious) as n_serious,
        count(*) filter (where serious and is_new) as n_serious_new,
        count(*) filter (where fatal) as n_fatal,
        count(*) filter (where fatal and has_new_report) as n_fatal_new
    from pair_case
    group by pair_no
),
spread as (
    select
        pair_no,
        max(n) filter (where question = 'eea') as n_eea,
        max(n_new) filter (where question = 'eea') as n_eea_new,
        max(n) filter (where question = 'paediatric') as n_paediatric,
        max(n_new) filter (where question = 'paediatric') as n_paediatric_new,
        max(n) filter (where question = 'geriatric') as n_geriatric,
        max(n_new) filter (where question = 'geriatric') as n_geriatric_new,
        max(n) filter (where question = 'literature') as n_literature,
        max(n_new) filter (where question = 'literature') as n_literature_new,
        max(n) filter (where question = 'spontaneous') as n_spontaneous,
        max(n_new) filter (where question = 'spontaneous') as n_spontaneous_new,
        max(n) filter (where question = 'rechallenge') as n_rechallenge,
        max(n_new) filter (where question = 'rechallenge') as n_rechallenge_new,
        max(n) filter (where question = 'europe') as n_europe,
        max(n_new) filter (where question = 'europe') as n_europe_new,
        max(n) filter (where question = 'north_america') as n_north_america,
        max(n_new) filter (where question = 'north_america') as n_north_america_new,
        max(n) filter (where question = 'japan') as n_japan,
        max(n_new) filter (where question = 'japan') as n_japan_new,
        max(n) filter (where question = 'asia') as n_asia,
        max(n_new) filter (where question = 'asia') as n_asia_new,
        max(n) filter (where question = 'rest_of_world') as n_rest_of_world,
        max(n_new) filter (where question = 'rest_of_world') as n_rest_of_world_new
    from answered
    group by pair_no
),
region as (
    select
        product, event, event_kind,
        max(ror025) filter (where region = 'Europe') as ror025_europe,
        max(ror025) filter (where region = 'North America') as ror025_north_america,
        max(ror025) filter (where region = 'Japan') as ror025_japan,
        max(ror025) filter (where region = 'Asia') as ror025_asia,
        max(ror025) filter (where region = 'Rest of world') as ror025_rest_of_world
    from mart.pair_region
    group by product, event, event_kind
)
select
    k.product, v.event, v.event_kind, q.n, c.* exclude (pair_no), s.* exclude (pair_no),
    q.ror025, r.ror025_europe, r.ror025_north_america, r.ror025_japan, r.ror025_asia,
    r.ror025_rest_of_world,
    a.relative_ror_paediatric, a.relative_ror025_paediatric, a.relative_ror_geriatric,
    a.relative_ror025_geriatric,
    q.flagged as sdr,
    coalesce(a.relative_ror025_paediatric > 1 and s.n_paediatric >= $n_min, false)
        as sdr_paediatric,
    coalesce(a.relative_ror025_geriatric > 1 and s.n_geriatric >= $n_min, false) as sdr_geriatric
from monitored_pair m
join counted c using (pair_no)
join spread s using (pair_no)
join age_contrast a using (pair_no)
join product_code k using (product_no)
join event_code v using (event_no)
join mart.pair q using (product, event, event_kind)
left join region r using (product, event, event_kind)
order by m.pair_no
