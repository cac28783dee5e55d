"""Which pairs are a line of the list, with their cases and what has become of them."""

from collections.abc import Sequence

import duckdb

from pv.dictionary.verdicts import BY_KEY
from pv.report.headline import Headline
from pv.report.rows import rows

# Of other medicines so many are listed of each part; of advanced therapies all that is flagged.
OTHER_ROWS = 20
_PART_OF = {key: verdict.part for key, verdict in BY_KEY.items()}

# Windows with a signal of the pool stand with the headline of their pair; a pair that the reports
# do not flag is a headline of its own.
_RATES = """
create or replace temp table rate_signal as
with signalled as (
    select product, event, event_kind,
        list(latency_window order by latency_window = 'all', from_days) as windows,
        bool_or(rate_verdict = 'pooled_only') as pooled_only,
        min(first_signal) as first_signal
    from mart.rate_window
    where country = 'all' and state = 'signal'
    group by all
)
select
    coalesce(if(s.verdict <> 'not_flagged', s.headline_product, null), r.product) as product,
    coalesce(if(s.verdict <> 'not_flagged', s.headline_event, null), r.event) as event,
    coalesce(if(s.verdict <> 'not_flagged', s.headline_event_kind, null), r.event_kind)
        as event_kind,
    list({
        product: r.product, event: r.event, event_kind: r.event_kind, windows: r.windows,
        pooled_only: r.pooled_only, first_signal: r.first_signal
    } order by r.product, r.event, r.event_kind) as rates
from signalled r
left join mart.signal s using (product, event, event_kind)
group by 1, 2, 3
"""

_DESIGNATED = """
create or replace temp table designated as
select g.label as event, 'event_group' as event_kind
from core.event_group g
where g.designated
union
select s.event, 'event'
from mart.signal s
join core.event_group_member m on lower(m.event) = lower(s.event) and s.event_kind = 'event'
join core.event_group g using (event_group)
where g.designated
"""

# Every pair that is a line: what the pool or a country flags, and what the rates show beside it.
# A designated event that is folded makes its headline designated. What is listed comes back among
# the signals where a designated event has a new fatal case or a new country.
_LISTED = """
create or replace temp table headline as
with folded as (
    select
        headline_product as product, headline_event as event, headline_event_kind as event_kind,
        count(d.event) > 0 as designated,
        list({
            product: s.product, event: s.event, event_kind: s.event_kind, n: s.n,
            verdict: s.verdict, n_rest: s.n_rest, p_rest: s.p_rest, reasons: s.reasons
        } order by rank) as folded
    from mart.signal s
    left join designated d using (event, event_kind)
    where not headline
    group by all
),
flagged as (
    select
        s.*, coalesce(f.folded, []) as folded,
        d.event is not null or coalesce(f.designated, false) as designated,
        l.n_last_year, l.n_year_before, l.n_fatal_new as n_fatal_month, l.new_countries,
        coalesce(l.again, false) as again, coalesce(r.rates, []) as rates,
        case
            when r.product is not null then 'signals'
            when coalesce(l.again, false) then 'signals'
            else p.part
        end as part
    from mart.signal s
    join (select unnest($verdicts) as verdict, unnest($parts) as part) p using (verdict)
    left join rate_signal r using (product, event, event_kind)
    left join designated d using (event, event_kind)
    left join folded f using (product, event, event_kind)
    left join mart.listed_reaction l using (product, event, event_kind)
    where (verdict <> 'not_flagged' and headline is not false) or r.product is not null
),
placed as (
    select
        *,
        row_number() over (
            partition by part, atmp_class = 'none'
            order by again desc, rank nulls last, ic025 desc, product, event, event_kind
        ) as place,
        count(*) over (partition by part, atmp_class = 'none') as n_part
    from flagged
)
select (row_number() over (order by product, event, event_kind))::integer - 1 as key, *
from placed
where atmp_class <> 'none' or family is not null or rates <> [] or place <= $fewer
"""

