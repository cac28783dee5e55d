-- writes: main.case_events (view)
-- reads: core.case_event, core.case
-- params: none
-- grain: distinct event of a case that counts
-- Events of the cases that count
select c.country, c.receipt_date, e.*
from core.case_event e
join core.case c using (case_id)
where c.is_master
