-- writes: staging.report_source
-- reads: work.raw_dashboard
-- params: $source, $file_id
-- grain: origin of a row of a FAERS dashboard workbook
select
    $source as source, $file_id as file_id, line,
    whole(said(case_id_text)) as source_report_id,
    unnest(said_list(report_source_text, ',')) as report_source
from raw_dashboard
