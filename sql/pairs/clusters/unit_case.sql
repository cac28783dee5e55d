-- writes: work.unit_case
-- reads: work.counted_product, work.product_code, core.case_drug, core.case
-- params: $roles
-- grain: case that counts, product in scope, and lot or sender that it names
select distinct c.case_id, c.product_no, c.stratum_no, 'lot' as cluster_kind, d.lot_hmac as cluster_of
from counted_product c
join product_code p on p.product_no = c.product_no and p.in_scope
join core.case_drug d on d.case_id = c.case_id and d.product = p.product
where list_contains($roles, d.role) and d.lot_hmac is not null
union all
select c.case_id, c.product_no, c.stratum_no, 'sender' as cluster_kind, k.sender as cluster_of
from counted_product c
join product_code p on p.product_no = c.product_no and p.in_scope
join core.case k on k.case_id = c.case_id
where k.sender is not null
