-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release, $foreign
-- grain: row of a VAERS DATA table
-- The state FR means a report from abroad, and so does the file of such reports. Its country is in
-- the manufacturer's number: in front, or after the year in numbers of Novartis (PHHO2001DE00123).
-- A flag is Y or empty.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        ltrim(whole(f[$position['vaers_id']]), '0') as id,
        written(f[$position['recvdate']]) as received,
        written(f[$position['onset_date']]) as onset,
        upper(written(f[$position['state']])) as state,
        whole(f[$position['age_yrs']]) as age,
        upper(written(f[$position['sex']])) as sex_code,
        written(f[$position['splttype']]) as manufacturer_number,
        coalesce(upper(written(f[$position['died']])) = 'Y', false) as death,
        coalesce(upper(written(f[$position['l_threat']])) = 'Y', false) as life_threatening,
        coalesce(upper(written(f[$position['hospital']])) = 'Y', false)
            or coalesce(upper(written(f[$position['x_stay']])) = 'Y', false) as hospitalisation,
        coalesce(upper(written(f[$position['disable']])) = 'Y', false) as disability,
        coalesce(upper(written(f[$position['birth_defect']])) = 'Y', false) as congenital_anomaly
    from field
),
read as (
    select
        *,
        american_day(received) as receipt_date,
        american_day(onset) as event_date,
        if(sex_code in ('F', 'M'), sex_code, null) as sex,
        age_in_years(age, 'YR') as age_years,
        coalesce(
            nullif(regexp_extract(upper(manufacturer_number), '^PH[A-Z]{2}[0-9]{4}([A-Z]{2})[0-9]', 1), ''),
            nullif(regexp_extract(upper(manufacturer_number), '^([A-Z]{2})[A-Z0-9 -]', 1), '')
        ) as place
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'VAERS' as authority, 1 as authority_rank, 'report' as action,
        id as source_report_id, id as source_case_id, manufacturer_number,
        receipt_date as first_receipt_date, receipt_date,
        if($foreign or state is not distinct from 'FR', place, 'US') as occurrence_country,
        sex, age_years, event_date, if(event_date is null, null, 'day') as event_date_precision,
        death or life_threatening or hospitalisation or disability or congenital_anomaly
            as serious,
        death as fatal, death, life_threatening, hospitalisation, disability, congenital_anomaly,
        not_read([
            if(receipt_date is null and received is not null, 'receipt_date', null),
            if(event_date is null and onset is not null, 'event_date', null),
            if(sex_code not in ('F', 'M', 'U'), 'sex', null),
            if(age_years is null and not no_age(age), 'age_years', null)
        ]) as unparsed
    from read
)
select * from final
