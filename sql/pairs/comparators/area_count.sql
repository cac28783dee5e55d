-- writes: work.area_count
-- reads: work.area_case
-- params: none
-- grain: therapeutic area and period
select area_no, period_no, count(*) as n_cases
from area_case
group by area_no, period_no
