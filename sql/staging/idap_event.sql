-- writes: staging.report_event
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $substance
-- grain: row of an iDAP event table
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        lower($substance) || ':' || written(f[$position['adr']]) as source_report_id,
        written(f[$position['pt']]) as term_verbatim,
        []::varchar[] as unparsed
    from field
)
select * from final
