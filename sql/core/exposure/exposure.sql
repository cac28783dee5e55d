-- writes: core.exposure
-- reads: staging.exposure, work.exposure_coding, core.product
-- params: $as_of
-- grain: product, country and period with the patients treated
-- A figure of the same product, country and period given again in a later file replaces the
-- earlier. A total (cumulative) replaces the total to the same day. A total below an earlier one
-- corrects it, from its own period_end on: the earlier is left out then. A total stands for those
-- treated since the total before it, so that no patient counts twice and none moves to a later
-- period. The gate keeps all other overlaps out.
with named as (
    select
        coalesce(p.brand, e.product) as product, p.product_id,
        upper(trim(e.country)) as country, e.period_start, e.period_end, e.patients,
        e.person_years, e.cumulative, e.quality, e.reference, e.file_id, e.line
    from staging.exposure e
    left join exposure_coding c on c.product = e.product
    left join core.product p on p.product_id = c.product_id
),
latest as (
    select *
    from named
    qualify row_number() over (
        partition by product, country, period_end, cumulative is null,
            if(cumulative is null, period_start, null)
        order by file_id desc, line desc
    ) = 1
),
total as (
    select *
    from latest
    where cumulative is not null
    qualify cumulative <= coalesce(
        min(cumulative) filter (where period_end <= $as_of::date) over (
            partition by product, country
            order by period_end
            rows between 1 following and unbounded following
        ),
        cumulative
    )
),
since_total as (
    select
        * replace (
            coalesce(lag(period_end) over series + 1, period_start) as period_start,
            greatest(cumulative - coalesce(max(cumulative) over earlier, 0), 0) as patients
        )
    from total
    window
        series as (partition by product, country order by period_end),
        earlier as (
            partition by product, country
            order by period_end
            rows between unbounded preceding and 1 preceding
        )
),
final as (
    select * from latest where cumulative is null
    union all by name
    select * from since_total
)
select * exclude (file_id, line)
from final
order by all
