-- writes: work.aged_cell
-- reads: work.aged_case, work.counted_product, work.counted_event, work.monitored_pair
-- params: none
-- grain: age group, monitored pair and period with a case of both, by number
select c.age_group, m.pair_no, c.period_no, count(*) as a
from aged_case c
join counted_product p using (case_id)
join counted_event e using (case_id)
join monitored_pair m using (product_no, event_no)
group by all
