-- writes: work.duplicate_group
-- reads: work.key_member, work.linked_version, work.linked_group
-- params: none
-- grain: current case that has a duplicate
with said as (
    select case_id, string_agg(distinct match_rule, ', ' order by match_rule) as match_rule
    from key_member
    where valid_to_look = 2147483647
    group by case_id
),
grouped as (
    select
        l.case_id, min(l.case_id) over (partition by g.group_no) as duplicate_group, s.match_rule
    from linked_version l
    join linked_group g using (node)
    left join said s on s.case_id = l.case_id
    where l.valid_to_look = 2147483647
)
select case_id, duplicate_group, match_rule
from grouped
where match_rule is not null
