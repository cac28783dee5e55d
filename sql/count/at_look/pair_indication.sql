-- writes: work.pair_indication
-- reads: work.valid_indication, work.this_look
-- params: none
-- grain: product and event (or event group) that is its reported indication in a case of both
select v.product_no, v.event_no, count(*) as n_indication
from valid_indication v
join this_look l on v.valid_from_look <= l.look_no and v.valid_to_look > l.look_no
group by v.product_no, v.event_no
