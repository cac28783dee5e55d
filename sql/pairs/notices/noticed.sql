-- writes: work.noticed
-- reads: work.notice_pair, work.product_code, work.event_code, core.notice, core.product,
--   core.event_group, core.event_group_member
-- params: $as_of
-- grain: pair asked with a notice by the day of the look
-- The earliest notice about the pair counts.
with concerned as (
    select n.notice_id, n.notice_date, n.issuer, n.title, c.product_no
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
first_one as (
    select
        q.pair_no, q.product_no, q.event_no, c.notice_id, c.notice_date, c.issuer, c.title
    from notice_pair q
    join concerned c using (product_no)
    join named m on m.notice_id = c.notice_id and m.event_no = q.event_no
    qualify row_number() over (
        partition by q.pair_no order by c.notice_date, c.notice_id
    ) = 1
)
select * from first_one
order by pair_no
