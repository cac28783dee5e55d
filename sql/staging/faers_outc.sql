-- writes: staging.report_outcome
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a FAERS OUTC table
-- A code that FDA has not documented stays as written.
with field as (
    select line, string_split(content, '$') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        whole(f[$position['primaryid']]) as source_report_id,
        upper(written(f[$position['outc_cod']])) as code
    from field
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        case code
            when 'DE' then 'death'
            when 'LT' then 'life_threatening'
            when 'HO' then 'hospitalisation'
            when 'DS' then 'disability'
            when 'CA' then 'congenital_anomaly'
            when 'RI' then 'other_serious'
            when 'OT' then 'other_serious'
            else code
        end as outcome
    from written
)
select * from final
