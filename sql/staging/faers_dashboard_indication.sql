-- staging.report_indication. grain: one row per reason for use of a row of a FAERS dashboard
-- workbook that names one suspect. params: $source, $file_id
-- With several suspects the workbook does not say which of them a reason belongs to.
insert into staging.report_indication by name
with listed as (
    select
        line, whole(said(case_id)) as source_report_id, reason_for_use,
        len(said_list(suspect_ingredients, ';')) as ingredients,
        len(said_list(suspect_names, ';')) as names
    from raw_frame
    where problem is null
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id, '1' as drug_seq,
        unnest(said_list(reason_for_use, ';')) as indication
    from listed
    where if(ingredients > 0, ingredients, names) = 1
)
select * from final;
