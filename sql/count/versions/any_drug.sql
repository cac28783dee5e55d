-- writes: work.any_drug (view)
-- reads: core.case_drug, core.earlier_drug
-- params: none
-- grain: drug of a version that counts at some look
select * rename (case_id as validity_id)
from core.case_drug
union all by name
select *
from core.earlier_drug
