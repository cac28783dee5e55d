-- writes: work.link
-- reads: work.key_member, work.linked_version
-- params: none
-- grain: stretch of looks and two of the versions linked in it that share a key
select distinct a.node as node, b.node as other
from key_member k
join linked_version a
    on a.case_id = k.case_id and k.valid_from_look <= a.valid_from_look and k.valid_to_look > a.valid_from_look
join linked_version b
    on b.component = a.component and b.case_id = k.first_case_id and b.valid_from_look = a.valid_from_look
where a.node <> b.node
