-- writes: work.kept_apart
-- reads: work.decided_pair, work.linked_version
-- params: none
-- grain: stretch of looks and two versions of cases that a person has said to be two
select least(a.node, b.node) as node, greatest(a.node, b.node) as other
from decided_pair d
join linked_version a on a.case_id = d.case_id
join linked_version b
    on b.component = a.component and b.case_id = d.other_case_id
    and b.valid_from_look = a.valid_from_look
where d.decision = 'reject'
