-- writes: mart.event_margin
-- reads: mart.event_period_margin
-- params: none
-- grain: event and stratum
select event, event_kind, stratum, sum(n_event)::bigint as n_event
from mart.event_period_margin
group by event, event_kind, stratum
order by all
