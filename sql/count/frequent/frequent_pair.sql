-- writes: work.frequent_pair
-- reads: work.valid_product, work.valid_event
-- params: $n_min
-- grain: product and event with enough versions of both at any look
select p.product_no, e.event_no
from valid_product p
join valid_event e using (validity_id)
group by p.product_no, e.event_no
having count(*) >= $n_min
