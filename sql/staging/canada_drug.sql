-- writes: staging.report_drug
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of Canada Vigilance's report_drug
-- Units are words of a list: 20 Gram, 1 every 3 weeks. How long a therapy was is told, and not when.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        unpadded(f[$position['report_id']]) as source_report_id,
        unpadded(f[$position['report_drug_id']]) as drug_seq,
        lower(written(f[$position['druginvolv_eng']])) as role_word,
        written(f[$position['drugname']]) as drug_verbatim,
        written(f[$position['routeadmin_eng']]) as route,
        listed_dose(
            written(f[$position['unit_dose_qty']]), written(f[$position['dose_unit_eng']]),
            whole(f[$position['frequency']]) || ' every ' || whole(f[$position['freq_time']])
                || ' ' || lower(written(f[$position['freq_time_unit_eng']]))
        ) as dose
    from field
),
read as (
    select
        *,
        case
            when role_word like 'suspect%' then 'suspect'
            when role_word like 'interact%' then 'interacting'
            when role_word like 'concomitant%' then 'concomitant'
            when role_word like '%not administered%' then 'not_administered'
        end as role
    from written
),
final as (
    select
        $source as source, $file_id as file_id, r.* exclude (role_word),
        if(role is null and role_word is not null, ['role'], []) as unparsed
    from read r
)
select * from final
