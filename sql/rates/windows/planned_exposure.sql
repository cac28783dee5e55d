-- writes: work.planned_exposure
-- reads: work.planned_cohort, work.exposed_place
-- params: none
-- grain: place with exposure of its own, with the periods still to come
select p.place_no, sum(c.patients) as patients, sum(c.person_years) as person_years
from planned_cohort c
join exposed_place p using (product, country)
group by p.place_no
order by p.place_no
