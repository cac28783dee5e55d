-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release, $substance, $issued_on
-- grain: row of an iDAP case table
-- Only the year of receipt is told. A case enters at the year's end, or on the day of the issue that
-- has it, if that is earlier: by then it was there. Ages are decades: age_years stays null.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        written(f[$position['adr']]) as adr,
        whole(f[$position['recvd_year']]) as year,
        lower(written(f[$position['sex']])) as sex_word,
        lower(written(f[$position['seriousness']])) as serious_word,
        lower(written(f[$position['fatal_yn']])) as fatal_word,
        written(f[$position['report_type']]) as report_type,
        written(f[$position['reporter_type']]) as reporter
    from field
),
read as (
    select
        *,
        lower($substance) || ':' || adr as source_case_id,
        (first_day(if(length(year) = 4, year, null)) + interval 1 year - interval 1 day)::date
            as year_end,
        case
            when sex_word in ('f', 'female') then 'F' when sex_word in ('m', 'male') then 'M'
        end as sex,
        case
            when serious_word in ('serious', 'y', 'yes', '1') then true
            when serious_word in ('non-serious', 'non serious', 'not serious', 'n', 'no', '0')
                then false
        end as told_serious,
        case
            when fatal_word in ('fatal', 'y', 'yes', '1') then true
            when fatal_word in ('non-fatal', 'n', 'no', '0') then false
        end as fatal
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'MHRA' as authority, 1 as authority_rank, 'report' as action,
        source_case_id as source_report_id, source_case_id,
        if(year_end > $issued_on, $issued_on, year_end) as first_receipt_date,
        if(year_end > $issued_on, $issued_on, year_end) as receipt_date,
        report_type, reporter, 'GB' as occurrence_country, sex,
        coalesce(told_serious, serious_word = 'fatal', if(fatal, true, null)) as serious,
        coalesce(fatal, serious_word = 'fatal') as fatal,
        coalesce(fatal, serious_word = 'fatal') as death,
        not_read([
            if(year_end is null and year is not null, 'receipt_date', null),
            if(sex is null and sex_word not in ('u', 'unknown', 'not specified', 'not known'),
                'sex', null)
        ]) as unparsed
    from read
)
select * from final
