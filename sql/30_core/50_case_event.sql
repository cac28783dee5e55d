-- core.case_event. grain: one row per distinct event of a current case. params: none
-- One event, one spelling: the one with the fewest capitals (FAERS writes sentence case, AERS
-- capitals, the dashboard capitals at each word), with a capital in front.
delete from core.case_event;
insert into core.case_event
with reaction as (
    select
        c.case_id, c.event_date, c.event_date_precision,
        trim(e.term_verbatim) as term_verbatim, lower(trim(e.term_verbatim)) as term_key,
        e.event_code, e.onset_date, e.onset_date_precision, e.outcome, e.file_id, e.line
    from case_draft c
    join ops.source_file f on f.source = c.source and f.release = c.release
    join staging.report_event e on e.file_id = f.file_id and e.source_report_id = c.source_report_id
),
spelling as (
    select distinct term_key, term_verbatim
    from reaction
),
preferred as (
    select
        term_key,
        arg_min(
            upper(term_verbatim[1]) || term_verbatim[2:],
            (length(regexp_replace(term_verbatim[2:], '[^A-Z]', '', 'g')), term_verbatim)
        ) as event
    from spelling
    group by term_key
),
first_suspect as (
    select
        case_id,
        min(start_date) as start_low,
        min(case start_date_precision
            when 'day' then start_date
            when 'month' then (start_date + interval 1 month - interval 1 day)::date
            when 'year' then (start_date + interval 1 year - interval 1 day)::date
        end) as start_high
    from core.case_drug
    where role in ('primary_suspect', 'suspect', 'interacting') and start_date is not null
    group by case_id
),
event as (
    select distinct on (r.case_id, r.term_key)
        r.case_id, r.term_verbatim, p.event, r.event_code, r.outcome, r.file_id, r.line,
        coalesce(r.onset_date, r.event_date) as onset_low,
        if(r.onset_date is null, r.event_date_precision, r.onset_date_precision) as onset_precision
    from reaction r
    join preferred p using (term_key)
    order by r.case_id, r.term_key, r.onset_date nulls last, r.file_id, r.line
),
spanned as (
    select
        e.*,
        case e.onset_precision
            when 'day' then e.onset_low
            when 'month' then (e.onset_low + interval 1 month - interval 1 day)::date
            when 'year' then (e.onset_low + interval 1 year - interval 1 day)::date
        end as onset_high
    from event e
),
final as (
    select
        s.case_id,
        row_number() over (partition by s.case_id order by s.file_id, s.line, s.event) as event_seq,
        s.term_verbatim, s.event, s.event_code,
        s.onset_low as onset_date, s.onset_precision as onset_date_precision, s.outcome,
        datediff('day', f.start_high, s.onset_low) as time_to_onset_days_low,
        datediff('day', f.start_low, s.onset_high) as time_to_onset_days_high
    from spanned s
    left join first_suspect f using (case_id)
)
select * from final
order by case_id, event_seq;
