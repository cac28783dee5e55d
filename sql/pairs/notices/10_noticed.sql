-- noticed, noticed_count, pair_notice (temporary). grain: one row per pair asked with a notice by
-- $as_of; per such pair and stratum with a case by then; per such pair. params: $as_of
-- The earliest notice about the pair counts. All four cells are of the cases first received up to
-- its day, with what is known of them at the look.
create or replace temp table noticed as
with concerned as (
    select n.notice_id, n.notice_date, c.product_no
    from core.notice n
    join core.product p
        on (n.product_id = p.product_id or n.product_id is null)
        and (n.platform = p.platform or n.platform is null)
    join product_code c on c.product_id = p.product_id
    where n.notice_date <= $as_of
),
meant as (
    -- The events of a notice: its own, or the members of its group.
    select n.notice_id, lower(n.event) as event
    from core.notice n
    where n.event is not null
    union
    select n.notice_id, lower(m.event)
    from core.notice n
    join core.event_group_member m using (event_group)
),
inside as (
    -- Event groups all of whose events are meant.
    select t.notice_id, g.label
    from core.event_group g
    join core.event_group_member m using (event_group)
    cross join (select distinct notice_id from meant) t
    left join meant k on k.notice_id = t.notice_id and k.event = lower(m.event)
    group by t.notice_id, g.label
    having count(*) = count(k.event)
),
named as (
    select k.notice_id, e.event_no
    from meant k
    join event_code e on lower(e.event) = k.event and e.event_kind = 'event'
    union
    select i.notice_id, e.event_no
    from inside i
    join event_code e on e.event = i.label and e.event_kind = 'event_group'
),
final as (
    select q.pair_no, q.product_no, q.event_no, c.notice_id, c.notice_date
    from notice_pair q
    join concerned c using (product_no)
    join named m on m.notice_id = c.notice_id and m.event_no = q.event_no
    qualify row_number() over (
        partition by q.pair_no order by c.notice_date, c.notice_id
    ) = 1
)
select * from final
order by pair_no;

create or replace temp table noticed_count as
with received as (
    select draft_id, stratum_no, least(first_receipt_date, receipt_date) as received
    from counted_case
),
notice as (
    select distinct notice_date
    from noticed
),
total as (
    select n.notice_date, r.stratum_no, count(*) as n_cases
    from notice n
    join received r on r.received <= n.notice_date
    group by n.notice_date, r.stratum_no
),
product as (
    select q.product_no, q.notice_date, r.stratum_no, count(*) as n_product
    from (select distinct product_no, notice_date from noticed) q
    join counted_product p using (product_no)
    join received r on r.draft_id = p.draft_id and r.received <= q.notice_date
    group by q.product_no, q.notice_date, r.stratum_no
),
event as (
    select q.event_no, q.notice_date, r.stratum_no, count(*) as n_event
    from (select distinct event_no, notice_date from noticed) q
    join counted_event e using (event_no)
    join received r on r.draft_id = e.draft_id and r.received <= q.notice_date
    group by q.event_no, q.notice_date, r.stratum_no
),
joint as (
    select q.pair_no, r.stratum_no, count(*) as a
    from noticed q
    join counted_product p using (product_no)
    join counted_event e on e.event_no = q.event_no and e.draft_id = p.draft_id
    join received r on r.draft_id = p.draft_id and r.received <= q.notice_date
    group by q.pair_no, r.stratum_no
),
final as (
    select
        q.pair_no, t.stratum_no, coalesce(j.a, 0) as a, coalesce(p.n_product, 0) as n_product,
        coalesce(e.n_event, 0) as n_event, t.n_cases
    from noticed q
    join total t using (notice_date)
    left join product p
        on p.product_no = q.product_no and p.notice_date = q.notice_date
        and p.stratum_no = t.stratum_no
    left join event e
        on e.event_no = q.event_no and e.notice_date = q.notice_date
        and e.stratum_no = t.stratum_no
    left join joint j on j.pair_no = q.pair_no and j.stratum_no = t.stratum_no
)
select * from final
order by pair_no, stratum_no;

create or replace temp table pair_notice as
select
    p.product, e.event, e.event_kind, any_value(q.notice_id) as notice_id,
    any_value(q.notice_date) as notice_date, coalesce(sum(k.a), 0)::bigint as n_before
from noticed q
join product_code p using (product_no)
join event_code e using (event_no)
left join noticed_count k using (pair_no)
group by p.product, e.event, e.event_kind;
