-- writes: ops.quarantine
-- reads: work.raw_problem
-- params: $source, $file_id, $name
-- grain: row that could not be parted into fields
select
    $source as source, $file_id as file_id, $name as name, line,
    null::varchar as source_report_id, 'field_count' as rule, reason, null::json as row
from raw_problem
