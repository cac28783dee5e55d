-- writes: ops.quarantine
-- reads: work.raw_icsr_problem
-- params: $source, $file_id, $name
-- grain: report that is set aside whole
select
    $source as source, $file_id as file_id, $name as name, line,
    written_value(report_id_text) as source_report_id, rule, reason, null::json as row
from raw_icsr_problem
