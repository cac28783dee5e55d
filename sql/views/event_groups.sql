-- writes: main.event_groups (view)
-- reads: core.event_group, core.event_group_member
-- params: none
-- grain: event group and event in it
-- Event groups with their events; label is the name of the group among the events
select g.*, m.event
from core.event_group g
join core.event_group_member m using (event_group)
order by g.event_group, m.event
