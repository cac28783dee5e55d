-- writes: mart.event_margin
-- reads: work.event_count, work.event_code, work.counted_stratum
-- params: none
-- grain: event and stratum
select e.event, e.event_kind, s.stratum, c.n_event
from event_count c
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
order by all
