-- core.look. grain: one row per look. params: $as_of
-- Month ends from the first receipt on; the last look is the data lock point itself.
insert into core.look
with month as (
    select unnest(generate_series(
        date_trunc('month', min(receipt_date)), $as_of::timestamp, interval 1 month
    ))::date as first_day
    from staging.report
    where receipt_date <= $as_of
),
final as (
    select last_day(first_day) as as_of
    from month
    where last_day(first_day) < $as_of
    union
    select $as_of::date
)
select (row_number() over (order by as_of) - 1)::integer as look_no, as_of
from final
order by as_of;
