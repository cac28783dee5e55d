-- writes: work.platform_case
-- reads: work.node, work.platform, work.product_code, work.counted_product, work.counted_event
-- params: none
-- grain: platform and event with nodes of two products of it
-- Cases of all its products in scope, flagged or not: a replay leaves out the pairs of the others.
with several as (
    select p.platform, n.event_no
    from node n
    join platform p using (product_no)
    group by p.platform, n.event_no
    having count(distinct n.product_no) > 1
)
select s.platform, s.event_no, count(distinct e.case_id) as n
from several s
join platform p using (platform)
join product_code k using (product_no)
join counted_product c using (product_no)
join counted_event e on e.event_no = s.event_no and e.validity_id = c.validity_id
where k.in_scope
group by s.platform, s.event_no
order by s.platform, s.event_no
