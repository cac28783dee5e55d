-- writes: work.alert_event
-- reads: core.event_group, core.event_group_member
-- params: none
-- grain: designated event group and event of it
-- A group whose members another one has too lies within it: the wider one says nothing more of a
-- case that the narrower one has.
with designated as (
    select g.event_group, g.label as event, lower(m.event) as event_name
    from core.event_group g
    join core.event_group_member m using (event_group)
    where g.designated
),
sized as (
    select event, count(*) as members
    from designated
    group by event
),
shared as (
    select d.event, w.event as wider, count(*) as members
    from designated d
    join designated w on w.event_name = d.event_name and w.event <> d.event
    group by d.event, w.event
),
within as (
    select h.event, list(h.wider order by h.wider) as within
    from shared h
    join sized s on s.event = h.event and s.members = h.members
    join sized w on w.event = h.wider and w.members > h.members
    group by h.event
)
select d.event, d.event_name, coalesce(w.within, []) as within
from designated d
left join within w using (event)
order by d.event, d.event_name
