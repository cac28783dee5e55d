-- writes: core.background_rate
-- reads: staging.background_rate
-- params: none
-- grain: event and population with its background rate
select
    event, upper(trim(country)) as country, sex, age_low, age_high, rate_per_100k, rate_low,
    rate_high, events, person_years, period, standard, reference
from staging.background_rate
order by all
