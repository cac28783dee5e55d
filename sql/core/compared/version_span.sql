-- writes: work.version_span
-- reads: work.version_validity, work.current_version
-- params: none
-- grain: version and stretch of looks at which it was current
select d.version_no, d.case_id, v.valid_from_look, v.valid_to_look
from version_validity v
join current_version d on d.file_id = v.file_id and d.line = v.line
