-- writes: work.link
-- reads: work.key_member, work.linked_version, work.probable_pair, work.decided_pair
-- params: none
-- grain: stretch of looks, two of the versions linked in it, and rule
-- A pair that a person has rejected is linked by nothing, one that is confirmed always. A link is
-- certain by a key or a person, else it has a weight; only of what is not linked but possible
-- is_linked is false.
with keyed as (
    select distinct k.match_rule, k.case_id, o.case_id as other_case_id, k.valid_from_look, k.valid_to_look
    from key_member k
    join key_member o
        on o.key_no = k.key_no and o.valid_from_look = k.valid_from_look and o.case_id <> k.case_id
),
at_node as (
    select a.node, b.node as other, k.match_rule, null::double as match_bits,
        1.0 as match_probability, true as is_linked, a.case_id, b.case_id as other_case_id
    from keyed k
    join linked_version a
        on a.case_id = k.case_id and k.valid_from_look <= a.valid_from_look and k.valid_to_look > a.valid_from_look
    join linked_version b
        on b.component = a.component and b.case_id = k.other_case_id and b.valid_from_look = a.valid_from_look
    where a.node < b.node
    union all
    select least(a.node, b.node), greatest(a.node, b.node), 'probable', p.match_bits,
        p.match_probability, p.is_linked, a.case_id, b.case_id
    from probable_pair p
    join linked_version a
        on a.version_no = p.version_no and p.valid_from_look <= a.valid_from_look and p.valid_to_look > a.valid_from_look
    join linked_version b
        on b.component = a.component and b.version_no = p.other_version_no
        and b.valid_from_look = a.valid_from_look
    union all
    select least(a.node, b.node), greatest(a.node, b.node), 'confirmed', null, 1.0, true,
        a.case_id, b.case_id
    from decided_pair d
    join linked_version a on a.case_id = d.case_id
    join linked_version b
        on b.component = a.component and b.case_id = d.other_case_id
        and b.valid_from_look = a.valid_from_look
    where d.decision = 'confirm'
)
select distinct
    n.node, n.other, n.match_rule, n.match_bits, n.match_probability, n.is_linked
from at_node n
anti join (select * from decided_pair where decision = 'reject') r
    on r.case_id = least(n.case_id, n.other_case_id)
    and r.other_case_id = greatest(n.case_id, n.other_case_id)
-- Of what is certain no evidence is asked.
qualify n.match_bits is null
    or count(*) filter (n.match_bits is null) over (partition by n.node, n.other) = 0
