-- writes: staging.exposure
-- reads: work.raw_exposure
-- params: $source, $file_id
-- grain: line of an exposure file
with read as (
    select
        *,
        written(product_text) as product,
        upper(written(country_text)) as country,
        iso_day(trim(period_start_text)) as period_start,
        iso_day(trim(period_end_text)) as period_end,
        figure(trim(patients_text)) as patients,
        figure(trim(person_years_text)) as person_years,
        figure(trim(cumulative_text)) as cumulative,
        written(quality_text) as quality,
        written(reference_text) as reference
    from raw_exposure
)
select
    $source as source, $file_id as file_id, line, product, country, period_start, period_end,
    patients, person_years, cumulative, quality, reference,
    not_read([
        if(period_start is null and written(period_start_text) is not null, 'period_start', null),
        if(period_end is null and written(period_end_text) is not null, 'period_end', null),
        if(patients is null and written(patients_text) is not null, 'patients', null),
        if(person_years is null and written(person_years_text) is not null, 'person_years', null),
        if(cumulative is null and written(cumulative_text) is not null, 'cumulative', null)
    ]) as unparsed
from read
