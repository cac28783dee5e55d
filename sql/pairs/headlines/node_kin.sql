-- writes: work.node_kin
-- reads: work.node, work.event_code, core.event_group, core.event_group_member
-- params: none
-- grain: two nodes of one product whose events are parent and child
-- Parent is a group of its members, and of the groups all of whose members it has.
with member as (
    select g.label, lower(m.event) as event
    from core.event_group g
    join core.event_group_member m using (event_group)
),
inside as (
    select p.label as parent, c.label as child
    from member c
    join (select distinct label from member) p on p.label <> c.label
    left join member m on m.label = p.label and m.event = c.event
    group by p.label, c.label
    having count(*) = count(m.event)
),
kin as (
    select g.event_no as parent_no, e.event_no as child_no
    from member m
    join event_code g on g.event = m.label and g.event_kind = 'event_group'
    join event_code e on lower(e.event) = m.event and e.event_kind = 'event'
    union
    select p.event_no, c.event_no
    from inside i
    join event_code p on p.event = i.parent and p.event_kind = 'event_group'
    join event_code c on c.event = i.child and c.event_kind = 'event_group'
),
either as (
    select parent_no as event_no, child_no as other_event_no from kin
    union
    select child_no, parent_no from kin
)
select x.node_no, y.node_no as other_node_no
from node x
join either k on k.event_no = x.event_no
join node y on y.product_no = x.product_no and y.event_no = k.other_event_no
order by x.node_no, y.node_no
