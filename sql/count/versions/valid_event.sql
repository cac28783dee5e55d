-- writes: work.valid_event
-- reads: work.any_event, work.event_code, work.valid_case, core.event_group,
--   core.event_group_member
-- params: none
-- grain: row of work.valid_case and event or event group
-- A case has each distinct event once, and a group once whichever of its members it has.
with single as (
    select e.validity_id, k.event_no
    from any_event e
    join event_code k on k.event = e.event and k.event_kind = 'event'
),
grouped as (
    select distinct e.validity_id, k.event_no
    from any_event e
    join core.event_group_member m on lower(m.event) = lower(e.event)
    join core.event_group g using (event_group)
    join event_code k on k.event = g.label and k.event_kind = 'event_group'
),
happened as (
    select validity_id, event_no from single
    union all
    select validity_id, event_no from grouped
)
select c.validity_id, c.case_id, c.stratum_no, c.period_no, h.event_no, c.valid_from_look, c.valid_to_look
from happened h
join valid_case c using (validity_id)
