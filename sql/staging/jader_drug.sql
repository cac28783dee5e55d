-- writes: staging.report_drug
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a JADER DRUG table
-- Older releases write numbers with leading zeros, newer ones without: they are the same. A start
-- may have a time after its day. Of a rechallenge each reaction has its answer, 脳症(有);発熱(無): the
-- one that tells most counts. In how many parts a dose was given (分割投与回数) says no interval.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        written(f[$position['case_id']]) as case_id,
        written(f[$position['report_count']]) as report_count,
        written(f[$position['drug_seq']]) as seq,
        written(f[$position['role']]) as role_word,
        written(f[$position['brand']]) as drug_verbatim,
        written(f[$position['ingredient']]) as active_ingredient,
        written(f[$position['route']]) as route,
        written(f[$position['indication']]) as indication,
        written(f[$position['start']]) as start_text,
        written(f[$position['end']]) as end_text,
        coded_dose(
            written(f[$position['dose']]), written(f[$position['dose_unit']]), null
        ) as dose,
        written(f[$position['rechallenge']]) as recurrence
    from field
),
read as (
    select
        *,
        if(length(start_text) > 8, left(start_text, 8), start_text) as start_day,
        first_day(start_day) as start_date,
        if(length(end_text) > 8, left(end_text, 8), end_text) as end_day,
        first_day(end_day) as end_date,
        case
            when regexp_matches(recurrence, '(^|[(（])有([)）]|$)') then 'positive'
            when regexp_matches(recurrence, '(^|[(（])無([)）]|$)') then 'negative'
            when regexp_matches(recurrence, '(^|[(（])不明([)）]|$)') then 'unknown'
        end as rechallenge,
        case role_word
            when '被疑薬' then 'suspect'
            when '相互作用' then 'interacting'
            when '併用薬' then 'concomitant'
        end as role
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line,
        case_id || '-' || coalesce(try_cast(report_count as integer)::varchar, report_count)
            as source_report_id,
        coalesce(try_cast(seq as integer)::varchar, seq) as drug_seq,
        role, drug_verbatim, active_ingredient, route, indication, start_date,
        if(start_date is null, null, digits_precision(start_day)) as start_date_precision,
        end_date, if(end_date is null, null, digits_precision(end_day)) as end_date_precision,
        dose, rechallenge,
        not_read([
            if(role is null and role_word is not null, 'role', null),
            if(start_date is null and start_text is not null, 'start_date', null),
            if(end_date is null and end_text is not null, 'end_date', null),
            if(rechallenge is null and recurrence is not null, 'rechallenge', null)
        ]) as unparsed
    from read
)
select * from final
