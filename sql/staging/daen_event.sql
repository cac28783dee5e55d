-- writes: staging.report_event
-- reads: work.raw_daen
-- params: $source, $file_id
-- grain: reaction of a row of a DAEN list
select
    $source as source, $file_id as file_id, line, whole(written(case_id_text)) as source_report_id,
    written(unnest(string_split(coalesce(term_text, ''), chr(31)))) as term_verbatim,
    []::varchar[] as unparsed
from raw_daen
