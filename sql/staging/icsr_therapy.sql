-- writes: staging.report_therapy
-- reads: work.raw_icsr_report, work.raw_icsr_dose
-- params: $source, $file_id
-- grain: administration of a drug of an individual case safety report that says when it began or ended
with written as (
    select
        d.line, written_value(r.report_id_text) as source_report_id, d.drug_seq,
        d.start_text, icsr_day(d.start_text) as start_date,
        d.end_text, icsr_day(d.end_text) as end_date
    from raw_icsr_dose d
    join raw_icsr_report r using (line)
    where is_written(d.start_text) or is_written(d.end_text)
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id, drug_seq, start_date,
        if(start_date is null, null, icsr_precision(start_text)) as start_date_precision,
        end_date, if(end_date is null, null, icsr_precision(end_text)) as end_date_precision,
        not_read([
            if(start_date is null and is_written(start_text), 'start_date', null),
            if(end_date is null and is_written(end_text), 'end_date', null)
        ]) as unparsed
    from written
)
select * from final
