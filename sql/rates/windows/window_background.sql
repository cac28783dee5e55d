-- writes: work.window_background
-- reads: work.window_event, work.usable_background
-- params: none
-- grain: event of work.window_event and country with a background rate
-- A rate stands for the event, or the event group (its label or key), of its name; rates of a
-- group's members are never added up to one of the group, because some members would be missing.
with named as (
    select e.window_event_no, b.*
    from usable_background b
    join window_event e on b.event_name = e.event_name or b.event_name = e.other_name
),
-- Rates to different standards are not comparable: one event, one standard, crude before others.
counted as (
    select
        window_event_no, standard, count(distinct country) as countries,
        case standard when 'crude' then 1 when '' then 2 else 3 end as preference
    from named
    group by window_event_no, standard
),
chosen as (
    select
        window_event_no, arg_min(standard, (preference, -countries, standard)) as standard
    from counted
    group by window_event_no
),
-- Of several ages without one for all there is no right one.
ranked as (
    select
        n.*,
        count(*) over (partition by window_event_no, country) as bands,
        row_number() over (
            partition by window_event_no, country
            order by not all_ages, period desc nulls last, reference, rate_per_100k, events
        ) as preference
    from named n
    semi join chosen c on c.window_event_no = n.window_event_no and c.standard = n.standard
)
select
    (row_number() over (order by window_event_no, country) - 1)::integer as background_no,
    window_event_no, country, standard, reference,
    -- The counts behind a rate are those of a crude one.
    standard in ('crude', '') or rate_per_100k is null as is_crude,
    rate_per_100k,
    -- Limits that do not enclose the rate are none.
    if(rate_low <= rate_per_100k and rate_per_100k < rate_high * 0.9999, rate_low, null) as rate_low,
    if(rate_low <= rate_per_100k and rate_per_100k < rate_high * 0.9999, rate_high, null)
        as rate_high,
    events, person_years
from ranked
where preference = 1 and (all_ages or bands = 1)
order by background_no
