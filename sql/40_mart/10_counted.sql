-- counted_case, counted_product, counted_event (temporary). grain: one row per case; per case and
-- product; per case and event or event group. params: $roles
-- What counts: masters of duplicate groups, products in a suspect or interacting role, each
-- distinct event once. Dense integer codes make the counts cheap.
create or replace temp table counted_stratum as
select
    (row_number() over (order by stratum) - 1)::integer as stratum_no,
    stratum, min(country) as country, min(region) as region, count(*) as n_cases
from core.case
where is_master
group by stratum
order by stratum;

create or replace temp table counted_case as
select c.case_id, s.stratum_no
from core.case c
join counted_stratum s using (stratum)
where c.is_master;

create or replace temp table product_code as
select (row_number() over (order by product) - 1)::integer as product_no, product, product_id
from (
    select product, min(product_id) as product_id
    from core.case_drug
    where product is not null
    group by product
)
order by product;

create or replace temp table counted_product as
select distinct c.case_id, c.stratum_no, p.product_no
from core.case_drug d
join counted_case c using (case_id)
join product_code p using (product)
where list_contains($roles, d.role);

create or replace temp table event_code as
with named as (
    select distinct event, 'event' as event_kind
    from core.case_event
    union all
    select label, 'event_group'
    from core.event_group
)
select (row_number() over (order by event_kind, event) - 1)::integer as event_no, event, event_kind
from named
order by event_kind, event;

create or replace temp table counted_event as
with single as (
    select e.case_id, k.event_no
    from core.case_event e
    join event_code k on k.event = e.event and k.event_kind = 'event'
),
grouped as (
    select distinct e.case_id, k.event_no
    from core.case_event e
    join core.event_group_member m on lower(m.event) = lower(e.event)
    join core.event_group g using (event_group)
    join event_code k on k.event = g.label and k.event_kind = 'event_group'
)
select c.case_id, c.stratum_no, u.event_no
from (select * from single union all select * from grouped) u
join counted_case c using (case_id);
