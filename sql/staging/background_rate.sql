-- writes: staging.background_rate
-- reads: work.raw_background
-- params: $source, $file_id
-- grain: line of a background file
with read as (
    select
        *,
        written(event_text) as event,
        upper(written(country_text)) as country,
        if(upper(trim(sex_text)) in ('F', 'M'), upper(trim(sex_text)), null) as sex,
        number(trim(age_low_text)) as age_low,
        number(trim(age_high_text)) as age_high,
        rate_figure(trim(rate_per_100k_text)) as rate_per_100k,
        rate_figure(trim(rate_low_text)) as rate_low,
        rate_figure(trim(rate_high_text)) as rate_high,
        figure(trim(events_text)) as events,
        figure(trim(person_years_text)) as person_years,
        written(period_text) as period,
        written(standard_text) as standard,
        written(reference_text) as reference
    from raw_background
)
select
    $source as source, $file_id as file_id, line, event, country, sex, age_low, age_high,
    rate_per_100k, rate_low, rate_high, events, person_years, period, standard, reference,
    not_read([
        if(sex is null and written(sex_text) is not null, 'sex', null),
        if(age_low is null and written(age_low_text) is not null, 'age_low', null),
        if(age_high is null and written(age_high_text) is not null, 'age_high', null),
        if(rate_per_100k is null and written(rate_per_100k_text) is not null, 'rate_per_100k',
            null),
        if(rate_low is null and written(rate_low_text) is not null, 'rate_low', null),
        if(rate_high is null and written(rate_high_text) is not null, 'rate_high', null),
        if(events is null and written(events_text) is not null, 'events', null),
        if(person_years is null and written(person_years_text) is not null, 'person_years', null)
    ]) as unparsed
from read
