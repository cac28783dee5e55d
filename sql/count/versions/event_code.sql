-- writes: work.event_code
-- reads: work.any_event, core.event_group
-- params: none
-- grain: event or event group
with named as (
    select distinct event, 'event' as event_kind
    from any_event
    union all
    select label, 'event_group'
    from core.event_group
)
select (row_number() over (order by event_kind, event) - 1)::integer as event_no, event, event_kind
from named
order by event_kind, event
