-- writes: work.area_event_count
-- reads: work.area_case, work.counted_event
-- params: none
-- grain: therapeutic area, event or event group, and stratum
select a.area_no, e.event_no, a.stratum_no, count(*) as n_event
from area_case a
join counted_event e using (validity_id)
group by a.area_no, e.event_no, a.stratum_no
