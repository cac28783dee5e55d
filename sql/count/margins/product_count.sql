-- writes: work.product_count
-- reads: work.counted_product
-- params: none
-- grain: product and period, by number
-- Margins are distinct cases, never sums of pair counts.
select product_no, period_no, count(*) as n_product
from counted_product
group by product_no, period_no
order by product_no, period_no
