-- writes: main.signals (view)
-- reads: mart.signal
-- params: none
-- grain: flagged product and event (or event group)
-- Every flagged product and event with its verdict, best first; all verdicts: mart.signal
select *, not detectable as blind
from mart.signal
where verdict <> 'not_flagged'
order by rank
