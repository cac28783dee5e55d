-- writes: staging.report_drug
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $substance
-- grain: row of an iDAP drug table
-- The zip is of one substance, the suspect of each of its cases.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line, lower($substance) || ':' || written(f[$position['adr']]) as source_report_id,
        written(f[$position['drug']]) as drug_verbatim
    from field
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        (dense_rank() over (partition by source_report_id order by drug_verbatim))::varchar
            as drug_seq,
        'suspect' as role, drug_verbatim, $substance as active_ingredient,
        []::varchar[] as unparsed
    from written
)
select * from final
