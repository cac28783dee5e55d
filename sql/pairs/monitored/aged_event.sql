-- writes: work.aged_event
-- reads: work.aged_case, work.counted_event, work.monitored_pair
-- params: none
-- grain: age group, monitored event (or event group) and period, by number
select c.age_group, e.event_no, c.period_no, count(*) as n_event
from aged_case c
join counted_event e using (case_id)
semi join monitored_pair m using (event_no)
group by all
