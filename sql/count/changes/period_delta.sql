-- writes: work.period_delta
-- reads: work.valid_case
-- params: none
-- grain: look and period whose cases change at the look
-- What a look adds to the counts of the look before it, and takes away. Adding up the changes is
-- all that a later look costs.
with change as (
    select period_no, valid_from_look as look_no, 1 as cases
    from valid_case
    union all
    select period_no, valid_to_look, -1
    from valid_case
    where valid_to_look < 2147483647
)
select look_no, period_no, sum(cases)::integer as delta
from change
group by look_no, period_no
having sum(cases) <> 0
order by look_no, period_no
