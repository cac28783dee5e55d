-- writes: work.event_delta
-- reads: work.valid_event, work.chosen_event
-- params: none
-- grain: look, chosen event and period whose cases change
with chosen as (
    select v.*
    from valid_event v
    semi join chosen_event c on c.event_no = v.event_no
),
change as (
    select event_no, period_no, valid_from_look as look_no, 1 as cases
    from chosen
    union all
    select event_no, period_no, valid_to_look, -1
    from chosen
    where valid_to_look < 2147483647
)
select look_no, event_no, period_no, sum(cases)::integer as delta
from change
group by look_no, event_no, period_no
having sum(cases) <> 0
order by look_no, event_no, period_no
