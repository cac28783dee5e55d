-- writes: work.permuted_event
-- reads: work.permuted_case, work.counted_event
-- params: none
-- grain: case of work.permuted_case and event or event group
select c.case_no, e.event_no
from permuted_case c
join counted_event e using (case_id)
