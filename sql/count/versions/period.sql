-- writes: work.period
-- reads: work.receipt_quarter, work.period_end, work.valid_stratum
-- params: none
-- grain: stratum and period of receipt in which a version ever counted
-- In the order of strata and receipt, which no later look changes: sums over periods are added in it.
with held as (
    select distinct stratum_no, receipt_period
    from receipt_quarter
),
ended as (
    select
        stratum_no, receipt_period,
        (make_date(quarter_no // 4, (quarter_no % 4) * 3 + 1, 1) + interval 3 month)::date as next_day
    from period_end
)
select
    (row_number() over (order by s.stratum, h.receipt_period) - 1)::integer as period_no,
    h.stratum_no, h.receipt_period, b.next_day as received_from, e.next_day - 1 as received_to
from held h
join valid_stratum s using (stratum_no)
left join ended e using (stratum_no, receipt_period)
left join ended b
    on b.stratum_no = h.stratum_no and b.receipt_period = h.receipt_period - 1
order by period_no
