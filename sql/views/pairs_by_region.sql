-- writes: main.pairs_by_region (view)
-- reads: mart.pair_region
-- params: none
-- grain: product, event and region with at least one case of both
-- Each pair in each region, stratified by its countries
select *
from mart.pair_region
