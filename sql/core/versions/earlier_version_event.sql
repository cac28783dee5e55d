-- writes: work.earlier_version_event
-- reads: work.coded_event
-- params: none
-- grain: distinct event of a version that is no longer current
select * exclude (is_current)
from coded_event
where not is_current
