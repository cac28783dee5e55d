-- writes: work.masked_count
-- reads: work.masked_case, work.counted_event
-- params: none
-- grain: event and period with a case of a product that lists it
select
    m.event_no, m.period_no, count(*) as n_cases, count(e.validity_id) as n_event
from masked_case m
left join counted_event e on e.event_no = m.event_no and e.validity_id = m.validity_id
group by m.event_no, m.period_no
