-- writes: work.window_rate
-- reads: work.exposed_place, work.window_event, work.window_background
-- params: none
-- grain: place with exposure of its own and event with a background rate
-- The rate of the place's own country, else that of the world.
select
    p.place_no, e.window_event_no,
    coalesce(own.background_no, world.background_no) as background_no
from exposed_place p
cross join window_event e
left join window_background own
    on own.window_event_no = e.window_event_no and own.country = p.country
left join window_background world
    on world.window_event_no = e.window_event_no and world.country = 'WORLD'
where not p.is_sum and coalesce(own.background_no, world.background_no) is not null
order by p.place_no, e.window_event_no
