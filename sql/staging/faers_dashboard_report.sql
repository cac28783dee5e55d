-- writes: staging.report
-- reads: work.raw_dashboard
-- params: $source, $file_id, $release
-- grain: row of a FAERS dashboard workbook
with written as (
    select
        line,
        whole(said(case_id_text)) as source_case_id,
        said(initial_fda_date_text) as initial_fda_date,
        said(latest_fda_date_text) as latest_fda_date,
        said(event_date_text) as event_day,
        said(case_priority_text) as report_type,
        said(reporter_type_text) as reporter,
        said(manufacturer_number_text) as manufacturer_number,
        said(sender_text) as sender,
        said(country_text) as occurrence_country,
        said(sex_text) as sex_word,
        said(age_text) as age,
        said(weight_text) as weight,
        if(literature_text is null, null, said(literature_text) is not null) as literature,
        literature_number(literature_text) as literature_id,
        said(serious_text) as serious_word,
        said_list(outcomes_text, ';') as outcome
    from raw_dashboard
),
read as (
    select
        *,
        dashboard_day(initial_fda_date) as first_receipt_date,
        dashboard_day(latest_fda_date) as receipt_date,
        dashboard_day(event_day) as event_date,
        case sex_word when 'Female' then 'F' when 'Male' then 'M' end as sex,
        age_in_years(split_part(age, ' ', 1), trim(split_part(age, ' ', 2))) as age_years,
        weight_in_kg(regexp_extract(weight, '^\S+'), regexp_extract(weight, '\S+$')) as weight_kg,
        case serious_word when 'Serious' then true when 'Non-Serious' then false end as serious,
        len(outcome) > 0 as has_outcome
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'FDA' as authority, 2 as authority_rank, 'report' as action,
        source_case_id as source_report_id, source_case_id, manufacturer_number, sender,
        first_receipt_date, receipt_date, report_type, literature, literature_id, reporter,
        occurrence_country, sex, age_years, weight_kg, event_date,
        if(event_date is null, null, dashboard_precision(event_day)) as event_date_precision,
        serious,
        if(has_outcome, list_contains(outcome, 'Died'), null) as fatal,
        if(has_outcome, list_contains(outcome, 'Died'), null) as death,
        if(has_outcome, list_contains(outcome, 'Life Threatening'), null) as life_threatening,
        if(has_outcome, list_contains(outcome, 'Hospitalized'), null) as hospitalisation,
        if(has_outcome, list_contains(outcome, 'Disabled'), null) as disability,
        if(has_outcome, list_contains(outcome, 'Congenital Anomaly'), null) as congenital_anomaly,
        if(has_outcome, list_has_any(outcome, ['Other Outcomes', 'Required Intervention']), null)
            as other_serious,
        not_read([
            if(first_receipt_date is null and initial_fda_date is not null,
                'first_receipt_date', null),
            if(receipt_date is null and latest_fda_date is not null, 'receipt_date', null),
            if(event_date is null and event_day is not null, 'event_date', null),
            if(sex is null and sex_word is not null, 'sex', null),
            if(age_years is null and not no_age(split_part(age, ' ', 1)), 'age_years', null),
            if(weight_kg is null and weight is not null, 'weight_kg', null),
            if(serious is null and serious_word is not null, 'serious', null)
        ]) as unparsed
    from read
)
select * from final
