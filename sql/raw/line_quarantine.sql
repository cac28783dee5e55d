-- writes: ops.quarantine
-- reads: work.raw_line
-- params: $source, $file_id, $name, $named, $width
-- grain: data line whose fields do not fit
-- Only the number of the report is kept, not the line: it may hold anything.
with counted as (
    select
        line, if(content is null, null, fields - ($width - $named)) as fields,
        regexp_extract(content, '^([0-9]{1,20})[$.]', 1) as report_number
    from raw_line
    where content is null or fields <> $width
),
final as (
    select
        $source as source, $file_id as file_id, $name as name, line,
        if(fields is null, 'line_too_long', 'field_count') as rule,
        case
            when fields is null then 'longer than 1 MB; a line end is missing?'
            else fields || if(fields = 1, ' field', ' fields') || ', the table has ' || $named
                || '; ' || case
                when fields < $named then 'line cut short?'
                when fields >= 2 * $named - 1 and $named > 1 then 'two records glued together?'
                else 'a $ inside a value?'
            end
        end as reason,
        nullif(report_number, '') as source_report_id,
        json_object('fields', fields) as row
    from counted
)
select * from final
