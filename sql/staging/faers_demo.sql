-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release, $padded
-- grain: row of a FAERS DEMO table
-- Since 2021Q3 ($padded) FAERS fills a partial event date up to its first day: a date on the first
-- of a month is known to the month at best, on the first of January to the year.
with field as (
    select line, string_split(content, '$') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        whole(f[$position['primaryid']]) as source_report_id,
        whole(f[$position['caseid']]) as source_case_id,
        whole(f[$position['caseversion']]) as caseversion,
        whole(f[$position['init_fda_dt']]) as init_fda_dt,
        whole(f[$position['fda_dt']]) as fda_dt,
        whole(f[$position['event_dt']]) as event_dt,
        upper(written(f[$position['rept_cod']])) as report_code,
        if(
            $position['lit_ref'] is null, null,
            written(f[$position['lit_ref']]) is not null
        ) as literature,
        literature_number(f[$position['lit_ref']]) as literature_id,
        written(f[$position['occp_cod']]) as reporter,
        written(f[$position['mfr_num']]) as manufacturer_number,
        written(f[$position['mfr_sndr']]) as sender,
        written(f[$position['occr_country']]) as occurrence_country,
        written(f[$position['reporter_country']]) as reporter_country,
        upper(written(f[$position['sex']])) as sex_code,
        whole(f[$position['age']]) as age,
        written(f[$position['age_cod']]) as age_cod,
        written(f[$position['wt']]) as wt,
        written(f[$position['wt_cod']]) as wt_cod
    from field
),
read as (
    select
        *,
        try_cast(caseversion as integer) as version,
        first_day(init_fda_dt) as first_receipt_date,
        first_day(fda_dt) as receipt_date,
        first_day(event_dt) as event_date,
        if(sex_code in ('F', 'M'), sex_code, null) as sex,
        age_in_years(age, age_cod) as age_years,
        weight_in_kg(wt, wt_cod) as weight_kg,
        case report_code
            when 'EXP' then 'expedited'
            when 'PER' then 'periodic'
            when 'DIR' then 'direct'
            when '5DAY' then '5-day'
            when '30DAY' then '30-day'
            else report_code
        end as report_type
    from written
),
final as (
    select
        $source as source, $file_id as file_id, $release as release,
        'FDA' as authority, 1 as authority_rank, 'report' as action,
        * exclude (caseversion, init_fda_dt, fda_dt, event_dt, sex_code, age, age_cod, wt, wt_cod, report_code),
        case
            when event_date is null then null
            when $padded and right(event_dt, 4) = '0101' then 'year'
            when $padded and right(event_dt, 2) = '01' and length(event_dt) = 8 then 'month'
            else digits_precision(event_dt)
        end as event_date_precision,
        not_read([
            if(version is null and caseversion is not null, 'version', null),
            if(first_receipt_date is null and init_fda_dt is not null, 'first_receipt_date', null),
            if(receipt_date is null and fda_dt is not null, 'receipt_date', null),
            if(event_date is null and event_dt is not null, 'event_date', null),
            if(sex_code not in ('F', 'M', 'UNK', 'NS'), 'sex', null),
            if(age_years is null and not no_age(age), 'age_years', null),
            if(weight_kg is null and wt is not null, 'weight_kg', null)
        ]) as unparsed
    from read
)
select * from final
