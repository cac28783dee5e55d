-- writes: mart.product_period_margin
-- reads: work.product_count, work.product_code, work.counted_period, work.counted_stratum
-- params: none
-- grain: product, stratum and period of receipt
select k.product, s.stratum, p.receipt_period, c.n_product
from product_count c
join product_code k using (product_no)
join counted_period p using (period_no)
join counted_stratum s using (stratum_no)
order by all