# The cases of each line. A case has an event group once, whichever of its members it has.
_CASES = """
create or replace temp table headline_case as
with members as (
    select key, product, event from headline where event_kind = 'event'
    union all
    select h.key, h.product, m.event
    from headline h
    join core.event_group g on g.label = h.event and h.event_kind = 'event_group'
    join core.event_group_member m using (event_group)
),
with_event as (
    select distinct m.key, m.product, e.case_id
    from members m
    join core.case_event e on lower(e.event) = lower(m.event)
)
select distinct
    e.key, c.case_id, c.serious, c.fatal, c.stratum, c.first_receipt_date, c.receipt_date
from with_event e
join core.case_drug d
    on d.case_id = e.case_id and d.product = e.product and list_contains($roles, d.role)
join core.case c on c.case_id = e.case_id
where c.is_master
"""

_ROWS = """
with counted as (
    select
        key, count(*) filter (where serious) as n_serious, count(*) filter (where fatal) as n_fatal,
        if(k.before is null, null, count(*) filter (where first_receipt_date > k.as_of)) as n_new,
        if(k.before is null, null, count(*) filter (where fatal and receipt_date > k.as_of))
            as n_fatal_new,
        list_sort(list(distinct stratum)) as strata
    from headline_case
    left join known_state k on true
    group by key, k.before
),
alerted as (
    select h.key, count(distinct a.case_id) as n_alerts
    from headline h
    join mart.case_alert a on a.product = h.product
    left join core.event_group g on g.label = a.event
    left join core.event_group_member m
        on m.event_group = g.event_group and lower(m.event) = lower(h.event)
            and h.event_kind = 'event'
    where a.alert_status = 'stands' and a.is_new and (a.event = h.event or m.event is not null)
    group by h.key
)
select
    h.key, h.part, h.n_part, h.rank, h.product, h.atmp_class,
    coalesce(p.platform, '') as platform, h.event, h.event_kind, h.verdict, h.reasons, h.n,
    h.expected, h.ic, h.ic025, h.ror, h.ror025, h.family,
    h.p_value, if(len(h.countries_flagged) > 0, least(h.q_country, h.q_pool), h.q_value) as q,
    coalesce(h.confirmed, false) as confirmed, h.heterogeneous, h.n_countries,
    h.effective_countries, h.top_country, h.top_share,
    h.loco_fragility, h.any_country_power, h.pool_power, h.first_pooled, h.first_confirmed,
    h.first_country, h.gain_days, h.gain_censored, h.designated, h.listed, h.listing,
    h.indication_share, h.notice_date, h.folded, h.rates,
    h.n_last_year, h.n_year_before, h.n_fatal_month, h.new_countries,
    coalesce(c.n_serious, 0) as n_serious, coalesce(c.n_fatal, 0) as n_fatal,
    c.n_new, c.n_fatal_new,
    coalesce(c.strata, []) as strata, coalesce(a.n_alerts, 0) as n_alerts,
    case
        when k.before is null then null
        when b.product is null then 'new'
        when b.verdict <> h.verdict or b.n <> h.n then 'changed'
        else 'same'
    end as change,
    b.verdict as verdict_before, b.n as n_before,
    coalesce(d.signal_status, 'detected') as state, d.signal_outcome as outcome, d.decided_on,
    d.decided_by, d.next_review, d.changed_since, d.returned_because,
    coalesce(d.closed, false) as closed,
    if(d.decided_on is null, null, greatest(h.as_of - d.decided_on, 0))::integer
        as days_since_review,
    coalesce(d.next_review <= h.as_of, false) as is_due
from headline h
left join mart.signal_status d using (product, event, event_kind)
left join core.product p on p.brand = h.product
left join counted c using (key)
left join alerted a using (key)
left join flagged_before b using (product, event, event_kind)
left join known_state k on true
order by h.key
"""


def read(con: duckdb.DuckDBPyConnection, roles: Sequence[str]) -> list[Headline]:
    """The lines of a snapshot, the most urgent first; `known_state` and `flagged_before` are there.

    Leaves `headline` and `headline_case` on the connection.
    """
    con.execute(_RATES)
    con.execute(_DESIGNATED)
    con.execute(
        _LISTED,
        {"verdicts": list(_PART_OF), "parts": list(_PART_OF.values()), "fewer": OTHER_ROWS},
    )
    con.execute(_CASES, {"roles": list(roles)})
    return sorted(rows(con, Headline, _ROWS), key=lambda h: h.place)
