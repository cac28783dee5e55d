-- writes: work.planned_cohort
-- reads: core.exposure, core.country
-- params: none
-- grain: advanced therapy, place and period with exposure, also one still to come
-- A WORLD figure is the pool's own denominator and is never added to countries.
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
order by all
