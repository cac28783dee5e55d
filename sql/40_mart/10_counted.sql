-- look, spanned_case, spanned_product, spanned_event, any_drug, any_event (temporary). grain: one
-- row per look; per version of a case that counted at a look; per such version and product; per
-- such version and event or event group; per its drugs; per its events. params: $roles, $as_of
-- What counts: masters of duplicate groups, products in a suspect or interacting role, each
-- distinct event once. Dense integer codes make the counts cheap. A row counts at the looks
-- from_look <= look_no < to_look; counted_* are the rows of the last look.
create or replace temp table look as
with receipt as (
    select least(first_receipt_date, receipt_date) as received
    from core.case
),
month as (
    select distinct last_day(received) as as_of
    from receipt
    where last_day(received) < $as_of
    union
    select $as_of::date
)
select (row_number() over (order by as_of) - 1)::integer as look_no, as_of
from month
order by as_of;

create or replace temp table counted_stratum as
select
    (row_number() over (order by stratum) - 1)::integer as stratum_no,
    stratum, min(country) as country, min(region) as region, count(*) as n_cases
from core.case
where is_master
group by stratum
order by stratum;

create or replace temp table spanned_case as
select
    c.case_id as draft_id, c.case_id, s.stratum_no, l.look_no as from_look,
    2147483647 as to_look,
    c.first_receipt_date, c.receipt_date, c.sex, c.age_years, c.event_date, c.event_date_precision
from core.case c
join counted_stratum s using (stratum)
asof join look l on l.as_of >= least(c.first_receipt_date, c.receipt_date)
where c.is_master;

create or replace temp view counted_case as
select * from spanned_case where to_look = 2147483647;

create or replace temp view any_drug as
select * rename (case_id as draft_id) from core.case_drug;

create or replace temp view any_event as
select * rename (case_id as draft_id) from core.case_event;

create or replace temp table product_code as
select (row_number() over (order by product) - 1)::integer as product_no, product, product_id
from (
    select product, min(product_id) as product_id
    from any_drug
    where product is not null
    group by product
)
order by product;

create or replace temp table spanned_product as
select distinct c.draft_id, c.case_id, c.stratum_no, p.product_no, c.from_look, c.to_look
from any_drug d
join spanned_case c using (draft_id)
join product_code p using (product)
where list_contains($roles, d.role);

create or replace temp view counted_product as
select * from spanned_product where to_look = 2147483647;

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

create or replace temp view counted_event as
select * from spanned_event where to_look = 2147483647;
