-- writes: core.case_span
-- reads: work.counted_version
-- params: none
-- grain: version of a case that counts at some look, and stretch of looks at which it does
select draft_id, case_id, from_look, to_look
from counted_version
order by draft_id
