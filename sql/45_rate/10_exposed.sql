-- exposed (temporary). grain: one row per product, event and country ('all' for the pool) with
-- patients treated by $as_of. params: $as_of
-- A period that runs past $as_of counts in proportion to its days. A WORLD figure is the pool's
-- own denominator; without one the pool is the exposed countries, cases and patients alike.
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
by_country as (
    select p.product, p.event, p.event_kind, p.country, p.a as n, t.patients
    from mart.pair_country p
    join treated t on t.product = p.product and t.country = p.country
    where p.is_country
),
world as (
    select p.product, p.event, p.event_kind, 'all' as country, p.n, t.patients
    from mart.pair p
    join treated t on t.product = p.product and t.country = 'WORLD'
),
exposed_total as (
    select product, sum(patients) as patients
    from treated
    where product not in (select product from treated where country = 'WORLD')
    group by product
),
summed as (
    select b.product, b.event, b.event_kind, 'all' as country, sum(b.n) as n, min(t.patients) as patients
    from by_country b
    join exposed_total t using (product)
    group by all
)
select * from by_country
union all
select * from world
union all
select product, event, event_kind, country, n, patients from summed;
