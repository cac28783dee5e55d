-- linked_case, link (temporary). grain: one row per stretch of looks and version current in it of
-- a case that is ever linked; per such stretch and two of these cases that share a key. params: none
-- A component holds every case that is ever linked with another of it (table `component`). Between
-- two looks at which one of its keys or versions changes, its groups stay as they are.
create or replace temp table linked_case as
with version as (
    select c.component, v.case_id, d.draft_no, v.from_look, v.to_look
    from component c
    join version_span v using (case_id)
    join case_draft d on d.file_id = v.file_id and d.line = v.line
),
turn as (
    select component, from_look as look_no
    from version
    union
    select component, to_look
    from version
    union
    select c.component, unnest([k.from_look, k.to_look])
    from key_member k
    join component c using (case_id)
),
stretch as (
    select
        component, look_no as from_look,
        lead(look_no) over (partition by component order by look_no) as to_look
    from turn
),
final as (
    select
        (row_number() over (order by s.component, s.from_look, v.case_id) - 1)::integer as node,
        v.component, v.case_id, v.draft_no, s.from_look, s.to_look
    from stretch s
    join version v
        on v.component = s.component and v.from_look <= s.from_look and v.to_look > s.from_look
)
select * from final
order by node;

create or replace temp table link as
select distinct a.node as node, b.node as other
from key_member k
join linked_case a
    on a.case_id = k.case_id and k.from_look <= a.from_look and k.to_look > a.from_look
join linked_case b
    on b.component = a.component and b.case_id = k.first_case_id and b.from_look = a.from_look
where a.node <> b.node;
