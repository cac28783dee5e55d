-- staging.report_outcome. grain: one row per outcome of a row of a FAERS dashboard workbook.
-- params: $source, $file_id
-- The dashboard writes Non-Serious where there is no outcome. Other words stay as written.
insert into staging.report_outcome by name
with listed as (
    select
        line, whole(said(case_id)) as source_report_id, unnest(said_list(outcomes, ';')) as word
    from raw_frame
    where problem is null
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
select * from final;
