-- writes: main.pairs_by_country (view)
-- reads: mart.pair_country
-- params: none
-- grain: product, event and country with at least one case of both
-- The 2x2 table and statistics of each pair in each country with at least one case of both
select *
from mart.pair_country
