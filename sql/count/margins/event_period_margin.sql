-- writes: mart.event_period_margin
-- reads: work.event_count, work.event_code, work.counted_period, work.counted_stratum
-- params: none
-- grain: event, stratum and period of receipt
select e.event, e.event_kind, s.stratum, p.receipt_period, c.n_event
from event_count c
join event_code e using (event_no)
join counted_period p using (period_no)
join counted_stratum s using (stratum_no)
order by all
