-- writes: work.known_case
-- reads: work.counted_product, work.product_code, work.valid_stratum, work.exposed_place,
--   work.place_total
-- params: none
-- grain: place with cases of the product, of whatever event
select t.total_no as place_no, count(*) as n_known
from counted_product c
join product_code k using (product_no)
join valid_stratum s using (stratum_no)
join exposed_place p
    on p.product = k.product and not p.is_sum and (p.is_world or p.country = s.country)
join place_total t using (place_no)
group by t.total_no
order by t.total_no
