-- writes: staging.report_event
-- reads: work.raw_dashboard
-- params: $source, $file_id
-- grain: reaction of a row of a FAERS dashboard workbook
select
    $source as source, $file_id as file_id, line,
    whole(said(case_id_text)) as source_report_id,
    unnest(said_list(reactions_text, ';')) as term_verbatim,
    []::varchar[] as unparsed
from raw_dashboard
