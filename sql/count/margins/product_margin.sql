-- writes: mart.product_margin
-- reads: work.product_count, work.product_code, work.counted_stratum
-- params: none
-- grain: product and stratum
select p.product, s.stratum, c.n_product
from product_count c
join product_code p using (product_no)
join counted_stratum s using (stratum_no)
order by all
