-- this_look, counted_stratum, counted_case, counted_product, counted_event (temporary). grain: one
-- row; per stratum that counts at this look; the rows of spanned_* that do. params: $look_no
-- Strata are numbered anew, without gaps and in the order of their names: so would the night of
-- this look number them.
create or replace temp table this_look as
select look_no, as_of
from look
where look_no = $look_no;

create or replace temp table counted_stratum as
with counted as (
    select c.stratum_no as spanned_no, count(*) as n_cases
    from spanned_case c
    join this_look l on c.from_look <= l.look_no and c.to_look > l.look_no
    group by c.stratum_no
)
select
    (row_number() over (order by s.stratum) - 1)::integer as stratum_no,
    s.stratum, s.country, s.region, c.n_cases, c.spanned_no
from counted c
join spanned_stratum s on s.stratum_no = c.spanned_no
order by s.stratum;

create or replace temp view counted_case as
select c.* replace (s.stratum_no as stratum_no)
from spanned_case c
join counted_stratum s on s.spanned_no = c.stratum_no
where c.from_look <= (select look_no from this_look) and c.to_look > (select look_no from this_look);

create or replace temp view counted_product as
select p.* replace (s.stratum_no as stratum_no)
from spanned_product p
join counted_stratum s on s.spanned_no = p.stratum_no
where p.from_look <= (select look_no from this_look) and p.to_look > (select look_no from this_look);

create or replace temp view counted_event as
select e.* replace (s.stratum_no as stratum_no)
from spanned_event e
join counted_stratum s on s.spanned_no = e.stratum_no
where e.from_look <= (select look_no from this_look) and e.to_look > (select look_no from this_look);
