-- writes: core.case_drug
-- reads: work.coded_drug
-- params: none
-- grain: drug of a case
select
    version_no as case_id, drug_seq, role, drug_verbatim, active_ingredient, substance, product_id,
    product, start_date, start_date_precision, end_date, end_date_precision, dose, dechallenge,
    rechallenge, lot_hmac, route, indication
from coded_drug
where is_current
order by version_no, drug_seq, role, text_no
