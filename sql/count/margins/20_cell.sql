-- cell (temporary). grain: one row per product, event and stratum with a case of both. params: none
create or replace temp table cell as
select p.product_no, e.event_no, p.stratum_no, count(*)::integer as a
from counted_product p
join counted_event e using (case_id)
group by p.product_no, e.event_no, p.stratum_no
order by p.product_no, e.event_no, p.stratum_no;
