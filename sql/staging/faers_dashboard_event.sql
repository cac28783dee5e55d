-- staging.report_event. grain: one row per reaction of a row of a FAERS dashboard workbook.
-- params: $source, $file_id
insert into staging.report_event by name
select
    $source as source, $file_id as file_id, line,
    whole(said(case_id)) as source_report_id,
    unnest(said_list(reactions, ';')) as term_verbatim,
    []::varchar[] as unparsed
from raw_frame
where problem is null;
