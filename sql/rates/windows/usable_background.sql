-- writes: work.usable_background (view)
-- reads: core.background_rate
-- params: none
-- grain: rate of both sexes for an event and population
select
    lower(trim(event)) as event_name, country,
    coalesce(lower(trim(standard)), '') as standard,
    coalesce(age_low, 0) <= 0 and coalesce(age_high, 200) >= 85 as all_ages,
    rate_per_100k, rate_low, rate_high, events, person_years, period, reference
from core.background_rate
where sex is null and (rate_per_100k is not null or (events is not null and person_years > 0))
