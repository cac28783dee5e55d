-- writes: work.event_count
-- reads: work.counted_event
-- params: none
-- grain: event or event group and period, by number
-- Margins are distinct cases, never sums of pair counts.
select event_no, period_no, count(*) as n_event
from counted_event
group by event_no, period_no
order by event_no, period_no
