-- writes: staging.report_outcome
-- reads: work.raw_dashboard
-- params: $source, $file_id
-- grain: outcome of a row of a FAERS dashboard workbook
-- The dashboard writes Non-Serious where there is no outcome. Other words stay as written.
with listed as (
    select
        line, whole(said(case_id_text)) as source_report_id,
        unnest(said_list(outcomes_text, ';')) as word
    from raw_dashboard
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        case word
            when 'Died' then 'death'
            when 'Life Threatening' then 'life_threatening'
            when 'Hospitalized' then 'hospitalisation'
            when 'Disabled' then 'disability'
            when 'Congenital Anomaly' then 'congenital_anomaly'
            when 'Required Intervention' then 'other_serious'
            when 'Other Outcomes' then 'other_serious'
            else word
        end as outcome
    from listed
    where word <> 'Non-Serious'
)
select * from final
