-- window_cohort, window_scope, window_period, window_planned (temporary). grain: one row per advanced
-- therapy, place and period with exposure; per advanced therapy and place, 'all' the pool; per place
-- and unbroken run of days with exposure; per place with figures. params: $as_of
-- A WORLD figure is the pool's own denominator and is never added to countries. Without one the
-- pool is the sum of the countries that have exposure (is_sum), and only their cases count.
create or replace temp table cohort_given as
select
    x.product, if(x.country = 'WORLD', 'all', x.country) as country,
    x.period_start, x.period_end,
    coalesce(x.patients, 0) as patients,
    -- Patients give person-time by time since treatment; a figure beside them would count it twice.
    if(x.patients > 0, 0, coalesce(x.person_years, 0)) as person_years
from core.exposure x
left join core.country c on c.country = x.country
where x.product_id is not null
    and (x.patients > 0 or x.person_years > 0)
    and (x.country = 'WORLD' or c.country is not null)
order by all;

create or replace temp table window_cohort as
select * from cohort_given where period_start <= $as_of::date order by all;

create or replace temp table window_scope as
with uncovered as (
    select
        product, if(country = 'WORLD', 'all', country) as country,
        datediff('day', min(first_day), max(last_day)) + 1
            - sum(datediff('day', first_day, last_day) + 1) as gap_days
    from covered_period
    group by product, country
),
given as (
    select
        product, country, country = 'all' as is_world, false as is_sum,
        sum(patients) > 0 as by_time, any_value(u.gap_days) as gap_days
    from window_cohort
    join uncovered u using (product, country)
    group by product, country
),
summed as (
    select
        product, 'all' as country, false as is_world, true as is_sum,
        bool_or(by_time) as by_time, max(gap_days) as gap_days
    from given
    where product not in (select product from given where is_world)
    group by product
),
final as (
    select * from given
    union all
    select * from summed
)
select
    (row_number() over (order by product, country = 'all', country) - 1)::integer as scope_key, *
from final
order by scope_key;

create or replace temp table window_period as
select s.scope_key, p.of_patients, p.first_day, p.last_day
from covered_period p
join window_scope s
    on s.product = p.product and not s.is_sum and s.country = if(p.country = 'WORLD', 'all', p.country)
order by all;

-- Also the periods still to come, as far as a file plans them.
create or replace temp table window_planned as
select s.scope_key, sum(c.patients) as patients, sum(c.person_years) as person_years
from cohort_given c
join window_scope s using (product, country)
group by s.scope_key
order by s.scope_key;
