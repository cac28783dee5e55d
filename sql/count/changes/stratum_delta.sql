-- writes: work.stratum_delta
-- reads: work.valid_case
-- params: none
-- grain: look and stratum whose cases change at the look
-- What a look adds to the counts of the look before it, and takes away. Adding up the changes is
-- all that a later look costs.
with change as (
    select stratum_no, valid_from_look as look_no, 1 as cases
    from valid_case
    union all
    select stratum_no, valid_to_look, -1
    from valid_case
    where valid_to_look < 2147483647
)
select look_no, stratum_no, sum(cases)::integer as delta
from change
group by look_no, stratum_no
having sum(cases) <> 0
order by look_no, stratum_no
