-- writes: mart.period_margin
-- reads: work.counted_period, work.counted_stratum
-- params: none
-- grain: stratum and period of receipt
select s.stratum, p.receipt_period, p.received_from, p.received_to, p.n_cases
from counted_period p
join counted_stratum s using (stratum_no)
order by all
