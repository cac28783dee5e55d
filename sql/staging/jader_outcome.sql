-- writes: staging.report_outcome
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a JADER REAC table whose event ended in death
-- Of a report's seriousness JADER tells death alone.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        written(f[$position['case_id']]) || '-' || coalesce(
            try_cast(written(f[$position['report_count']]) as integer)::varchar,
            written(f[$position['report_count']])
        ) as source_report_id,
        'death' as outcome
    from field
    where written(f[$position['outcome']]) = '死亡'
)
select * from final
