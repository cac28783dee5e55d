-- writes: work.aged_total
-- reads: work.aged_case
-- params: none
-- grain: age group and period, by number
select age_group, period_no, count(*) as n_cases
from aged_case
group by all
