-- writes: work.counted_period
-- reads: work.counted_case, work.period, work.this_look
-- params: none
-- grain: period in which a case counts at this look
-- What closed later is still open.
with counted as (
    select stratum_no, period_no, count(*) as n_cases
    from counted_case
    group by stratum_no, period_no
)
select
    c.period_no, c.stratum_no, p.receipt_period, p.received_from,
    if(p.received_to <= l.as_of, p.received_to, null) as received_to, c.n_cases
from counted c
join period p using (period_no)
cross join this_look l
order by c.period_no
