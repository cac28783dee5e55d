-- writes: work.area_case
-- reads: work.product_area, work.counted_product
-- params: none
-- grain: case that counts at this look and therapeutic area of one of its products
select distinct a.area_no, p.validity_id, p.period_no
from counted_product p
join product_area a using (product_no)
