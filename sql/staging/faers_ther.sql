-- writes: staging.report_therapy
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of a FAERS THER table
-- Dates stay partial in every year: they are not padded as event dates are.
with field as (
    select line, string_split(content, '$') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        whole(f[$position['primaryid']]) as source_report_id,
        whole(f[$position['dsg_drug_seq']]) as drug_seq,
        whole(f[$position['start_dt']]) as start_dt,
        whole(f[$position['end_dt']]) as end_dt
    from field
),
read as (
    select *, first_day(start_dt) as start_date, first_day(end_dt) as end_date
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id, drug_seq, start_date,
        if(start_date is null, null, digits_precision(start_dt)) as start_date_precision,
        end_date, if(end_date is null, null, digits_precision(end_dt)) as end_date_precision,
        not_read([
            if(start_date is null and start_dt is not null, 'start_date', null),
            if(end_date is null and end_dt is not null, 'end_date', null)
        ]) as unparsed
    from read
)
select * from final
