-- writes: staging.report_link
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of Canada Vigilance's report_links
-- A duplicate is the same case; what is linked otherwise (mother and child, one reporter) is not.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        unpadded(f[$position['report_id']]) as source_report_id,
        if(
            lower(written(f[$position['record_type_eng']])) like 'duplicate%',
            'linked_report', 'related_report'
        ) as link_type,
        written(f[$position['report_link_no']]) as linked_id
    from field
)
select * from final
