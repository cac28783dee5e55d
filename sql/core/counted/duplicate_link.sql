-- writes: core.duplicate_link
-- reads: work.link, work.linked_version, work.linked_group, work.decided_pair, work.weighed_pair,
--   work.current_version
-- params: none
-- grain: two current cases that are linked, possibly one, or decided by a person
-- Of the two the one whose authority and number come first in the alphabet stands first, whichever
-- was received first.
with current_pair as (
    select
        least(a.case_id, b.case_id) as case_id, greatest(a.case_id, b.case_id) as other_case_id,
        string_agg(distinct l.match_rule, ', ' order by l.match_rule) as match_rule,
        max(l.match_probability) as match_probability, bool_or(l.is_linked) as is_linked,
        any_value(g.group_no) = any_value(h.group_no) as same_group
    from link l
    join linked_version a on a.node = l.node
    join linked_version b on b.node = l.other
    join linked_group g on g.node = l.node
    join linked_group h on h.node = l.other
    where a.valid_to_look = 2147483647
    group by least(a.case_id, b.case_id), greatest(a.case_id, b.case_id)
),
decided as (
    select d.*
    from decided_pair d
    join current_version x on x.version_no = d.case_id and x.is_current
    join current_version y on y.version_no = d.other_case_id and y.is_current
),
both_pair as (
    select
        case_id, other_case_id, p.match_rule, p.match_probability,
        coalesce(p.same_group, false) as same_group, d.decision
    from current_pair p
    full join decided d using (case_id, other_case_id)
),
turned as (
    select
        p.* replace (
            if(turns, other_case_id, case_id) as case_id,
            if(turns, case_id, other_case_id) as other_case_id
        )
    from both_pair p
    join (
        select
            p.case_id, p.other_case_id,
            (x.authority, x.source_case_id) > (y.authority, y.source_case_id) as turns
        from both_pair p
        join current_version x on x.version_no = p.case_id
        join current_version y on y.version_no = p.other_case_id
    ) using (case_id, other_case_id)
)
select
    p.*, x.source, x.source_case_id, x.country, y.source as other_source,
    y.source_case_id as other_source_case_id, y.country as other_country,
    w.* exclude (version_no, other_version_no)
from turned p
join current_version x on x.version_no = p.case_id
join current_version y on y.version_no = p.other_case_id
left join weighed_pair w
    on w.version_no = least(p.case_id, p.other_case_id)
    and w.other_version_no = greatest(p.case_id, p.other_case_id)
order by p.case_id, p.other_case_id
