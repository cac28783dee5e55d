-- writes: mart.reaction_monitoring
-- reads: work.monitored_pair, work.age_contrast, work.counted_product, work.counted_event,
--   work.product_code, work.event_code, work.this_look, core.look, core.case, core.case_drug,
--   core.country, mart.pair, mart.pair_region
-- params: $roles, $n_min
-- grain: product in scope or advanced therapy, and event with a case of both
-- The figures of the agencies' reaction monitoring reports. New is what the last month's end did not
-- know; at a first look everything is. A fatal case whose latest report came since counts as new:
-- that report may be the one that says so. What a report does not say is not counted.
with before as (
    select max(k.as_of) as as_of
    from core.look k
    join this_look l on k.as_of < l.as_of
    where k.is_regular
),
told as (
    select
        c.case_id, c.serious, c.fatal, c.literature, c.spontaneous, c.age_years < 18 as paediatric,
        c.age_years >= 65 as geriatric,
        coalesce(k.eea, c.stratum in ('EU (masked)', 'EEA')) as eea,
        coalesce(least(c.first_receipt_date, c.receipt_date) > b.as_of, true) as is_new,
        coalesce(c.receipt_date > b.as_of, true) as has_new_report
    from core.case c
    left join core.country k using (country)
    cross join before b
),
again as (
    select distinct p.product_no, d.case_id
    from core.case_drug d
    join product_code p using (product)
    where d.rechallenge = 'positive' and list_contains($roles, d.role)
),
counted as (
    select
        m.pair_no,
        count(*) filter (where t.is_new) as n_new_cases,
        count(*) filter (where t.eea) as n_eea,
        count(*) filter (where t.eea and t.is_new) as n_eea_new,
        count(*) filter (where t.serious) as n_serious,
        count(*) filter (where t.serious and t.is_new) as n_serious_new,
        count(*) filter (where t.fatal) as n_fatal,
        count(*) filter (where t.fatal and t.has_new_report) as n_fatal_new,
        count(*) filter (where t.paediatric) as n_paediatric,
        count(*) filter (where t.paediatric and t.is_new) as n_paediatric_new,
        count(*) filter (where t.geriatric) as n_geriatric,
        count(*) filter (where t.geriatric and t.is_new) as n_geriatric_new,
        count(*) filter (where t.literature) as n_literature,
        count(*) filter (where t.literature and t.is_new) as n_literature_new,
        count(*) filter (where t.spontaneous) as n_spontaneous,
        count(*) filter (where t.spontaneous and t.is_new) as n_spontaneous_new,
        count(*) filter (where g.case_id is not null) as n_rechallenge,
        count(*) filter (where g.case_id is not null and t.is_new) as n_rechallenge_new
    from monitored_pair m
    join counted_product p using (product_no)
    join counted_event e on e.case_id = p.case_id and e.event_no = m.event_no
    join told t on t.case_id = p.case_id
    left join again g on g.case_id = p.case_id and g.product_no = p.product_no
    group by m.pair_no
),
region as (
    select
        product, event, event_kind,
        coalesce(max(n) filter (where region = 'Europe'), 0) as n_europe,
        coalesce(max(n) filter (where region = 'North America'), 0) as n_north_america,
        coalesce(max(n) filter (where region = 'Japan'), 0) as n_japan,
        coalesce(max(n) filter (where region = 'Asia'), 0) as n_asia,
        coalesce(max(n) filter (where region = 'Rest of world'), 0) as n_rest_of_world,
        max(ror025) filter (where region = 'Europe') as ror025_europe,
        max(ror025) filter (where region = 'North America') as ror025_north_america,
        max(ror025) filter (where region = 'Japan') as ror025_japan,
        max(ror025) filter (where region = 'Asia') as ror025_asia,
        max(ror025) filter (where region = 'Rest of world') as ror025_rest_of_world
    from mart.pair_region
    group by product, event, event_kind
)
select
    k.product, v.event, v.event_kind, q.n, c.* exclude (pair_no),
    coalesce(r.n_europe, 0) as n_europe, coalesce(r.n_north_america, 0) as n_north_america,
    coalesce(r.n_japan, 0) as n_japan, coalesce(r.n_asia, 0) as n_asia,
    coalesce(r.n_rest_of_world, 0) as n_rest_of_world,
    q.ror025, r.ror025_europe, r.ror025_north_america, r.ror025_japan, r.ror025_asia,
    r.ror025_rest_of_world,
    a.relative_ror_paediatric, a.relative_ror025_paediatric, a.relative_ror_geriatric,
    a.relative_ror025_geriatric,
    q.flagged as sdr,
    coalesce(a.relative_ror025_paediatric > 1 and c.n_paediatric >= $n_min, false)
        as sdr_paediatric,
    coalesce(a.relative_ror025_geriatric > 1 and c.n_geriatric >= $n_min, false) as sdr_geriatric
from monitored_pair m
join counted c using (pair_no)
join age_contrast a using (pair_no)
join product_code k using (product_no)
join event_code v using (event_no)
join mart.pair q using (product, event, event_kind)
left join region r using (product, event, event_kind)
order by m.pair_no
