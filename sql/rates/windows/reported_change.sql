-- writes: work.reported_change
-- reads: work.window_case, work.valid_stratum, work.exposed_place, work.latency_window, work.look
-- params: none
-- grain: place, event, latency window and look at which the cases reported change
-- What the reports alone say, of a pool those of every country: exposure that comes later changes
-- nothing here. So it can be told whether a count of the past changed because reports did.
with placed as (
    select
        p.place_no, c.window_event_no, c.valid_from_look, c.valid_to_look, c.delay_low, c.delay_high
    from window_case c
    join valid_stratum s using (stratum_no)
    join exposed_place p
        on p.product = c.product and (p.country = 'all' or p.country = s.country)
),
windowed as (
    select p.place_no, p.window_event_no, w.window_no, p.valid_from_look, p.valid_to_look
    from placed p
    join latency_window w
        on if(
            w.is_all,
            coalesce(p.delay_high >= 0 and p.delay_low <= w.to_days, true),
            coalesce(p.delay_low >= w.from_days and p.delay_high <= w.to_days, false)
        )
),
changed as (
    select place_no, window_event_no, window_no, valid_from_look as look_no, 1 as cases
    from windowed
    union all
    select place_no, window_event_no, window_no, valid_to_look, -1
    from windowed
    where valid_to_look <= (select max(look_no) from look)
)
select place_no, window_event_no, window_no, look_no, sum(cases)::integer as delta_reported
from changed
group by place_no, window_event_no, window_no, look_no
having sum(cases) <> 0
order by place_no, window_event_no, window_no, look_no
