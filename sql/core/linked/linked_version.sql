-- writes: work.linked_version
-- reads: work.component, work.version_span, work.key_member, work.probable_pair, core.case_key
-- params: none
-- grain: stretch of looks and version current in it of a case that is ever linked
-- A component holds every case that is ever linked with another of it. Between two looks at which
-- one of its keys, versions or pairs changes, its groups stay as they are. The order is that of the
-- authorities' numbers: a case_id depends on the night in which a case first came.
with version as (
    select c.component, v.case_id, v.version_no, v.valid_from_look, v.valid_to_look
    from component c
    join version_span v using (case_id)
),
turn as (
    select component, valid_from_look as look_no
    from version
    union
    select component, valid_to_look
    from version
    union
    select c.component, unnest([k.valid_from_look, k.valid_to_look])
    from key_member k
    join component c using (case_id)
    union
    select c.component, unnest([p.valid_from_look, p.valid_to_look])
    from probable_pair p
    join component c using (case_id)
),
stretch as (
    select
        component, look_no as valid_from_look,
        lead(look_no) over (partition by component order by look_no) as valid_to_look
    from turn
),
final as (
    select
        (row_number() over (
            order by s.component, s.valid_from_look, k.authority, k.source_case_id
        ) - 1)::integer as node,
        v.component, v.case_id, v.version_no, s.valid_from_look, s.valid_to_look
    from stretch s
    join version v
        on v.component = s.component and v.valid_from_look <= s.valid_from_look and v.valid_to_look > s.valid_from_look
    join core.case_key k using (case_id)
)
select * from final
order by node
