-- writes: staging.report_event
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a JADER REAC table
-- Terms are MedDRA/J and stay as written. An onset may have a time after its day.
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
        written(f[$position['term']]) as term_verbatim,
        written(f[$position['outcome']]) as outcome,
        written(f[$position['onset']]) as onset_text
    from field
),
read as (
    select
        *,
        if(length(onset_text) > 8, left(onset_text, 8), onset_text) as onset_day,
        first_day(onset_day) as onset_date
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line,
        case_id || '-' || coalesce(try_cast(report_count as integer)::varchar, report_count)
            as source_report_id,
        term_verbatim, outcome, onset_date,
        if(onset_date is null, null, digits_precision(onset_day)) as onset_date_precision,
        if(onset_date is null and onset_text is not null, ['onset_date'], []) as unparsed
    from read
)
select * from final
