-- writes: work.decided_pair
-- reads: ops.duplicate_decision, core.case_key
-- params: none
-- grain: two cases of which a person has said whether they are one
-- What was said last holds, at every look: it is about the two cases, not about a night.
with last as (
    select *
    from ops.duplicate_decision
    qualify row_number() over (
        partition by authority, source_case_id, other_authority, other_source_case_id
        order by decision_no desc
    ) = 1
)
select
    least(x.case_id, y.case_id) as case_id, greatest(x.case_id, y.case_id) as other_case_id,
    l.decision
from last l
join core.case_key x on x.authority = l.authority and x.source_case_id = l.source_case_id
join core.case_key y
    on y.authority = l.other_authority and y.source_case_id = l.other_source_case_id
where l.decision <> 'withdraw'
