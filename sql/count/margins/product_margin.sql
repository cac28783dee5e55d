-- writes: mart.product_margin
-- reads: mart.product_period_margin
-- params: none
-- grain: product and stratum
select product, stratum, sum(n_product)::bigint as n_product
from mart.product_period_margin
group by product, stratum
order by all
