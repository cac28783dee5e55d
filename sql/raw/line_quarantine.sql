-- writes: ops.quarantine
-- reads: work.raw_line
-- params: $source, $file_id, $name, $named, $width, $delimiter
-- grain: data line whose fields do not fit
-- Only the number of the report is kept, not the line: it may hold anything.
with counted as (
    select
        line, problem, fields - ($width - $named) as fields,
        regexp_extract(content, '^([0-9]{1,20})[$.]', 1) as report_number
    from raw_line
    where problem is not null or fields <> $width
),
final as (
    select
        $source as source, $file_id as file_id, $name as name, line,
        coalesce(problem, 'field_count') as rule,
        case problem
            when 'line_too_long' then 'longer than 1 MB; a line end is missing?'
            when 'not_text' then 'not in the encoding of the file'
            when 'open_quote' then 'a quote that is not closed'
            else fields || if(fields = 1, ' field', ' fields') || ', the table has ' || $named
                || '; ' || case
                when fields < $named then 'line cut short?'
                when fields >= 2 * $named - 1 and $named > 1 then 'two records glued together?'
                else 'a ' || $delimiter || ' inside a value?'
            end
        end as reason,
        nullif(report_number, '') as source_report_id,
        json_object('fields', fields) as row
    from counted
)
select * from final
