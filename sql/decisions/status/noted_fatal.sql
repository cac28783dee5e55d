-- writes: work.noted_fatal
-- reads: work.noted_signal, core.case, core.case_drug, core.case_event, core.event_group,
--   core.event_group_member
-- params: $roles
-- grain: noted pair and fatal case of it
with fatal_case as (
    select distinct c.case_id, c.duplicate_group, d.product
    from core.case c
    join core.case_drug d using (case_id)
    where c.is_master and c.fatal and list_contains($roles, d.role)
),
named as (
    select e.case_id, e.event, 'event' as event_kind
    from core.case_event e
    union
    select e.case_id, g.label as event, 'event_group' as event_kind
    from core.case_event e
    join core.event_group_member m on lower(m.event) = lower(e.event)
    join core.event_group g using (event_group)
)
select w.product, w.event, w.event_kind, f.case_id, f.duplicate_group
from noted_signal w
join fatal_case f using (product)
join named e on e.case_id = f.case_id and e.event = w.event and e.event_kind = w.event_kind
