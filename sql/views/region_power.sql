-- writes: main.region_power (view)
-- reads: mart.region_power
-- params: none
-- grain: pair that the pool flags and region
-- What each region could have seen of a pair that the pool flags, stratified by its countries
select *
from mart.region_power
