-- window_event, window_background, window_rate (temporary). grain: one row per event group and per
-- single event that has a background rate of its own; per such event and country with a rate; per
-- place and event. params: none
-- A rate stands for the event, or the event group (its label or key), of its name; rates of a
-- group's members are never added up to one of the group, because some members would be missing.
-- A single event must be known as a term, from a report or a group: nobody reports a name that is
-- no term, and nothing observed would then mean nothing.
create or replace temp table background_given as
select
    lower(trim(event)) as name, country,
    coalesce(lower(trim(standard)), '') as standard,
    coalesce(age_low, 0) <= 0 and coalesce(age_high, 200) >= 85 as all_ages,
    rate_per_100k, rate_low, rate_high, events, person_years, period, reference
from core.background_rate
where sex is null and (rate_per_100k is not null or (events is not null and person_years > 0));

create or replace temp table window_event as
with listed as (
    select distinct lower(m.event) as name
    from core.event_group_member m
    join core.event_group g using (event_group)
    where g.designated and g.late
),
term as (
    select lower(event) as name, event, 1 as place
    from event_code
    where event_kind = 'event'
    union all
    select lower(event), event, 2
    from core.event_group_member
),
single as (
    select name, arg_min(event, (place, event)) as event
    from term
    semi join background_given using (name)
    group by name
),
final as (
    select
        label as event, 'event_group' as event_kind, designated and late as designated,
        lower(label) as name, lower(event_group) as other_name, event_group
    from core.event_group
    union all
    select
        s.event, 'event', s.name in (select name from listed), s.name, s.name, null
    from single s
)
select
    (row_number() over (order by event, event_kind) - 1)::integer as event_key, *
from final
order by event_key;

create or replace temp table window_background as
with named as (
    select e.event_key, g.*
    from background_given g
    join window_event e on g.name = e.name or g.name = e.other_name
),
-- Rates to different standards are not comparable: one event, one standard, crude before others.
chosen as (
    select event_key, arg_min(standard, (place, -countries, standard)) as standard
    from (
        select
            event_key, standard, count(distinct country) as countries,
            case standard when 'crude' then 1 when '' then 2 else 3 end as place
        from named
        group by event_key, standard
    )
    group by event_key
),
-- Of several ages without one for all there is no right one.
ranked as (
    select
        n.*,
        count(*) over (partition by event_key, country) as bands,
        row_number() over (
            partition by event_key, country
            order by not all_ages, period desc nulls last, reference, rate_per_100k, events
        ) as place
    from named n
    semi join chosen c on c.event_key = n.event_key and c.standard = n.standard
),
final as (
    select
        event_key, country, standard, reference,
        -- The counts behind a rate are those of a crude one.
        standard in ('crude', '') or rate_per_100k is null as is_crude, rate_per_100k, rate_low, rate_high, events,
        person_years
    from ranked
    where place = 1 and (all_ages or bands = 1)
)
select
    (row_number() over (order by event_key, country) - 1)::integer as background_key, *
from final
order by background_key;

create or replace temp table window_rate as
select
    s.scope_key, e.event_key,
    coalesce(own.background_key, world.background_key) as background_key
from window_scope s
cross join window_event e
left join window_background own
    on own.event_key = e.event_key and own.country = s.country
left join window_background world
    on world.event_key = e.event_key and world.country = 'WORLD'
where not s.is_sum and coalesce(own.background_key, world.background_key) is not null
order by s.scope_key, e.event_key;
