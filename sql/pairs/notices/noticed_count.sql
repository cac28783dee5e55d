-- writes: work.noticed_count
-- reads: work.noticed, work.counted_case, work.counted_product, work.counted_event
-- params: none
-- grain: pair of work.noticed and period with a case by the day of its notice
-- All four cells are of the cases first received up to the day of the notice, with what is known of
-- them at the look.
with received as (
    select validity_id, period_no, least(first_receipt_date, receipt_date) as received
    from counted_case
),
noticed_day as (
    select distinct notice_date
    from noticed
),
total as (
    select n.notice_date, r.period_no, count(*) as n_cases
    from noticed_day n
    join received r on r.received <= n.notice_date
    group by n.notice_date, r.period_no
),
of_product as (
    select q.product_no, q.notice_date, r.period_no, count(*) as n_product
    from (select distinct product_no, notice_date from noticed) q
    join counted_product p using (product_no)
    join received r on r.validity_id = p.validity_id and r.received <= q.notice_date
    group by q.product_no, q.notice_date, r.period_no
),
of_event as (
    select q.event_no, q.notice_date, r.period_no, count(*) as n_event
    from (select distinct event_no, notice_date from noticed) q
    join counted_event e using (event_no)
    join received r on r.validity_id = e.validity_id and r.received <= q.notice_date
    group by q.event_no, q.notice_date, r.period_no
),
joint as (
    select q.pair_no, r.period_no, count(*) as a
    from noticed q
    join counted_product p using (product_no)
    join counted_event e on e.event_no = q.event_no and e.validity_id = p.validity_id
    join received r on r.validity_id = p.validity_id and r.received <= q.notice_date
    group by q.pair_no, r.period_no
),
counted as (
    select
        q.pair_no, t.period_no, coalesce(j.a, 0) as a, coalesce(p.n_product, 0) as n_product,
        coalesce(e.n_event, 0) as n_event, t.n_cases
    from noticed q
    join total t using (notice_date)
    left join of_product p
        on p.product_no = q.product_no and p.notice_date = q.notice_date
        and p.period_no = t.period_no
    left join of_event e
        on e.event_no = q.event_no and e.notice_date = q.notice_date
        and e.period_no = t.period_no
    left join joint j on j.pair_no = q.pair_no and j.period_no = t.period_no
)
select * from counted
order by pair_no, period_no
