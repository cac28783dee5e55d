-- writes: work.coded_event
-- reads: staging.report_event, work.file_release, work.current_version, work.event_spelling,
--   work.version_drug
-- params: none
-- grain: version and distinct event
-- Time to onset is counted from the first suspect drug, between the bounds of partial dates.
with first_suspect as (
    select
        version_no,
        min(start_date) as start_low,
        min(case start_date_precision
            when 'day' then start_date
            when 'month' then (start_date + interval 1 month - interval 1 day)::date
            when 'year' then (start_date + interval 1 year - interval 1 day)::date
        end) as start_high
    from version_drug
    where role in ('primary_suspect', 'suspect', 'interacting') and start_date is not null
    group by version_no
),
reaction as (
    select
        c.version_no, c.is_current, s.term_no,
        min(e.file_id * 1000000000000 + e.line) as place,
        arg_min(e.term_verbatim, e.file_id * 1000000000000 + e.line) as term_verbatim,
        min(e.event_code) as event_code,
        min(e.outcome) as outcome,
        coalesce(min(e.onset_date), any_value(c.event_date)) as onset_low,
        if(
            min(e.onset_date) is null, any_value(c.event_date_precision),
            arg_min(e.onset_date_precision, (e.onset_date, e.onset_date_precision))
        ) as onset_precision
    from staging.report_event e
    join file_release f using (file_id)
    join current_version c using (release_no, source_report_id)
    join event_spelling s using (term_verbatim)
    group by c.version_no, c.is_current, s.term_no
),
bounded as (
    select
        *,
        case onset_precision
            when 'day' then onset_low
            when 'month' then (onset_low + interval 1 month - interval 1 day)::date
            when 'year' then (onset_low + interval 1 year - interval 1 day)::date
        end as onset_high
    from reaction
),
named as (
    select term_no, any_value(event) as event
    from event_spelling
    group by term_no
)
select
    b.version_no, b.is_current,
    (row_number() over (partition by b.version_no order by b.place, b.term_no))::integer
        as event_seq,
    b.term_verbatim, n.event, b.event_code,
    b.onset_low as onset_date, b.onset_precision as onset_date_precision, b.outcome,
    datediff('day', f.start_high, b.onset_low)::integer as time_to_onset_days_low,
    datediff('day', f.start_low, b.onset_high)::integer as time_to_onset_days_high
from bounded b
join named n using (term_no)
left join first_suspect f using (version_no)
