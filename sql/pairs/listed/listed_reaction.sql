-- writes: mart.listed_reaction
-- reads: work.listed_pair, work.counted_product, work.counted_event, work.product_code,
--   work.event_code, work.this_look, core.look, core.case, core.event_group,
--   core.event_group_member
-- params: none
-- grain: listed product and event (or event group) with a case
-- New is what the month before did not know. A fatal case whose latest report came since counts as
-- new: that report may be the one that says so.
with before as (
    select max(k.as_of) as as_of
    from core.look k
    join this_look l on k.as_of < l.as_of
    where k.is_regular
),
designated as (
    select e.event_no
    from event_code e
    join core.event_group g on g.designated and e.event_kind = 'event_group' and e.event = g.label
    union
    select e.event_no
    from event_code e
    join core.event_group_member m on e.event_kind = 'event' and lower(m.event) = lower(e.event)
    join core.event_group g on g.designated and g.event_group = m.event_group
),
joint as (
    select
        q.product_no, q.event_no, c.country, c.fatal, c.receipt_date,
        least(c.first_receipt_date, c.receipt_date) as received
    from listed_pair q
    join counted_product p on p.product_no = q.product_no
    join counted_event e on e.event_no = q.event_no and e.validity_id = p.validity_id
    join core.case c on c.case_id = p.case_id
    where q.listed
),
placed as (
    select product_no, event_no, country, min(received) as first_received
    from joint
    where country is not null
    group by product_no, event_no, country
),
new_place as (
    select p.product_no, p.event_no, list(p.country order by p.country) as new_countries
    from placed p
    join before b on p.first_received > b.as_of
    group by p.product_no, p.event_no
),
counted as (
    select
        j.product_no, j.event_no, count(*) as n,
        count(*) filter (where j.received > l.as_of - interval 1 year) as n_last_year,
        count(*) filter (
            where j.received > l.as_of - interval 2 year
                and j.received <= l.as_of - interval 1 year
        ) as n_year_before,
        count(*) filter (where j.fatal and j.receipt_date > b.as_of) as n_fatal_new
    from joint j
    cross join this_look l
    cross join before b
    group by j.product_no, j.event_no
),
told as (
    select
        p.product, e.event, e.event_kind, d.event_no is not null as designated, c.n, c.n_last_year,
        c.n_year_before, c.n_fatal_new, coalesce(w.new_countries, []) as new_countries
    from counted c
    join product_code p using (product_no)
    join event_code e using (event_no)
    left join designated d using (event_no)
    left join new_place w using (product_no, event_no)
)
select *, designated and (n_fatal_new > 0 or len(new_countries) > 0) as again
from told
order by product, event, event_kind
