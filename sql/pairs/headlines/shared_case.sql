-- writes: work.shared_case
-- reads: work.node, work.counted_product, work.counted_event
-- params: none
-- grain: two nodes of one product and stratum with cases of both
with joint as (
    select n.node_no, n.product_no, p.validity_id, p.stratum_no
    from node n
    join counted_product p using (product_no)
    join counted_event e on e.event_no = n.event_no and e.validity_id = p.validity_id
)
select x.node_no, y.node_no as other_node_no, x.stratum_no, count(*) as n_shared
from joint x
join joint y
    on y.product_no = x.product_no and y.validity_id = x.validity_id and y.node_no <> x.node_no
group by x.node_no, y.node_no, x.stratum_no
order by x.node_no, y.node_no, x.stratum_no
