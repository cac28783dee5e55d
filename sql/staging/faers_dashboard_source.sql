-- staging.report_source. grain: one row per origin of a row of a FAERS dashboard workbook.
-- params: $source, $file_id
insert into staging.report_source by name
select
    $source as source, $file_id as file_id, line,
    whole(said(case_id)) as source_report_id,
    unnest(said_list(report_source, ',')) as report_source
from raw_frame
where problem is null;
