-- writes: work.cohort
-- reads: work.planned_cohort, work.exposed_place
-- params: $as_of
-- grain: place and period with exposure that has begun
select p.place_no, c.period_start, c.period_end, c.patients, c.person_years
from planned_cohort c
join exposed_place p using (product, country)
where c.period_start <= $as_of::date
order by all
