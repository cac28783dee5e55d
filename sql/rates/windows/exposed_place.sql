-- writes: work.exposed_place
-- reads: work.planned_cohort, work.covered_period
-- params: $as_of
-- grain: advanced therapy and country with exposure, or its pool ('all')
-- Without a WORLD figure the pool is the sum of the countries that have exposure (is_sum), and only
-- their cases count.
with uncovered as (
    select
        product, if(country = 'WORLD', 'all', country) as country,
        datediff('day', min(covered_from), max(covered_until)) + 1
            - sum(datediff('day', covered_from, covered_until) + 1) as gap_days
    from covered_period
    group by product, country
),
given as (
    select
        product, country, country = 'all' as is_world, false as is_sum,
        sum(patients) > 0 as by_time, any_value(u.gap_days) as gap_days
    from planned_cohort
    join uncovered u using (product, country)
    where period_start <= $as_of::date
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
numbered as (
    select
        (row_number() over (order by product, country = 'all', country) - 1)::integer as place_no, *
    from (select * from given union all by name select * from summed)
)
select
    place_no, product, country, is_world, is_sum, by_time, gap_days::integer as gap_days,
    max(place_no) filter (country = 'all') over (partition by product) as pool_no
from numbered
order by place_no
