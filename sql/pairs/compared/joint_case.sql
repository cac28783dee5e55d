-- writes: work.joint_case
-- reads: work.compared_pair, work.counted_product, work.counted_event
-- params: none
-- grain: pair of work.compared_pair and case with both, of pairs with two and more
with joint as (
    select
        q.pair_no, q.product_no, p.validity_id, p.case_id, p.stratum_no,
        count(*) over (partition by q.pair_no) as n
    from compared_pair q
    join counted_product p using (product_no)
    join counted_event e on e.event_no = q.event_no and e.validity_id = p.validity_id
)
select * from joint
where n > 1
order by pair_no, case_id
