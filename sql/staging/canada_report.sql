-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release
-- grain: row of Canada Vigilance's reports
-- The tables join on report_id; report_no is the number by which links and people name a case. In
-- some rows report_no and the number of the sender's message are swapped: the nine digits tell.
-- Flags are 1 yes and 2 no in new reports, and empty in old ones. A weight of 0 is not known.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        unpadded(f[$position['report_id']]) as source_report_id,
        written(f[$position['report_no']]) as report_no,
        written(f[$position['e2b_imp_safetyreport_id']]) as message_no,
        written(f[$position['version_no']]) as version_no,
        written(f[$position['datreceived']]) as latest_received,
        written(f[$position['datintreceived']]) as initial_received,
        written(f[$position['mah_no']]) as manufacturer_number,
        coalesce(written(f[$position['company_numb']]), written(f[$position['authority_numb']]))
            as worldwide_case_id,
        written(f[$position['report_type_eng']]) as report_type,
        written(f[$position['reporter_type_eng']]) as reporter,
        lower(written(f[$position['gender_eng']])) as sex_word,
        written(f[$position['age']]) as age,
        written(f[$position['age_y']]) as years,
        written(f[$position['age_unit_eng']]) as age_unit,
        written(f[$position['weight']]) as weight,
        written(f[$position['weight_unit_eng']]) as weight_unit,
        lower(written(f[$position['seriousness_eng']])) as serious_word,
        unpadded(f[$position['outcome_code']]) as outcome_code,
        lower(written(f[$position['outcome_eng']])) as outcome_word,
        map {'1': true, '2': false} as flag,
        trim(f[$position['death']]) as death_flag,
        trim(f[$position['disability']]) as disability_flag,
        trim(f[$position['congenital_anomaly']]) as anomaly_flag,
        trim(f[$position['life_threatening']]) as life_flag,
        trim(f[$position['hosp_required']]) as hospital_flag,
        trim(f[$position['other_medically_imp_cond']]) as other_flag
    from field
),
read as (
    select
        *,
        if(
            not regexp_full_match(report_no, '[0-9]{6,9}')
                and regexp_full_match(message_no, '[0-9]{6,9}'),
            message_no, report_no
        ) as case_no,
        try_cast(version_no as integer) as version,
        extract_day(latest_received) as latest_day,
        extract_day(initial_received) as initial_day,
        case sex_word when 'female' then 'F' when 'male' then 'M' end as sex,
        if(years is null, age_in_years(age, unit_of(age_unit)), age_in_years(years, 'YR'))
            as age_years,
        weight_in_kg(weight, rtrim(lower(weight_unit), 's')) as weight_kg,
        case
            when serious_word in ('serious', 'yes') then true
            when serious_word in ('not serious', 'non serious', 'non-serious', 'no') then false
        end as serious,
        flag[death_flag] as death,
        coalesce(outcome_code = '11' or outcome_word = 'fatal', false) as ended_fatal
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'Health Canada' as authority, 1 as authority_rank, 'report' as action,
        source_report_id, case_no as source_case_id, version, worldwide_case_id,
        manufacturer_number,
        coalesce(initial_day, latest_day) as first_receipt_date,
        coalesce(latest_day, initial_day) as receipt_date,
        report_type, reporter, 'CA' as occurrence_country, sex, age_years, weight_kg, serious,
        if(ended_fatal, true, death) as fatal,
        death,
        flag[disability_flag] as disability,
        flag[anomaly_flag] as congenital_anomaly,
        flag[life_flag] as life_threatening,
        flag[hospital_flag] as hospitalisation,
        flag[other_flag] as other_serious,
        not_read([
            if(version is null and version_no is not null, 'version', null),
            if(latest_day is null and latest_received is not null, 'receipt_date', null),
            if(initial_day is null and initial_received is not null, 'first_receipt_date', null),
            if(sex is null and sex_word not in ('unknown', 'not specified'), 'sex', null),
            if(age_years is null and not no_age(coalesce(years, age)), 'age_years', null),
            if(weight_kg is null and number(weight) is distinct from 0 and weight is not null,
                'weight_kg', null),
            if(serious is null and serious_word is not null, 'serious', null)
        ]) as unparsed
    from read
)
select * from final
