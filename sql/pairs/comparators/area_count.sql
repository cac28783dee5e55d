-- writes: work.area_count
-- reads: work.area_case
-- params: none
-- grain: therapeutic area and stratum
select area_no, stratum_no, count(*) as n_cases
from area_case
group by area_no, stratum_no
