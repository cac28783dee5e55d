-- writes: work.valid_indication
-- reads: work.any_drug, work.valid_event, work.product_code, work.event_code, core.event_group,
--   core.event_group_member
-- params: $roles
-- grain: row of work.valid_event and product whose reported indication the event is
-- An indication is compared with the event as events are with one another, without regard to case;
-- of a group with each of its members.
with written as (
    select distinct indication
    from any_drug
    where indication is not null
),
part as (
    select indication, unnest(string_split(indication, ';')) as term
    from written
),
term as (
    select distinct indication, lower(trim(term)) as term
    from part
),
meant as (
    select t.indication, k.event_no
    from term t
    join event_code k on lower(k.event) = t.term and k.event_kind = 'event'
    union
    select t.indication, k.event_no
    from term t
    join core.event_group_member m on lower(m.event) = t.term
    join core.event_group g using (event_group)
    join event_code k on k.event = g.label and k.event_kind = 'event_group'
)
select distinct
    e.validity_id, e.case_id, p.product_no, e.event_no, e.valid_from_look, e.valid_to_look
from any_drug d
join meant m using (indication)
join product_code p using (product)
join valid_event e on e.validity_id = d.validity_id and e.event_no = m.event_no
where list_contains($roles, d.role)
