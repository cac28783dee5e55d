-- writes: mart.country_margin
-- reads: work.counted_stratum
-- params: none
-- grain: stratum
select stratum, country is not null as is_country, region, n_cases
from counted_stratum
order by stratum
