-- writes: work.any_drug (view)
-- reads: core.case_drug, core.earlier_drug
-- params: none
-- grain: drug of a version that counts at some look
select
    case_id as validity_id,
    drug_seq, role, drug_verbatim, active_ingredient, substance, product_id, product, start_date,
    start_date_precision, lot_hmac, route, indication
from core.case_drug
union all
select
    validity_id,
    drug_seq, role, drug_verbatim, active_ingredient, substance, product_id, product, start_date,
    start_date_precision, lot_hmac, route, indication
from core.earlier_drug
