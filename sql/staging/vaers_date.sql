-- writes: staging.report_therapy
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a VAERS DATA table with a date of vaccination
-- The vaccines of a report were given at one visit, whose date is in DATA: all are its drug 1.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
read as (
    select
        line,
        ltrim(whole(f[$position['vaers_id']]), '0') as source_report_id,
        written(f[$position['vax_date']]) as given,
        american_day(given) as start_date
    from field
)
select
    $source as source, $file_id as file_id, line, source_report_id, '1' as drug_seq, start_date,
    if(start_date is null, null, 'day') as start_date_precision,
    if(start_date is null, ['start_date'], []::varchar[]) as unparsed
from read
where given is not null
