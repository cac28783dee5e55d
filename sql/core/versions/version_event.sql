-- writes: work.version_event (view)
-- reads: core.case_event, work.earlier_version_event
-- params: none
-- grain: distinct event of a version that was current at some look
select * rename (case_id as version_no)
from core.case_event
union all by name
select *
from earlier_version_event
