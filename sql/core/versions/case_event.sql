-- writes: core.case_event
-- reads: work.coded_event
-- params: none
-- grain: distinct event of a case
select * exclude (is_current) rename (version_no as case_id)
from coded_event
where is_current
order by version_no, event_seq
