-- writes: work.event_code
-- reads: work.any_event, core.event_group, core.event_group_member
-- params: none
-- grain: event or event group
-- Important are our event groups and their members: a family of its own in the control of error.
with named as (
    select distinct event, 'event' as event_kind
    from any_event
    union all
    select label, 'event_group'
    from core.event_group
)
select
    (row_number() over (order by event_kind, event) - 1)::integer as event_no, event, event_kind,
    event_kind = 'event_group' or lower(event) in (
        select lower(m.event)
        from core.event_group_member m
    ) as important
from named
order by event_kind, event
