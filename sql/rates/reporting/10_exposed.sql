-- exposed (temporary). grain: one row per product, event and country ('all' for the pool) with
-- patients treated by $as_of. params: $as_of
-- Numerator and denominator are of the same days: cases first received on a day that the exposure
-- covers. A period that runs past $as_of counts in proportion to its days. A
-- WORLD figure is the pool's own denominator; without one the pool is the exposed countries.
create or replace temp table exposed as
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
by_country as (
    select r.product, r.event, r.event_kind, r.country, count(*) as n, any_value(t.patients) as patients
    from reported r
    join treated t on t.product = r.product and t.country = r.country
    join covered_period c on c.product = t.product and c.country = t.country
    where c.of_patients and r.first_receipt_date between c.first_day and c.last_day
    group by all
),
world as (
    select
        r.product, r.event, r.event_kind, 'all' as country, count(*) as n,
        any_value(t.patients) as patients
    from reported r
    join treated t on t.product = r.product and t.country = 'WORLD'
    join covered_period c on c.product = t.product and c.country = t.country
    where c.of_patients and r.first_receipt_date between c.first_day and c.last_day
    group by all
),
exposed_total as (
    select product, sum(patients) as patients
    from treated
    where product not in (select product from treated where country = 'WORLD')
    group by product
),
summed as (
    select
        b.product, b.event, b.event_kind, 'all' as country, sum(b.n) as n,
        any_value(t.patients) as patients
    from by_country b
    join exposed_total t using (product)
    group by all
)
select * from by_country
union all
select * from world
union all
select * from summed;
