-- writes: work.frequent_pair
-- reads: work.spanned_product, work.spanned_event
-- params: $n_min
-- grain: product and event with enough versions of both at any look
select p.product_no, e.event_no
from spanned_product p
join spanned_event e using (draft_id)
group by p.product_no, e.event_no
having count(*) >= $n_min
