-- writes: staging.report_indication
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a FAERS INDI table
with field as (
    select line, string_split(content, '$') as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        whole(f[$position['primaryid']]) as source_report_id,
        whole(f[$position['indi_drug_seq']]) as drug_seq,
        written(f[$position['indi_pt']]) as indication
    from field
)
select * from final
