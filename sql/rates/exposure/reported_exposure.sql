-- writes: work.reported_exposure
-- reads: core.exposure, work.covered_period, work.counted_product, work.counted_event,
--   work.counted_stratum, core.case, work.product_code, work.event_code
-- params: $as_of
-- grain: product, event and country ('all': the pool) with patients treated
-- Numerator and denominator are of the same days: cases first received on a day that the exposure
-- covers. A period that runs past $as_of counts in proportion to its days. A WORLD figure is the
-- pool's own denominator; without one the pool is the exposed countries.
with treated as (
    select
        product, country,
        sum(
            patients * least(1.0, (datediff('day', period_start, $as_of::date) + 1)
                / (datediff('day', period_start, period_end) + 1.0))
        ) as patients
    from core.exposure
    where product_id is not null and patients > 0 and period_start <= $as_of::date
    group by product, country
),
reported as (
    -- Distinct cases of each exposed product by event, place and day.
    select
        c.product, e.event, e.event_kind, s.country, k.first_receipt_date, p.case_id
    from counted_product p
    join product_code c using (product_no)
    semi join treated t on t.product = c.product
    join counted_event v using (case_id)
    join event_code e using (event_no)
    join counted_stratum s on s.stratum_no = p.stratum_no
    join core.case k using (case_id)
),
exposed as (
    select
        r.product, r.event, r.event_kind, t.country, count(*) as n,
        any_value(t.patients) as patients
    from reported r
    join treated t on t.product = r.product and t.country in (r.country, 'WORLD')
    join covered_period d on d.product = t.product and d.country = t.country
    where d.of_patients and r.first_receipt_date between d.covered_from and d.covered_until
    group by r.product, r.event, r.event_kind, t.country
),
summed as (
    select product, sum(patients) as patients
    from treated
    where product not in (select product from treated where country = 'WORLD')
    group by product
)
select product, event, event_kind, if(country = 'WORLD', 'all', country) as country, n, patients
from exposed
union all
select e.product, e.event, e.event_kind, 'all', sum(e.n)::bigint, any_value(s.patients)
from exposed e
join summed s using (product)
group by e.product, e.event, e.event_kind
