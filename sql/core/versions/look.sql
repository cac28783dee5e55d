-- writes: core.look
-- reads: staging.report
-- params: $as_of
-- grain: look: month ends from the first receipt on, and the data lock point
with month as (
    select unnest(generate_series(
        date_trunc('month', min(receipt_date)), $as_of::timestamp, interval 1 month
    ))::date as first_day
    from staging.report
    where receipt_date <= $as_of
),
day as (
    select last_day(first_day) as as_of
    from month
    where last_day(first_day) < $as_of
    union
    select $as_of::date
)
select (row_number() over (order by as_of) - 1)::integer as look_no, as_of
from day
order by as_of
