-- writes: work.area_event_count
-- reads: work.area_case, work.counted_event
-- params: none
-- grain: therapeutic area, event or event group, and period
select a.area_no, e.event_no, a.period_no, count(*) as n_event
from area_case a
join counted_event e using (validity_id)
group by a.area_no, e.event_no, a.period_no
