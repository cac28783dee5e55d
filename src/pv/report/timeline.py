"""The timeline of a headline: its looks, first flags, notices and listings, by the day."""

from dataclasses import dataclass
from datetime import date

# Each kind of moment by itself; a notice or a label may mean the event, or a group that has it.
MOMENTS = """
with meant as (
    select s.key, s.product, s.event, null as event_group from shown s
    union all
    select s.key, s.product, s.event, g.event_group
    from shown s
    join core.event_group g on g.label = s.event and s.event_kind = 'event_group'
    union all
    select s.key, s.product, s.event, m.event_group
    from shown s
    join core.event_group_member m on lower(m.event) = lower(s.event) and s.event_kind = 'event'
),
noticed as (
    select distinct m.key, n.notice_date as day, n.issuer || ': ' || n.title as what
    from meant m
    left join core.product p on p.brand = m.product
    join core.notice n
        on coalesce(n.product_id = p.product_id, n.product_id is null)
        and coalesce(n.platform = p.platform, n.platform is null)
        and coalesce(lower(n.event) = lower(m.event), n.event is null)
        and coalesce(n.event_group = m.event_group, n.event_group is null)
    where n.event is not null or n.event_group is not null
),
looked as (
    select s.key, t.as_of as day,
        coalesce(h.verdict, 'not_flagged') as verdict, h.n,
        lag(coalesce(h.verdict, 'not_flagged')) over (
            partition by s.key order by t.as_of, t.state_no
        ) as before
    from shown s
    cross join mart.signal_state t
    left join mart.signal_history h
        on h.product = s.product and h.event = s.event and h.event_kind = s.event_kind
        and h.valid_from_state <= t.state_no
        and t.state_no < coalesce(h.valid_to_state, 2147483647)
)
select key, first_flagged as day, if(f.country = 'all', 'pool_flagged', 'country_flagged') as kind,
    if(f.country = 'all', '', coalesce(c.country_name, f.country)) as what
from shown
join mart.first_flag f using (product, event, event_kind)
left join core.country c on c.country = f.country
union all
select key, first_confirmed, 'confirmed', ''
from headline
semi join shown using (key)
where first_confirmed is not null
union all
select key, day, 'notice', what from noticed
union all
select p.key, d.decided_on, 'decision',
    concat_ws(', ', replace(d.signal_status, '_', ' '), replace(d.signal_outcome, '_', ' '),
        d.decided_by)
from (
    select h.key, h.product, h.event, h.event_kind from headline h semi join shown using (key)
    union
    select h.key, f.folded.product, f.folded.event, f.folded.event_kind
    from headline h
    semi join shown using (key)
    cross join unnest(h.folded) as f(folded)
) p
join ops.decision d using (product, event, event_kind)
union all
select key, day, 'verdict', verdict from looked where verdict is distinct from before
union all
select s.key, w.first_signal, 'rate_signal',
    concat_ws(', ', w.event || if(w.event_kind = 'event_group', ' (group)', ''),
        if(w.latency_window = 'all', 'all windows together', w.latency_window),
        if(w.country = 'all', null, coalesce(c.country_name, w.country)))
from (
    select h.key, h.product, h.event, h.event_kind from headline h semi join shown using (key)
    union all
    select h.key, f.folded.product, f.folded.event, f.folded.event_kind
    from headline h
    semi join shown using (key)
    cross join unnest(h.folded) as f(folded)
) s
join mart.rate_window w using (product, event, event_kind)
left join core.country c on c.country = w.country
where w.first_signal is not null
order by all
"""

KINDS = {
    "pool_flagged": "the pool first met the rule",
    "country_flagged": "first met the rule alone",
    "confirmed": "the pool was first confirmed",
    "notice": "public notice",
    "verdict": "verdict of the look",
    "rate_signal": "the rates signalled",
    "decision": "decision",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to a headline on a day, or was found at the look of that day."""

    key: int
    day: date
    kind: str
    what: str
