-- writes: main.sensitivity (view)
-- reads: mart.sensitivity
-- params: none
-- grain: flagged product and event (or event group) in scope, and variant of what it is counted on
-- What is left of each flagged product and event on fewer cases
select *
from mart.sensitivity
order by product, event, event_kind, variant
