-- writes: work.any_drug (view)
-- reads: core.case_drug, core.earlier_drug
-- params: none
-- grain: drug of a version that counts at some look
select
    * exclude (end_date, end_date_precision, dose, dechallenge, rechallenge)
        rename (case_id as validity_id)
from core.case_drug
union all by name
select *
from core.earlier_drug
