-- writes: core.look
-- reads: staging.report, ops.sequential_look
-- params: $as_of
-- grain: look: month ends from the first receipt on, the data lock point, and the dates at which a
--   sequential test has looked
-- The lock points of earlier nights are asked one thing only: does what a test saw then still hold?
with month as (
    select unnest(generate_series(
        date_trunc('month', min(receipt_date)), $as_of::timestamp, interval 1 month
    ))::date as first_day
    from staging.report
    where receipt_date <= $as_of
),
regular as (
    select last_day(first_day) as as_of
    from month
    where last_day(first_day) < $as_of
    union
    select $as_of::date
),
day as (
    select as_of, true as is_regular
    from regular
    union all
    select distinct as_of, false
    from ops.sequential_look
    where as_of < $as_of and as_of not in (select as_of from regular)
)
select (row_number() over (order by as_of) - 1)::integer as look_no, as_of, is_regular
from day
order by as_of
