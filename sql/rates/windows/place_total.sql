-- writes: work.place_total
-- reads: work.exposed_place
-- params: none
-- grain: place with exposure of its own and place that counts its cases: itself, or the pool that is
--   a sum
select place_no, place_no as total_no
from exposed_place
where not is_sum
union all
select p.place_no, t.place_no
from exposed_place p
join exposed_place t on t.place_no = p.pool_no
where t.is_sum and not p.is_sum
order by all
