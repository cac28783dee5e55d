-- writes: work.platform
-- reads: work.product_code, core.product
-- params: none
-- grain: advanced therapy that is reported
select p.product_no, c.platform
from product_code p
join core.product c using (product_id)
order by p.product_no
