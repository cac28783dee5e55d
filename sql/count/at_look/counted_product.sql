-- writes: work.counted_product (view)
-- reads: work.valid_product, work.counted_stratum, work.this_look
-- params: none
-- grain: case that counts at this look and product
select
    v.validity_id, v.case_id, s.stratum_no, v.period_no, v.product_no, v.valid_from_look, v.valid_to_look
from valid_product v
join counted_stratum s on s.valid_stratum_no = v.stratum_no
where v.valid_from_look <= (select look_no from this_look)
    and v.valid_to_look > (select look_no from this_look)
