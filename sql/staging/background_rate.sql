-- staging.background_rate. grain: one row per line of a background file.
-- params: $source, $file_id
insert into staging.background_rate by name
with read as (
    select
        line, f,
        written(f.event) as event,
        upper(written(f.country)) as country,
        if(upper(trim(f.sex)) in ('F', 'M'), upper(trim(f.sex)), null) as sex,
        number(trim(f.age_low)) as age_low,
        number(trim(f.age_high)) as age_high,
        number(trim(f.rate_per_100k)) as rate_per_100k,
        number(trim(f.rate_low)) as rate_low,
        number(trim(f.rate_high)) as rate_high,
        number(trim(f.events)) as events,
        number(trim(f.person_years)) as person_years,
        written(f.period) as period,
        written(f.standard) as standard,
        written(f.reference) as reference
    from raw_frame f
    where problem is null
),
final as (
    select
        $source as source, $file_id as file_id,
        * exclude (f),
        not_read([
            if(sex is null and written(f.sex) is not null, 'sex', null),
            if(age_low is null and written(f.age_low) is not null, 'age_low', null),
            if(age_high is null and written(f.age_high) is not null, 'age_high', null),
            if(rate_per_100k is null and written(f.rate_per_100k) is not null,
                'rate_per_100k', null),
            if(rate_low is null and written(f.rate_low) is not null, 'rate_low', null),
            if(rate_high is null and written(f.rate_high) is not null, 'rate_high', null),
            if(events is null and written(f.events) is not null, 'events', null),
            if(person_years is null and written(f.person_years) is not null, 'person_years', null)
        ]) as unparsed
    from read
)
select * from final;
