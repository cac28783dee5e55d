-- writes: work.masked_own
-- reads: work.masked_case, work.scope_pair, work.counted_product, work.counted_event
-- params: none
-- grain: pair in scope and period where cases of the product are cases of a product that lists the
--   event
select
    q.pair_no, m.period_no, count(*) as n_cases, count(e.validity_id) as n_event
from masked_case m
join counted_product p using (validity_id)
join scope_pair q on q.event_no = m.event_no and q.product_no = p.product_no
left join counted_event e on e.event_no = m.event_no and e.validity_id = m.validity_id
group by q.pair_no, m.period_no
