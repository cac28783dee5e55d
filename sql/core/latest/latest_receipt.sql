-- writes: nothing
-- reads: staging.report, work.issue
-- params: none
-- grain: latest day of which the data tell something
-- An issue tells what was withdrawn and changed by its day; the first of a series does not.
select max(day) as latest
from (
    select max(receipt_date) as day
    from staging.report
    union all
    select max(issued_on)
    from issue
    where issued_before is not null
)
