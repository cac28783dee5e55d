-- writes: work.masked_case
-- reads: work.listed_pair, work.scope_pair, work.counted_product
-- params: none
-- grain: event of a pair in scope and case of a product that lists it
select distinct l.event_no, p.validity_id, p.period_no
from listed_pair l
join counted_product p using (product_no)
where l.listed and l.event_no in (select event_no from scope_pair)
