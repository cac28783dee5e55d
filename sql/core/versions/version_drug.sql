-- writes: work.version_drug (view)
-- reads: core.case_drug, work.earlier_version_drug
-- params: none
-- grain: drug of a version that was current at some look
select
    * exclude (end_date, end_date_precision, dose, dechallenge, rechallenge)
        rename (case_id as version_no)
from core.case_drug
union all by name
select *
from earlier_version_drug
