-- writes: core.exposure
-- reads: staging.exposure, work.exposure_coding, core.product
-- params: none
-- grain: product, country and period with the patients treated
-- One figure per product, country and period: one given again in a later file replaces the
-- earlier, it is never added to it.
with named as (
    select
        coalesce(p.brand, e.product) as product, p.product_id,
        upper(trim(e.country)) as country, e.period_start, e.period_end, e.patients,
        e.person_years, e.quality, e.reference, e.file_id, e.line
    from staging.exposure e
    left join exposure_coding c on c.product = e.product
    left join core.product p on p.product_id = c.product_id
),
latest as (
    select *
    from named
    qualify row_number() over (
        partition by product, country, period_start, period_end
        order by file_id desc, line desc
    ) = 1
)
select * exclude (file_id, line)
from latest
order by all
