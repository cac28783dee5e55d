-- writes: staging.report_event
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: term of a row of a VAERS SYMPTOMS table, which has up to five
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
listed as (
    select
        line,
        ltrim(whole(f[$position['vaers_id']]), '0') as source_report_id,
        list_filter(
            [
                written(f[$position['symptom1']]), written(f[$position['symptom2']]),
                written(f[$position['symptom3']]), written(f[$position['symptom4']]),
                written(f[$position['symptom5']])
            ],
            lambda t: t is not null
        ) as term
    from field
)
select
    $source as source, $file_id as file_id, line, source_report_id,
    unnest(if(len(term) = 0, [null::varchar], term)) as term_verbatim,
    []::varchar[] as unparsed
from listed
