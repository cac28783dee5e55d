-- writes: core.case_validity
-- reads: work.counted_version
-- params: none
-- grain: version of a case that counts at some look, and stretch of looks at which it does
select validity_id, case_id, valid_from_look, valid_to_look
from counted_version
order by validity_id
