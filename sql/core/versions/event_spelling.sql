-- writes: work.event_spelling
-- reads: staging.report_event
-- params: none
-- grain: spelling of a term
-- One event, one spelling: the one with the fewest capitals (FAERS writes sentence case, AERS
-- capitals, the dashboard capitals at each word), with a capital in front.
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
    s.term_verbatim, p.event, (dense_rank() over (order by p.event))::integer as term_no
from spelling s
join preferred p on p.term_key = lower(s.term)
