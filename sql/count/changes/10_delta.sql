-- stratum_delta, product_delta, event_delta, cell_delta (temporary). grain: one row per look and
-- stratum; look, product and stratum; look, event and stratum; look, product, event and stratum whose
-- count changes at the look. params: none
-- What each look adds to the counts of the look before it, and takes away, for the pairs of
-- chosen_pair. Adding them up is all that a later look costs.
create or replace temp table stratum_delta as
with change as (
    select stratum_no, from_look as look_no, 1 as delta
    from spanned_case
    union all
    select stratum_no, to_look, -1
    from spanned_case
    where to_look < 2147483647
)
select look_no, stratum_no, sum(delta)::integer as delta
from change
group by look_no, stratum_no
having sum(delta) <> 0
order by look_no, stratum_no;

create or replace temp table product_delta as
with chosen as (
    select p.*
    from spanned_product p
    semi join chosen_pair c on c.product_no = p.product_no
),
change as (
    select product_no, stratum_no, from_look as look_no, 1 as delta
    from chosen
    union all
    select product_no, stratum_no, to_look, -1
    from chosen
    where to_look < 2147483647
)
select look_no, product_no, stratum_no, sum(delta)::integer as delta
from change
group by look_no, product_no, stratum_no
having sum(delta) <> 0
order by look_no, product_no, stratum_no;

create or replace temp table event_delta as
with chosen as (
    select e.*
    from spanned_event e
    semi join chosen_pair c on c.event_no = e.event_no
),
change as (
    select event_no, stratum_no, from_look as look_no, 1 as delta
    from chosen
    union all
    select event_no, stratum_no, to_look, -1
    from chosen
    where to_look < 2147483647
)
select look_no, event_no, stratum_no, sum(delta)::integer as delta
from change
group by look_no, event_no, stratum_no
having sum(delta) <> 0
order by look_no, event_no, stratum_no;

create or replace temp table cell_delta as
with joint as (
    select p.product_no, e.event_no, p.stratum_no, p.from_look, p.to_look, count(*) as n
    from spanned_product p
    join spanned_event e using (draft_id)
    semi join chosen_pair c on c.product_no = p.product_no and c.event_no = e.event_no
    group by p.product_no, e.event_no, p.stratum_no, p.from_look, p.to_look
),
change as (
    select product_no, event_no, stratum_no, from_look as look_no, n as delta
    from joint
    union all
    select product_no, event_no, stratum_no, to_look, -n
    from joint
    where to_look < 2147483647
)
select look_no, product_no, event_no, stratum_no, sum(delta)::integer as delta
from change
group by look_no, product_no, event_no, stratum_no
having sum(delta) <> 0
order by look_no, product_no, event_no, stratum_no;
