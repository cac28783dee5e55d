-- writes: work.permuted_product
-- reads: work.permuted_case, work.counted_product, work.product_code
-- params: none
-- grain: case of work.permuted_case and product in scope
select c.case_no, p.product_no
from permuted_case c
join counted_product p using (case_id)
join product_code k using (product_no)
where k.in_scope
