-- writes: work.covered_period
-- reads: core.exposure
-- params: $as_of
-- grain: product, country and unbroken run of days with exposure
-- A period with 0 patients is covered: nobody was treated. A day without a period is not: who was
-- treated then is in no denominator, and so in no numerator. Periods with patients and periods with
-- person-years alone are apart, because they count different cases.
with exposed_period as (
    select
        product, country, period_start, period_end,
        patients is not null and (patients > 0 or coalesce(person_years, 0) = 0) as of_patients
    from core.exposure
    where product_id is not null and period_start <= $as_of::date
),
marked as (
    select
        *,
        coalesce(
            period_start > 1 + max(period_end) over (
                partition by product, country, of_patients
                order by period_start, period_end
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as begins
    from exposed_period
),
numbered as (
    select
        *,
        sum(begins::integer) over (
            partition by product, country, of_patients order by period_start, period_end
        ) as run_no
    from marked
)
select
    product, country, of_patients, min(period_start) as covered_from,
    max(period_end) as covered_until
from numbered
group by product, country, of_patients, run_no
order by all
