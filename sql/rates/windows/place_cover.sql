-- writes: work.place_cover
-- reads: work.covered_period, work.exposed_place
-- params: none
-- grain: place with exposure of its own and unbroken run of days with exposure
select p.place_no, c.of_patients, c.covered_from, c.covered_until
from covered_period c
join exposed_place p
    on p.product = c.product and not p.is_sum
    and p.country = if(c.country = 'WORLD', 'all', c.country)
order by all
