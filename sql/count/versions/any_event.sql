-- writes: work.any_event (view)
-- reads: core.case_event, core.earlier_event
-- params: none
-- grain: event of a version that counts at some look
select * rename (case_id as validity_id)
from core.case_event
union all by name
select *
from core.earlier_event
