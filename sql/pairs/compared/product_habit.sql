-- writes: work.product_habit
-- reads: work.joint_case, work.counted_product, work.counted_case, work.counted_stratum
-- params: none
-- grain: product with a joint case, what is compared, and a value of it
-- How common a value is among the cases of the product: what all its patients share tells no two of
-- them apart.
with product_case as (
    select
        p.product_no, s.stratum_no, s.country is not null as placed,
        case k.sex when 'F' then 1 when 'M' then 2 end as sex_no,
        floor(k.age_years)::integer as age,
        if(k.event_date_precision in ('day', 'month'),
            year(k.event_date) * 12 + month(k.event_date), null) as event_month,
        year(least(k.first_receipt_date, k.receipt_date)) * 12
            + month(least(k.first_receipt_date, k.receipt_date)) as receipt_month
    from counted_product p
    join counted_case k using (validity_id)
    join counted_stratum s on s.stratum_no = k.stratum_no
    where p.product_no in (select product_no from joint_case)
),
valued as (
    select product_no, 'sex' as field, sex_no as value, count(*) as n
    from product_case
    group by product_no, sex_no
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
shared as (
    select *, (sum(n) over (partition by product_no, field))::bigint as known
    from valued
    where value is not null
)
select product_no, field as habit, value as habit_value, n, known as n_with_any from shared
order by product_no, habit, habit_value
