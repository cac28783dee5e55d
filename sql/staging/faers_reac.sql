-- writes: staging.report_event
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a FAERS REAC table
with field as (
    select line, string_split(content, '$') as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        whole(f[$position['primaryid']]) as source_report_id,
        written(f[$position['pt']]) as term_verbatim,
        []::varchar[] as unparsed
    from field
)
select * from final
