-- writes: work.spanned_product
-- reads: work.any_drug, work.spanned_case, work.product_code
-- params: $roles
-- grain: row of work.spanned_case and product in a role that counts
select distinct c.draft_id, c.case_id, c.stratum_no, p.product_no, c.from_look, c.to_look
from any_drug d
join spanned_case c using (draft_id)
join product_code p using (product)
where list_contains($roles, d.role)
