-- writes: main.rate_windows (view)
-- reads: mart.rate_window
-- params: none
-- grain: advanced therapy, event, latency window and country
-- Cases against person-time and background by latency window, with the state of each: signal,
-- excluded, inconclusive or not yet observable
select *
from mart.rate_window
