-- writes: work.joint_detail
-- reads: work.joint_case, work.product_habit, work.counted_case, work.counted_product,
--   work.counted_stratum, work.any_drug, work.product_code
-- params: none
-- grain: product and joint case
-- What is compared of a case, and how many cases of the product agree in it.
with member as (
    select distinct product_no, validity_id, case_id, stratum_no
    from joint_case
),
used_lot as (
    select distinct c.product_no, d.validity_id, d.lot_hmac
    from any_drug d
    join product_code c using (product)
    where d.lot_hmac is not null and c.product_no in (select product_no from joint_case)
),
lot as (
    -- The rarest lot of a case, among the counted cases of the product.
    select
        u.product_no, u.validity_id, u.lot_hmac,
        count(*) over (partition by u.product_no, u.lot_hmac) as n
    from used_lot u
    join counted_product p using (product_no, validity_id)
),
lotted as (
    select product_no, count(distinct validity_id) as known
    from lot
    group by product_no
),
case_lot as (
    select product_no, validity_id, list(lot_hmac order by lot_hmac) as lots, min(n) as alike
    from lot
    group by product_no, validity_id
),
described as (
    select
        m.*, s.country, s.region,
        case k.sex when 'F' then 1 when 'M' then 2 end as sex_no,
        k.age_years, floor(k.age_years)::integer as age_floor,
        k.event_date, k.event_date_precision,
        if(k.event_date_precision in ('day', 'month'), year(k.event_date) * 12 + month(k.event_date), null)
            as event_month,
        least(k.first_receipt_date, k.receipt_date) as received,
        year(received) * 12 + month(received) as receipt_month
    from member m
    join counted_case k using (validity_id)
    join counted_stratum s on s.stratum_no = m.stratum_no
),
age_near as (
    select
        a.product_no, a.age_floor,
        (sum(h.n) filter (abs(h.habit_value - a.age_floor) <= 1))::bigint as year,
        (sum(h.n) filter (abs(h.habit_value - a.age_floor) > 1))::bigint as tenth
    from (select distinct product_no, age_floor from described) a
    join product_habit h
        on h.product_no = a.product_no and h.habit = 'age'
        and abs(h.habit_value - a.age_floor) <= greatest(1, a.age_floor / 10)
    group by a.product_no, a.age_floor
),
receipt_near as (
    select r.product_no, r.receipt_month, sum(h.n)::bigint as n
    from (select distinct product_no, receipt_month from described) r
    join product_habit h
        on h.product_no = r.product_no and h.habit = 'receipt'
        and abs(h.habit_value - r.receipt_month) <= 3
    group by r.product_no, r.receipt_month
),
known as (
    select
        product_no,
        any_value(n_with_any) filter (habit = 'sex') as sex,
        any_value(n_with_any) filter (habit = 'age') as age,
        any_value(n_with_any) filter (habit = 'event') as event,
        any_value(n_with_any) filter (habit = 'receipt') as receipt,
        any_value(n_with_any) filter (habit = 'country') as country
    from product_habit
    group by product_no
),
detailed as (
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
        on s.product_no = d.product_no and s.habit = 'sex' and s.habit_value = d.sex_no
    left join age_near a on a.product_no = d.product_no and a.age_floor = d.age_floor
    left join product_habit v
        on v.product_no = d.product_no and v.habit = 'event' and v.habit_value = d.event_month
    left join receipt_near r
        on r.product_no = d.product_no and r.receipt_month = d.receipt_month
    left join product_habit p
        on p.product_no = d.product_no and p.habit = 'country' and p.habit_value = d.stratum_no
    left join case_lot l on l.product_no = d.product_no and l.validity_id = d.validity_id
    left join lotted t on t.product_no = d.product_no
)
select * from detailed
order by product_no, case_id
