-- writes: staging.report_indication
-- reads: work.raw_dashboard
-- params: $source, $file_id
-- grain: reason for use of a row of a FAERS dashboard workbook that names one suspect
-- With several suspects the workbook does not say which of them a reason belongs to.
with listed as (
    select
        line, whole(said(case_id_text)) as source_report_id, reason_for_use_text,
        len(said_list(suspect_ingredients_text, ';')) as ingredients,
        len(said_list(suspect_names_text, ';')) as names
    from raw_dashboard
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id, '1' as drug_seq,
        unnest(said_list(reason_for_use_text, ';')) as indication
    from listed
    where if(ingredients > 0, ingredients, names) = 1
)
select * from final
