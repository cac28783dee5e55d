-- writes: work.joint_case
-- reads: work.compared_pair, work.counted_product, work.counted_event, core.case_key
-- params: none
-- grain: pair of work.compared_pair and case with both, of pairs with two and more
-- The order is that of the authorities' numbers: a case_id depends on the night in which a case first
-- came.
with joint as (
    select
        q.pair_no, q.product_no, p.validity_id, p.case_id, p.stratum_no, p.period_no,
        count(*) over (partition by q.pair_no) as n
    from compared_pair q
    join counted_product p using (product_no)
    join counted_event e on e.event_no = q.event_no and e.validity_id = p.validity_id
)
select
    j.*,
    (dense_rank() over (order by k.authority, k.source_case_id))::integer as case_order
from joint j
join core.case_key k using (case_id)
where j.n > 1
order by j.pair_no, j.case_id
