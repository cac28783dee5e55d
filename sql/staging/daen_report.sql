-- writes: staging.report
-- reads: work.raw_daen
-- params: $source, $file_id, $release
-- grain: case of a DAEN list
-- Every row of a case says the same of it but for the term: the first one stands for it. The list
-- is Australia's and says nothing of seriousness.
with daen_row as (
    select
        line,
        whole(written(case_id_text)) as case_id_text,
        written(received_text) as received_text,
        whole(written(age_text)) as age_text,
        written(sex_text) as sex_text
    from raw_daen
),
first_row as (
    select *
    from daen_row
    qualify line = min(line) over (partition by coalesce(case_id_text, '#' || line))
),
read as (
    select
        *,
        case
            when regexp_full_match(received_text, '[0-9]{2}/[0-9]{2}/(19|20)[0-9]{2}')
                then try_strptime(received_text, '%d/%m/%Y')::date
            else iso_day(left(received_text, 10))
        end as receipt_date,
        case left(sex_text, 1) when 'F' then 'F' when 'M' then 'M' end as sex,
        age_in_years(age_text, 'YR') as age_years
    from first_row
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'TGA' as authority, 1 as authority_rank, 'report' as action,
        case_id_text as source_report_id, case_id_text as source_case_id,
        receipt_date as first_receipt_date, receipt_date, 'AU' as occurrence_country, sex,
        age_years,
        not_read([
            if(receipt_date is null and received_text is not null, 'receipt_date', null),
            if(sex is null and sex_text <> '-', 'sex', null),
            if(age_years is null and age_text <> '-', 'age_years', null)
        ]) as unparsed
    from read
)
select * from final
