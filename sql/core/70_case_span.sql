-- core.case_span, core.earlier_case, core.earlier_drug, core.earlier_event. grain: one row per draft
-- that counts at some look; per draft that is no current case; per its drugs; per its events.
-- duplicate_group (temporary). grain: one row per current case that has a duplicate. params: none
-- Nothing is deleted: in a duplicate group the most complete case is the master and counts; ties
-- fall on the case number, never on the order of arrival. So it was at each earlier look, among the
-- versions and with the keys known by then (table `linked_group`).
create or replace temp table counted_draft as
with settled as (
    select
        l.component, l.case_id, l.draft_no, l.from_look, l.to_look,
        row_number() over (
            partition by g.group_no
            order by k.completeness desc, d.receipt_date desc, d.authority, d.source_case_id
        ) = 1 as is_master
    from linked_case l
    join linked_group g using (node)
    join case_draft d using (draft_no)
    join draft_completeness k using (draft_no)
),
joined as (
    -- Stretches that follow each other and of which the version is master are one.
    select
        *,
        from_look is distinct from
            lag(to_look) over (partition by draft_no order by from_look) as is_new
    from settled
    where is_master
),
island as (
    select
        *, sum(is_new::int) over (partition by draft_no order by from_look) as island_no
    from joined
),
counted as (
    select d.draft_no, v.case_id, v.from_look, v.to_look
    from version_span v
    join case_draft d on d.file_id = v.file_id and d.line = v.line
    anti join component c on c.case_id = v.case_id
    union all
    select draft_no, case_id, min(from_look), max(to_look)
    from island
    group by draft_no, case_id, island_no
),
own as (
    -- The last span of a current version keeps the case's number; core.case has its contents.
    select
        *,
        draft_no = case_id and from_look = max(from_look) over (partition by draft_no) as is_own
    from counted
),
final as (
    select case_id as draft_id, *
    from own
    where is_own
    union all
    select
        (select coalesce(max(case_id), 0) from core.case_key)
            + row_number() over (order by case_id, from_look),
        *
    from own
    where not is_own
)
select * from final;

insert into core.case_span
select draft_id, case_id, from_look, to_look
from counted_draft
order by draft_id;

insert into core.earlier_case
select
    c.draft_id, c.case_id, coalesce(d.first_receipt_date, d.receipt_date) as first_receipt_date,
    d.receipt_date, d.country, d.region, d.stratum, d.sex, d.age_years, d.event_date,
    d.event_date_precision
from counted_draft c
join case_draft d using (draft_no)
where not c.is_own
order by c.draft_id;

insert into core.earlier_drug
select c.draft_id, d.* exclude (draft_no)
from counted_draft c
join drug_of_draft d using (draft_no)
where not c.is_own
order by c.draft_id, d.drug_seq, d.role, d.drug_verbatim, d.active_ingredient;

insert into core.earlier_event
select c.draft_id, e.* exclude (draft_no)
from counted_draft c
join event_of_draft e using (draft_no)
where not c.is_own
order by c.draft_id, e.event_seq;

create or replace temp table duplicate_group as
with rule as (
    select case_id, string_agg(distinct rule, ', ' order by rule) as match_rule
    from key_member
    where to_look = 2147483647
    group by case_id
),
final as (
    select
        l.case_id, min(l.case_id) over (partition by g.group_no) as duplicate_group, r.match_rule
    from linked_case l
    join linked_group g using (node)
    left join rule r on r.case_id = l.case_id
    where l.to_look = 2147483647
)
select * from final
where match_rule is not null;
