-- writes: work.cell
-- reads: work.counted_product, work.counted_event
-- params: none
-- grain: product, event and period with a case of both at this look
select p.product_no, e.event_no, p.period_no, count(*) as a
from counted_product p
join counted_event e using (case_id)
group by p.product_no, e.event_no, p.period_no
order by p.product_no, e.event_no, p.period_no
