-- writes: work.valid_product
-- reads: work.any_drug, work.valid_case, work.product_code
-- params: $roles
-- grain: row of work.valid_case and product in a role that counts
select distinct c.validity_id, c.case_id, c.stratum_no, c.period_no, p.product_no, c.valid_from_look, c.valid_to_look
from any_drug d
join valid_case c using (validity_id)
join product_code p using (product)
where list_contains($roles, d.role)
