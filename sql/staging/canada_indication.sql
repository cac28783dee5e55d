-- writes: staging.report_indication
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of Canada Vigilance's report_drug_indication
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        unpadded(f[$position['report_id']]) as source_report_id,
        unpadded(f[$position['report_drug_id']]) as drug_seq,
        written(f[$position['indication_name_eng']]) as indication
    from field
)
select * from final
