-- joint_case, product_habit, joint_detail (temporary). grain: one row per pair of compared_pair and
-- case with both; per product, field and value with the cases that have it; per product and joint
-- case. params: none
-- What is known of the cases that are to be compared, and how common it is among the cases of the
-- product: what all its patients share tells no two of them apart.
create or replace temp table joint_case as
with final as (
    select
        q.pair_no, q.product_no, p.draft_id, p.case_id, p.stratum_no,
        count(*) over (partition by q.pair_no) as n
    from compared_pair q
    join counted_product p using (product_no)
    join counted_event e on e.event_no = q.event_no and e.draft_id = p.draft_id
)
select * from final
where n > 1
order by pair_no, case_id;

create or replace temp table product_habit as
with product_case as (
    select
        p.product_no, s.stratum_no, s.country is not null as placed,
        case k.sex when 'F' then 1 when 'M' then 2 end as sex,
        floor(k.age_years)::integer as age,
        if(k.event_date_precision in ('day', 'month'),
            year(k.event_date) * 12 + month(k.event_date), null) as event_month,
        year(least(k.first_receipt_date, k.receipt_date)) * 12
            + month(least(k.first_receipt_date, k.receipt_date)) as receipt_month
    from counted_product p
    join counted_case k using (draft_id)
    join counted_stratum s on s.stratum_no = k.stratum_no
    where p.product_no in (select product_no from joint_case)
),
valued as (
    select product_no, 'sex' as field, sex as value, count(*) as n
    from product_case
    group by product_no, sex
    union all
    select product_no, 'age', age, count(*)
    from product_case
    group by product_no, age
    union all
    select product_no, 'event', event_month, count(*)
    from product_case
    group by product_no, event_month
    union all
    select product_no, 'receipt', receipt_month, count(*)
    from product_case
    group by product_no, receipt_month
    union all
    select product_no, 'country', if(placed, stratum_no, null) as place, count(*)
    from product_case
    group by product_no, place
),
final as (
    select *, sum(n) over (partition by product_no, field) as known
    from valued
    where value is not null
)
select * from final
order by product_no, field, value;

create or replace temp table joint_detail as
with member as (
    select distinct product_no, draft_id, case_id, stratum_no
    from joint_case
),
used_lot as (
    select distinct c.product_no, d.draft_id, d.lot_hmac
    from any_drug d
    join product_code c using (product)
    where d.lot_hmac is not null and c.product_no in (select product_no from joint_case)
),
lot as (
    -- The rarest lot of a case, among the counted cases of the product.
    select
        u.product_no, u.draft_id, u.lot_hmac,
        count(*) over (partition by u.product_no, u.lot_hmac) as n
    from used_lot u
    join counted_product p using (product_no, draft_id)
),
lotted as (
    select product_no, count(distinct draft_id) as known
    from lot
    group by product_no
),
case_lot as (
    select product_no, draft_id, list(lot_hmac order by lot_hmac) as lots, min(n) as alike
    from lot
    group by product_no, draft_id
),
described as (
    select
        m.*, s.country, s.region,
        case k.sex when 'F' then 1 when 'M' then 2 end as sex,
        k.age_years, floor(k.age_years)::integer as age,
        k.event_date, k.event_date_precision as precision,
        if(precision in ('day', 'month'), year(k.event_date) * 12 + month(k.event_date), null)
            as event_month,
        least(k.first_receipt_date, k.receipt_date) as received,
        year(received) * 12 + month(received) as receipt_month
    from member m
    join counted_case k using (draft_id)
    join counted_stratum s on s.stratum_no = m.stratum_no
),
age_near as (
    select
        a.product_no, a.age,
        sum(h.n) filter (abs(h.value - a.age) <= 1) as year,
        sum(h.n) filter (abs(h.value - a.age) > 1) as tenth
    from (select distinct product_no, age from described) a
    join product_habit h
        on h.product_no = a.product_no and h.field = 'age'
        and abs(h.value - a.age) <= greatest(1, a.age / 10)
    group by a.product_no, a.age
),
receipt_near as (
    select r.product_no, r.receipt_month, sum(h.n) as n
    from (select distinct product_no, receipt_month from described) r
    join product_habit h
        on h.product_no = r.product_no and h.field = 'receipt'
        and abs(h.value - r.receipt_month) <= 3
    group by r.product_no, r.receipt_month
),
known as (
    select
        product_no,
        any_value(known) filter (field = 'sex') as sex,
        any_value(known) filter (field = 'age') as age,
        any_value(known) filter (field = 'event') as event,
        any_value(known) filter (field = 'receipt') as receipt,
        any_value(known) filter (field = 'country') as country
    from product_habit
    group by product_no
),
final as (
    select
        d.*, coalesce(l.lots, []) as lots,
        coalesce(s.n, 0) as sex_alike, coalesce(n.sex, 0) as sex_known,
        coalesce(a.year, 0) as age_alike_year, coalesce(a.tenth, 0) as age_alike_tenth,
        coalesce(n.age, 0) as age_known,
        coalesce(v.n, 0) as event_alike, coalesce(n.event, 0) as event_known,
        coalesce(r.n, 0) as receipt_alike, coalesce(n.receipt, 0) as receipt_known,
        coalesce(p.n, 0) as country_alike, coalesce(n.country, 0) as country_known,
        coalesce(l.alike, 0) as lot_alike, coalesce(t.known, 0) as lot_known
    from described d
    left join known n using (product_no)
    left join product_habit s
        on s.product_no = d.product_no and s.field = 'sex' and s.value = d.sex
    left join age_near a on a.product_no = d.product_no and a.age = d.age
    left join product_habit v
        on v.product_no = d.product_no and v.field = 'event' and v.value = d.event_month
    left join receipt_near r
        on r.product_no = d.product_no and r.receipt_month = d.receipt_month
    left join product_habit p
        on p.product_no = d.product_no and p.field = 'country' and p.value = d.stratum_no
    left join case_lot l on l.product_no = d.product_no and l.draft_id = d.draft_id
    left join lotted t on t.product_no = d.product_no
)
select * from final
order by product_no, case_id;
