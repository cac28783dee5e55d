-- core.exposure, core.background_rate. grain: one row per product, country and period; per event
-- and population. params: none
-- One figure per product, country and period: one given again in a later file replaces the
-- earlier, it is never added to it.
insert into core.exposure
with named as (
    select
        coalesce(p.brand, e.product) as product, p.product_id,
        upper(trim(e.country)) as country, e.period_start, e.period_end, e.patients,
        e.person_years, e.quality, e.reference, e.file_id, e.line
    from staging.exposure e
    left join vocab_exposure v on v.name = e.product
    left join core.product p on p.product_id = v.product_id
),
final as (
    select *
    from named
    qualify row_number() over (
        partition by product, country, period_start, period_end
        order by file_id desc, line desc
    ) = 1
)
select * exclude (file_id, line)
from final
order by all;

insert into core.background_rate
select
    event, upper(trim(country)), sex, age_low, age_high, rate_per_100k, rate_low, rate_high,
    events, person_years, period, standard, reference
from staging.background_rate
order by all;
