-- look, spanned_stratum, spanned_case, spanned_product, spanned_event, any_drug, any_event,
-- product_code, event_code (temporary). grain: one row per look; per stratum that ever counted; per
-- version of a case that counted at a look; per such version and product; per such version and event
-- or event group; per its drugs; per its events; per code. params: $roles
-- What counts: masters of duplicate groups, products in a suspect or interacting role, each
-- distinct event once. Dense integer codes make the counts cheap. A row counts at the looks
-- from_look <= look_no < to_look: just what a night of that look's date would have counted.
create or replace temp view look as
select * from core.look;

create or replace temp table spanned_stratum as
with counted as (
    select s.to_look, c.stratum, c.country, c.region
    from core.case_span s
    join core.case c on c.case_id = s.draft_id
    union all
    select s.to_look, c.stratum, c.country, c.region
    from core.case_span s
    join core.earlier_case c using (draft_id)
),
final as (
    -- Strata that still count come first, so that the last look numbers them as they are here.
    select
        (row_number() over (order by max(to_look) < 2147483647, stratum) - 1)::integer
            as stratum_no,
        stratum, min(country) as country, min(region) as region
    from counted
    group by stratum
)
select * from final
order by stratum_no;

create or replace temp table spanned_case as
with version as (
    select
        case_id as draft_id, stratum, first_receipt_date, receipt_date, sex, age_years, event_date,
        event_date_precision
    from core.case
    union all
    select
        draft_id, stratum, first_receipt_date, receipt_date, sex, age_years, event_date,
        event_date_precision
    from core.earlier_case
)
select
    s.draft_id, s.case_id, t.stratum_no, s.from_look, s.to_look,
    v.first_receipt_date, v.receipt_date, v.sex, v.age_years, v.event_date, v.event_date_precision
from core.case_span s
join version v using (draft_id)
join spanned_stratum t using (stratum);

create or replace temp view any_drug as
select * rename (case_id as draft_id) from core.case_drug
union all
select * from core.earlier_drug;

create or replace temp view any_event as
select * rename (case_id as draft_id) from core.case_event
union all
select * from core.earlier_event;

-- A product is an advanced therapy by its name, whichever reports there are.
create or replace temp table product_code as
select
    (row_number() over (order by d.product) - 1)::integer as product_no, d.product,
    min(p.product_id) as product_id
from (select distinct product from any_drug where product is not null) d
left join core.product p on p.brand = d.product
group by d.product
order by d.product;

create or replace temp table spanned_product as
select distinct c.draft_id, c.case_id, c.stratum_no, p.product_no, c.from_look, c.to_look
from any_drug d
join spanned_case c using (draft_id)
join product_code p using (product)
where list_contains($roles, d.role);

create or replace temp table event_code as
with named as (
    select distinct event, 'event' as event_kind
    from any_event
    union all
    select label, 'event_group'
    from core.event_group
)
select (row_number() over (order by event_kind, event) - 1)::integer as event_no, event, event_kind
from named
order by event_kind, event;

create or replace temp table spanned_event as
with single as (
    select e.draft_id, k.event_no
    from any_event e
    join event_code k on k.event = e.event and k.event_kind = 'event'
),
grouped as (
    select distinct e.draft_id, k.event_no
    from any_event e
    join core.event_group_member m on lower(m.event) = lower(e.event)
    join core.event_group g using (event_group)
    join event_code k on k.event = g.label and k.event_kind = 'event_group'
)
select c.draft_id, c.case_id, c.stratum_no, u.event_no, c.from_look, c.to_look
from (select * from single union all select * from grouped) u
join spanned_case c using (draft_id);
