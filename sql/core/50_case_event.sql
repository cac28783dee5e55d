-- core.case_event, earlier_event_draft (temporary). grain: one row per distinct event of a current
-- case; of an earlier version of a case. params: none
-- event_spelling (temporary). grain: one row per spelling of a term.
-- One event, one spelling: the one with the fewest capitals (FAERS writes sentence case, AERS
-- capitals, the dashboard capitals at each word), with a capital in front.
create or replace temp table event_spelling as
with spelling as (
    select distinct term_verbatim, trim(term_verbatim) as term
    from staging.report_event
),
preferred as (
    select
        lower(term) as term_key,
        arg_min(
            upper(term[1]) || term[2:],
            (length(regexp_replace(term[2:], '[^A-Z]', '', 'g')), term)
        ) as event
    from spelling
    group by lower(term)
)
select
    s.term_verbatim, p.event, (dense_rank() over (order by p.event))::integer as event_no
from spelling s
join preferred p on p.term_key = lower(s.term);

create or replace temp table event_drafted as
with first_suspect as (
    select
        draft_no,
        min(start_date) as start_low,
        min(case start_date_precision
            when 'day' then start_date
            when 'month' then (start_date + interval 1 month - interval 1 day)::date
            when 'year' then (start_date + interval 1 year - interval 1 day)::date
        end) as start_high
    from drug_of_draft
    where role in ('primary_suspect', 'suspect', 'interacting') and start_date is not null
    group by draft_no
),
reaction as (
    select
        c.draft_no, c.is_current, s.event_no,
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
    join case_draft c using (release_no, source_report_id)
    join event_spelling s using (term_verbatim)
    group by c.draft_no, c.is_current, s.event_no
),
spanned as (
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
    select event_no, any_value(event) as event
    from event_spelling
    group by event_no
),
final as (
    select
        s.draft_no, s.is_current,
        row_number() over (partition by s.draft_no order by s.place, s.event_no) as event_seq,
        s.term_verbatim, n.event, s.event_code,
        s.onset_low as onset_date, s.onset_precision as onset_date_precision, s.outcome,
        datediff('day', f.start_high, s.onset_low) as time_to_onset_days_low,
        datediff('day', f.start_low, s.onset_high) as time_to_onset_days_high
    from spanned s
    join named n using (event_no)
    left join first_suspect f using (draft_no)
)
select * from final;

insert into core.case_event
select * exclude (is_current)
from event_drafted
where is_current
order by draft_no, event_seq;

create or replace temp table earlier_event_draft as
select * exclude (is_current)
from event_drafted
where not is_current;

create or replace temp view event_of_draft as
select * rename (case_id as draft_no) from core.case_event
union all
select * from earlier_event_draft;
