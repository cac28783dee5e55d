-- writes: work.aged_product
-- reads: work.aged_case, work.counted_product, work.monitored_pair
-- params: none
-- grain: age group, monitored product and period, by number
select c.age_group, p.product_no, c.period_no, count(*) as n_product
from aged_case c
join counted_product p using (case_id)
semi join monitored_pair m using (product_no)
group by all
