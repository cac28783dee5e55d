-- writes: mart.pair
-- reads: work.pair_statistic, work.product_code, work.event_code
-- params: none
-- grain: product and event with at least one case of both, all strata pooled
select p.product, e.event, e.event_kind, v.* exclude (product_no, event_no)
from pair_statistic v
join product_code p using (product_no)
join event_code e using (event_no)
order by v.product_no, v.event_no
