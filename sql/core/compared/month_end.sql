-- writes: work.month_end
-- reads: core.look, work.version_span
-- params: none
-- grain: look at the end of a month
-- What is common is asked of the month before a report came: so it was known whenever the report
-- was looked at first, in every home.
with ended as (
    select look_no, as_of
    from core.look
    where as_of = last_day(as_of)
),
change as (
    select valid_from_look as look_no, count(*) as n
    from version_span
    group by valid_from_look
    union all
    select valid_to_look, -count(*)
    from version_span
    group by valid_to_look
)
select e.look_no, e.as_of, coalesce(sum(c.n), 0)::bigint as cases_known
from ended e
left join change c on c.look_no <= e.look_no
group by e.look_no, e.as_of
