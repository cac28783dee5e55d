-- writes: work.window_change
-- reads: work.placed_case, work.latency_window, work.look, work.window_rate,
--   work.place_total
-- params: none
-- grain: place, event, latency window and look at which a count changes
-- Certain: the patient is among those that the exposure counts, and the delay lies in the window;
-- possible: both may be. A case without a delay may be in any window and counts in 'all'. Compared:
-- the same of places with a background rate.
with windowed as (
    select
        c.place_no, c.window_event_no, w.window_no, c.valid_from_look, c.valid_to_look,
        c.surely_exposed and case
            when w.is_all then coalesce(c.delay_high >= 0 and c.delay_low <= w.to_days, true)
            else coalesce(c.delay_low >= w.from_days and c.delay_high <= w.to_days, false)
        end as surely
    from placed_case c
    join latency_window w
        on coalesce(c.delay_high >= w.from_days and c.delay_low <= w.to_days, true)
),
changed as (
    select
        place_no, window_event_no, window_no, valid_from_look as look_no, surely::integer as delta,
        1 as delta_possible
    from windowed
    union all
    select place_no, window_event_no, window_no, valid_to_look, -(surely::integer), -1
    from windowed
    where valid_to_look <= (select max(look_no) from look)
),
own as (
    select
        c.place_no, c.window_event_no, c.window_no, c.look_no, sum(c.delta) as delta,
        sum(c.delta_possible) as delta_possible,
        any_value(r.background_no) is not null as is_compared
    from changed c
    left join window_rate r using (place_no, window_event_no)
    group by c.place_no, c.window_event_no, c.window_no, c.look_no
)
select
    t.total_no as place_no, o.window_event_no, o.window_no, o.look_no, sum(o.delta)::integer as delta,
    sum(o.delta_possible)::integer as delta_possible,
    coalesce(sum(o.delta) filter (o.is_compared), 0)::integer as delta_compared,
    coalesce(sum(o.delta_possible) filter (o.is_compared), 0)::integer as delta_compared_possible
from own o
join place_total t using (place_no)
group by t.total_no, o.window_event_no, o.window_no, o.look_no
order by t.total_no, o.window_event_no, o.window_no, o.look_no
