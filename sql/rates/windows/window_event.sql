-- writes: work.window_event
-- reads: core.event_group, core.event_group_member, work.event_code, work.usable_background
-- params: none
-- grain: event group, or single event that has a background rate of its own
-- A single event must be known as a term, from a report or a group: nobody reports a name that is
-- no term, and nothing observed would then mean nothing.
with listed as (
    select distinct lower(m.event) as event_name
    from core.event_group_member m
    join core.event_group g using (event_group)
    where g.designated and g.late
),
term as (
    select lower(event) as event_name, event, 1 as preference
    from event_code
    where event_kind = 'event'
    union all
    select lower(event), event, 2
    from core.event_group_member
),
single as (
    select event_name, arg_min(event, (preference, event)) as event
    from term
    semi join usable_background using (event_name)
    group by event_name
),
either as (
    select
        label as event, 'event_group' as event_kind, designated and late as designated,
        lower(label) as event_name, lower(event_group) as other_name, event_group
    from core.event_group
    union all
    select
        s.event, 'event', s.event_name in (select event_name from listed), s.event_name,
        s.event_name, null
    from single s
)
select
    (row_number() over (order by event, event_kind) - 1)::integer as window_event_no, *
from either
order by window_event_no
