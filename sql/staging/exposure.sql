-- staging.exposure. grain: one row per line of an exposure file.
-- params: $source, $file_id
insert into staging.exposure by name
with read as (
    select
        line, f,
        written(f.product) as product,
        upper(written(f.country)) as country,
        iso_day(trim(f.period_start)) as period_start,
        iso_day(trim(f.period_end)) as period_end,
        number(trim(f.patients)) as patients,
        number(trim(f.person_years)) as person_years,
        number(trim(f.cumulative)) as cumulative,
        written(f.quality) as quality,
        written(f.reference) as reference
    from raw_frame f
    where problem is null
),
final as (
    select
        $source as source, $file_id as file_id,
        * exclude (f),
        not_read([
            if(period_start is null and written(f.period_start) is not null, 'period_start', null),
            if(period_end is null and written(f.period_end) is not null, 'period_end', null),
            if(patients is null and written(f.patients) is not null, 'patients', null),
            if(person_years is null and written(f.person_years) is not null,
                'person_years', null),
            if(cumulative is null and written(f.cumulative) is not null, 'cumulative', null)
        ]) as unparsed
    from read
)
select * from final;
