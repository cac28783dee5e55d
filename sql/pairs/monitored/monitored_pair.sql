-- writes: work.monitored_pair
-- reads: mart.pair, work.product_code, work.event_code
-- params: none
-- grain: product in scope or advanced therapy, and event with a case of both
select
    (row_number() over (order by p.product_no, e.event_no) - 1)::integer as pair_no,
    p.product_no, e.event_no
from mart.pair m
join product_code p using (product)
join event_code e using (event, event_kind)
where p.in_scope or p.product_id is not null
order by pair_no
