-- writes: staging.report_event
-- reads: work.raw_icsr_report, work.raw_icsr_event
-- params: $source, $file_id
-- grain: reaction of an individual case safety report
-- A reaction that is named by its code alone is called by it, so that one code is one event; with
-- the licensee's MedDRA the code says which.
with written as (
    select
        e.line, written_value(r.report_id_text) as source_report_id, e.event_seq,
        written_value(e.term_text) as term,
        written_value(e.event_code_text) as event_code,
        written_value(e.event_code_version_text) as event_code_version,
        e.onset_text, icsr_day(e.onset_text) as onset_date,
        case written_value(e.outcome_text)
            when '1' then 'recovered'
            when '2' then 'recovering'
            when '3' then 'not recovered'
            when '4' then 'recovered with sequelae'
            when '5' then 'fatal'
            when '0' then 'unknown'
            when '6' then 'unknown'
            else written_value(e.outcome_text)
        end as outcome
    from raw_icsr_event e
    join raw_icsr_report r using (line)
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        coalesce(term, 'MedDRA ' || event_code) as term_verbatim, event_code,
        event_code_version, onset_date,
        if(onset_date is null, null, icsr_precision(onset_text)) as onset_date_precision, outcome,
        if(onset_date is null and is_written(onset_text), ['onset_date'], []) as unparsed
    from written
    order by line, event_seq
)
select * from final
