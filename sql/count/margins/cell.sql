-- writes: work.cell
-- reads: work.counted_product, work.counted_event
-- params: none
-- grain: product, event and stratum with a case of both at this look
select p.product_no, e.event_no, p.stratum_no, count(*) as a
from counted_product p
join counted_event e using (case_id)
group by p.product_no, e.event_no, p.stratum_no
order by p.product_no, e.event_no, p.stratum_no
