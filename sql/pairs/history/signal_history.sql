-- writes: mart.signal_history (by key)
-- reads: work.signal_change
-- params: none
-- grain: product and event (or event group), and states in a row that say the same of it
select *
from signal_change
order by product, event, event_kind, valid_from_state
