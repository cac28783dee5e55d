-- writes: work.counted_version
-- reads: work.linked_version, work.linked_group, work.component, work.current_version,
--   work.version_completeness, work.version_validity, core.case_key
-- params: none
-- grain: version of a case that counts at some look, and stretch of looks at which it does
-- Nothing is deleted: in a duplicate group the most complete case is the master and counts; ties
-- fall on the case number, never on the order of arrival. So it was at each earlier look, among the
-- versions and with the keys known by then.
with settled as (
    select
        l.component, l.case_id, l.version_no, l.valid_from_look, l.valid_to_look,
        row_number() over (
            partition by g.group_no
            order by k.completeness desc, d.receipt_date desc, d.authority, d.source_case_id
        ) = 1 as is_master
    from linked_version l
    join linked_group g using (node)
    join current_version d using (version_no)
    join version_completeness k using (version_no)
),
joined as (
    -- Stretches that follow each other and of which the version is master are one.
    select
        *,
        valid_from_look is distinct from
            lag(valid_to_look) over (partition by version_no order by valid_from_look) as is_new
    from settled
    where is_master
),
island as (
    select
        *, sum(is_new::int) over (partition by version_no order by valid_from_look) as island_no
    from joined
),
counted as (
    select d.version_no, v.case_id, v.valid_from_look, v.valid_to_look
    from version_validity v
    join current_version d on d.file_id = v.file_id and d.line = v.line
    anti join component c on c.case_id = v.case_id
    union all
    select version_no, case_id, min(valid_from_look), max(valid_to_look)
    from island
    group by version_no, case_id, island_no
),
own as (
    -- The last span of a current version keeps the case's number; core.case has its contents.
    select
        *,
        version_no = case_id and valid_from_look = max(valid_from_look) over (partition by version_no) as is_own
    from counted
),
final as (
    select case_id as validity_id, *
    from own
    where is_own
    union all
    select
        (select coalesce(max(case_id), 0) from core.case_key)
            + row_number() over (order by case_id, valid_from_look),
        *
    from own
    where not is_own
)
select * from final
