-- writes: work.month_end
-- reads: core.look, work.version_span
-- params: none
-- grain: look at the end of a month
-- What is common is asked of the month before a report came: so it was known whenever the report
-- was looked at first, in every home.
with change as (
    select look_no, 0 as n
    from core.look
    union all
    select valid_from_look, count(*)
    from version_span
    group by valid_from_look
    union all
    select valid_to_look, -count(*)
    from version_span
    group by valid_to_look
),
running as (
    select look_no, sum(sum(n)) over (order by look_no) as n
    from change
    group by look_no
)
select l.look_no, l.as_of, r.n::bigint as cases_known
from core.look l
join running r using (look_no)
where l.as_of = last_day(l.as_of)
