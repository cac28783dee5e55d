-- writes: staging.report
-- reads: work.raw_icsr_report, work.raw_icsr_event
-- params: $source, $file_id, $release, $authority, $authority_rank
-- grain: individual case safety report
-- R3 tells seriousness and country of each reaction, R2 of the report: what the report does not say
-- its reactions do. Of several countries that of the first reaction counts.
with said_of_events as (
    select
        line,
        arg_min(written_value(event_country_text), event_seq)
            filter (written_value(event_country_text) is not null) as country,
        min(icsr_day(onset_text)) as event_date,
        arg_min(icsr_precision(onset_text), (icsr_day(onset_text), icsr_precision(onset_text)))
            filter (icsr_day(onset_text) is not null) as event_date_precision,
        bool_or(is_written(onset_text) and icsr_day(onset_text) is null)
            as onset_unread,
        min(event_country_text) filter (starts_with(event_country_text, chr(1)))
            as country_flavor,
        min(onset_text) filter (starts_with(onset_text, chr(1))) as onset_flavor,
        bool_or(starts_with(event_country_text, chr(2))) as country_unread,
        bool_or(icsr_flag(death_text)) as death,
        bool_or(icsr_flag(life_threatening_text)) as life_threatening,
        bool_or(icsr_flag(hospitalisation_text)) as hospitalisation,
        bool_or(icsr_flag(disability_text)) as disability,
        bool_or(icsr_flag(congenital_anomaly_text)) as congenital_anomaly,
        bool_or(icsr_flag(other_serious_text)) as other_serious,
        bool_or(written_value(outcome_text) = '5') as fatal_outcome
    from raw_icsr_event
    group by line
),
written as (
    select
        r.*,
        coalesce(icsr_flag(r.death_text), e.death) as death,
        coalesce(icsr_flag(r.life_threatening_text), e.life_threatening) as life_threatening,
        coalesce(icsr_flag(r.hospitalisation_text), e.hospitalisation) as hospitalisation,
        coalesce(icsr_flag(r.disability_text), e.disability) as disability,
        coalesce(icsr_flag(r.congenital_anomaly_text), e.congenital_anomaly) as congenital_anomaly,
        coalesce(icsr_flag(r.other_serious_text), e.other_serious) as other_serious,
        coalesce(written_value(r.occurrence_country_text), e.country) as occurrence_country,
        e.event_date, e.event_date_precision,
        e.country_flavor, e.onset_flavor,
        coalesce(e.onset_unread, false) as onset_unread,
        coalesce(e.country_unread, false) as country_unread,
        coalesce(e.fatal_outcome, false) as fatal_outcome
    from raw_icsr_report r
    left join said_of_events e using (line)
),
read as (
    select
        *,
        try_cast(whole(written_value(version_text)) as integer) as version,
        icsr_day(first_receipt_text) as first_receipt_date,
        icsr_day(receipt_text) as receipt_date,
        case written_value(sex_text) when '1' then 'M' when '2' then 'F' end as sex,
        age_in_years(written_value(age_text), written_value(age_unit_text)) as age_years,
        weight_in_kg(
            written_value(weight_text), coalesce(written_value(weight_unit_text), 'KG')
        ) as weight_kg,
        case written_value(action_text) when '1' then 'nullify' else 'report' end as action,
        list_bool_or([
            death, life_threatening, hospitalisation, disability, congenital_anomaly, other_serious
        ]) as any_flag
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        $authority as authority, $authority_rank as authority_rank,
        written_value(report_id_text) as source_report_id,
        written_value(case_id_text) as source_case_id,
        version, action,
        written_value(worldwide_case_id_text) as worldwide_case_id,
        written_value(manufacturer_number_text) as manufacturer_number,
        written_value(sender_text) as sender,
        first_receipt_date, receipt_date,
        case written_value(report_type_text)
            when '1' then 'spontaneous'
            when '2' then 'study'
            when '3' then 'other'
            when '4' then 'not available to sender'
            else written_value(report_type_text)
        end as report_type,
        literature_text is not null as literature,
        literature_number(literature_text) as literature_id,
        case written_value(reporter_text)
            when '1' then 'physician'
            when '2' then 'pharmacist'
            when '3' then 'other health professional'
            when '4' then 'lawyer'
            when '5' then 'consumer'
            else written_value(reporter_text)
        end as reporter,
        occurrence_country,
        written_value(reporter_country_text) as reporter_country,
        sex, age_years, weight_kg, event_date, event_date_precision,
        coalesce(icsr_flag(serious_text), any_flag) as serious,
        death or fatal_outcome as fatal,
        death, life_threatening, hospitalisation, disability, congenital_anomaly, other_serious,
        not_read([
            null_reason('sex', sex_text),
            null_reason('age_years', age_text),
            null_reason('weight_kg', weight_text),
            null_reason('reporter', reporter_text),
            null_reason('reporter_country', reporter_country_text),
            if(occurrence_country is null, null_reason('occurrence_country', country_flavor), null),
            if(event_date is null, null_reason('event_date', onset_flavor), null),
            null_reason('sender', sender_text),
            null_reason('report_type', report_type_text),
            null_reason('worldwide_case_id', worldwide_case_id_text)
        ]) as null_reasons,
        not_read([
            if(version is null and written_value(version_text) is not null, 'version', null),
            if(first_receipt_date is null and is_written(first_receipt_text),
                'first_receipt_date', null),
            if(receipt_date is null and is_written(receipt_text), 'receipt_date', null),
            if(onset_unread, 'event_date', null),
            if(sex is null and is_written(sex_text) and sex_text <> '0', 'sex', null),
            if(age_years is null and is_written(age_text), 'age_years', null),
            if(weight_kg is null and is_written(weight_text), 'weight_kg', null),
            if(is_written(action_text) and written_value(action_text) not in ('1', '2'), 'action',
                null),
            if(country_unread, 'occurrence_country', null),
            if(starts_with(reporter_country_text, chr(2)), 'reporter_country', null),
            if(starts_with(reporter_text, chr(2)), 'reporter', null),
            if(starts_with(report_type_text, chr(2)), 'report_type', null)
        ]) as unparsed
    from read
)
select * from final
