-- writes: staging.report_source
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of Canada Vigilance's reports that says where the report came from
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        unpadded(f[$position['report_id']]) as source_report_id,
        written(f[$position['source_eng']]) as report_source
    from field
    where written(f[$position['source_eng']]) is not null
)
select * from final
