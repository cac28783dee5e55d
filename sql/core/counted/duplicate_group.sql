-- writes: work.duplicate_group
-- reads: work.linked_version, work.linked_group, work.link
-- params: none
-- grain: current case that has a duplicate, or possibly one
with grouped as (
    select
        l.node, l.case_id, g.group_no, min(l.case_id) over (partition by g.group_no)
            as duplicate_group, count(*) over (partition by g.group_no) as n,
        min(l.case_id) over (partition by g.possible_no) as possible_group,
        count(*) over (partition by g.possible_no) as n_possible
    from linked_version l
    join linked_group g using (node)
    where l.valid_to_look = 2147483647
),
both_ways as (
    select node, other, match_rule, match_probability
    from link
    union all
    select other, node, match_rule, match_probability
    from link
),
said as (
    select
        x.case_id, string_agg(distinct b.match_rule, ', ' order by b.match_rule) as match_rule,
        max(b.match_probability) as match_probability
    from both_ways b
    join grouped x on x.node = b.node
    join grouped y on y.node = b.other and y.group_no = x.group_no
    group by x.case_id
)
select
    g.case_id, g.duplicate_group, g.possible_group, s.match_rule, s.match_probability
from grouped g
left join said s using (case_id)
where g.n > 1 or g.n_possible > 1
