-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release
-- grain: row of a EudraVigilance line listing
-- The area or country is that of the primary source. Each reaction has its seriousness criteria: a
-- report has those of all, and is not serious where every reaction says that it has none.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        written(f[$position['case_id']]) as source_case_id,
        written(f[$position['worldwide_id']]) as worldwide_case_id,
        written(f[$position['report_type']]) as report_type,
        if(
            $position['literature'] is null, null,
            listing_word(f[$position['literature']]) is not null
        ) as literature,
        literature_number(f[$position['literature']]) as literature_id,
        written(f[$position['receipt']]) as received,
        listing_word(f[$position['reporter']]) as reporter,
        listing_word(f[$position['country']]) as reporter_country,
        lower(listing_word(f[$position['sex']])) as sex_word,
        list_transform(
            listing_items(f[$position['reactions']]),
            lambda n: regexp_extract(n, '^.+ \((.+?) - (.+?) - (.*)\)$', ['duration', 'outcome', 'criteria'])
        ) as reactions
    from field
),
read as (
    select
        *,
        coalesce(iso_day(left(received, 10)), dashboard_day(split_part(received, ' ', 1)))
            as receipt_date,
        case sex_word when 'female' then 'F' when 'male' then 'M' end as sex,
        lower(array_to_string(list_transform(reactions, lambda n: n.criteria), '|')) as criteria,
        list_transform(reactions, lambda n: lower(n.outcome)) as outcomes,
        -- An item of another form says nothing of its criteria.
        len(list_filter(reactions, lambda n: n.outcome <> '')) = len(reactions) and len(reactions) > 0
            as all_told
    from written
),
judged as (
    select *, regexp_matches(criteria, '[a-z]{4}') as has_criteria
    from read
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'EMA' as authority, 1 as authority_rank, 'report' as action,
        source_case_id as source_report_id, source_case_id, worldwide_case_id,
        receipt_date as first_receipt_date, receipt_date, report_type, literature,
        literature_id, reporter, reporter_country,
        sex,
        if(has_criteria, true, if(all_told, false, null)) as serious,
        if(
            regexp_matches(criteria, 'death') or list_contains(outcomes, 'fatal'),
            true, if(all_told, false, null)
        ) as fatal,
        if(has_criteria or all_told, regexp_matches(criteria, 'death'), null) as death,
        if(has_criteria or all_told, regexp_matches(criteria, 'life'), null) as life_threatening,
        if(has_criteria or all_told, regexp_matches(criteria, 'hospital'), null)
            as hospitalisation,
        if(has_criteria or all_told, regexp_matches(criteria, 'disab'), null) as disability,
        if(has_criteria or all_told, regexp_matches(criteria, 'congenital'), null)
            as congenital_anomaly,
        if(has_criteria or all_told, regexp_matches(criteria, 'other medical'), null)
            as other_serious,
        not_read([
            if(receipt_date is null and received is not null, 'receipt_date', null),
            if(sex is null and sex_word not in ('not specified', 'unknown'), 'sex', null)
        ]) as unparsed
    from judged
)
select * from final
