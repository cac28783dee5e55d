-- writes: main.pairs (view)
-- reads: mart.pair
-- params: none
-- grain: product and event with at least one case of both
-- Product and event with at least one case of both: stratified statistics, crude beside them
select *
from mart.pair
