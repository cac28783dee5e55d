-- writes: work.onset_case
-- reads: work.window_case, work.look
-- params: none
-- grain: case of an advanced therapy and event with a time to onset that counts at the last look
with locked as (
    select max(as_of) as as_of, max(look_no) as look_no
    from look
)
select
    validity_id, product_no, window_event_no, greatest(delay_low, 0) as delay_low, delay_high,
    datediff('day', start_low, as_of) as seen_days
from window_case
cross join locked
where valid_to_look > look_no and delay_high >= 0
    and greatest(delay_low, 0) <= datediff('day', start_low, as_of)
order by product_no, window_event_no, delay_low, delay_high, seen_days, validity_id
