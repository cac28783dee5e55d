"""What the looks of a published history said of some pairs: SQL over its states, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pv.backtest.truth import Known
from pv.dictionary.verdicts import CLAUSES
from pv.errors import UsageError

# The verdicts that are decided after the condition on known countries: it holds there. What a
# country flags is decided before it.
_KNOWN = next(place for place, clause in enumerate(CLAUSES) if "known_country" in clause.fails)
WATCHED = sorted({clause.verdict for clause in CLAUSES[_KNOWN + 1 :]})

RUN = """
select
    (rules::json ->> 'q_max_important')::double, (rules::json ->> 'q_max_other')::double,
    format('poolvigil {}, run {}', code_version, run_id)
from ops.run
"""

# The newest state of each date, of those that the rule of the newest one made.
STATES = """
create or replace temp table backtest_look as
select as_of, max(state_no) as state_no
from mart.signal_state
where rule_name = (select arg_max(rule_name, state_no) from mart.signal_state)
group by as_of
"""

LOOKS = "select count(*), min(as_of), max(as_of) from backtest_look"

# Names are compared without capitals; a group is also known by its key. Where no kind is given, a
# group goes before an event of the same name.
ASKED = """
create or replace temp table backtest_pair as
with given as (
    select
        unnest($number::integer[]) as number, lower(unnest($product::varchar[])) as product,
        lower(unnest($event::varchar[])) as event, unnest($event_kind::varchar[]) as event_kind
),
named as (
    select distinct event, event_kind, lower(event) as said
    from mart.event_margin
    union
    select label, 'event_group', lower(event_group)
    from core.event_group
),
product as (select distinct product from mart.product_margin)
select
    g.number, p.product,
    arg_max(n.event, n.event_kind) as event, max(n.event_kind) as event_kind
from given g
left join product p on lower(p.product) = g.product
left join named n on n.said = g.event and n.event_kind = coalesce(g.event_kind, n.event_kind)
group by g.number, p.product
order by g.number
"""

# p_value is below 1 where the pool flags. Doubted pairs have the q-value 1, and what a country
# flags is confirmed by one of two lists, of which q_pool is the pool's.
SEEN = """
with said as (
    select
        a.number, l.as_of, h.verdict, h.confirmed, h.countries_flagged, h.family,
        len(h.countries_flagged) > 0 as by_country,
        bool_or(len(h.countries_flagged) > 0) over (
            partition by a.number
            order by l.as_of
        ) as after_country,
        coalesce(h.p_value < 1, false) as pool,
        least(h.q_value, h.q_pool) as q,
        if(h.family = 'important', $important::double, $other::double) as q_max
    from backtest_pair a
    join mart.signal_history h using (product, event, event_kind)
    join backtest_look l
        on h.valid_from_state <= l.state_no
        and l.state_no < coalesce(h.valid_to_state, 2147483647)
),
counted as (
    select
        a.number, sum(c.a) as n, sum(c.a) filter (where not c.is_country) as n_unknown
    from backtest_pair a
    join mart.pair_country c using (product, event, event_kind)
    group by a.number
),
dated as (
    select
        number,
        min(as_of) filter (where pool) as pool,
        min(as_of) filter (
            where pool and if(after_country, q < 1, list_contains($watched, verdict))
        ) as watch,
        min(as_of) filter (where confirmed and q <= q_max) as confirmed,
        min(as_of) filter (where by_country) as country,
        arg_min(countries_flagged, as_of) filter (where by_country) as countries,
        min(as_of) filter (where confirmed) as confirmed_by_any,
        bool_or(family is null) as outside
    from said
    group by number
)
select
    a.number, a.product, a.event, a.event_kind, coalesce(c.n, 0)::bigint as n,
    coalesce(c.n_unknown, 0)::bigint as n_unknown, d.pool, d.watch, d.confirmed, d.country,
    coalesce(d.countries, []) as countries, d.confirmed_by_any,
    coalesce(d.outside, false) as outside
from backtest_pair a
left join counted c using (number)
left join dated d using (number)
order by a.number
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the looks said of one pair: each date is of the first look that said so, or None.

    `n` are the cases of the last look, `n_unknown` those of them without a known country. `pool`:
    the rule held in the pool; `watch`: also on the cases whose country is known, so that the pair
    was watched at least; `confirmed`: and the pool was confirmed against chance. `country`: a
    country flagged alone, `countries` tells which. `confirmed_by_any`: confirmed, by the pool or by
    a country. `outside`: the product is outside the rule's scope, where nothing is confirmed.
    """

    number: int
    product: str | None
    event: str | None
    event_kind: str | None
    n: int
    n_unknown: int
    pool: date | None
    watch: date | None
    confirmed: date | None
    country: date | None
    countries: tuple[str, ...]
    confirmed_by_any: date | None
    outside: bool


# The largest q-values of a confirmed pair, of an important event and of any other.
QMax = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Looks:
    """How many looks there are, the first and the last, and what they said, pair by pair.

    `made_by` tells the version and the run that published them.
    """

    made_by: str
    looks: int
    first: date
    last: date
    seen: tuple[Seen, ...]


def read(snapshot: Path, known: Sequence[Known]) -> Looks:
    """Read the history of a published snapshot, opened read-only.

    Raises `UsageError` when there is no snapshot, or its history is one look.
    """
    if not snapshot.is_file():
        raise UsageError(f"no snapshot at {snapshot}: run `poolvigil replay` first")
    with duckdb.connect(str(snapshot), read_only=True) as con:
        important, other, made_by = con.execute(RUN).fetchone() or (None, None, "")
        found = of(con, known, (important, other), made_by)
    if found.looks < 2:
        raise UsageError(
            f"the history of {snapshot} has {found.looks} look: run `poolvigil replay` first"
        )
    return found


def of(con: duckdb.DuckDBPyConnection, known: Sequence[Known], q_max: QMax, made_by: str) -> Looks:
    """What the history on a connection says of the pairs.

    Without `q_max` nothing is confirmed.
    """
    con.execute(STATES)
    looks, first, last = con.execute(LOOKS).fetchone() or (0, date.min, date.min)
    con.execute(
        ASKED,
        {
            "number": list(range(len(known))),
            "product": [each.product for each in known],
            "event": [each.event for each in known],
            "event_kind": [each.event_kind for each in known],
        },
    )
    important, other = q_max
    asked = {"important": important, "other": other, "watched": WATCHED}
    rows = con.execute(SEEN, asked).fetchall()
    seen: list[Seen] = []
    for *of_pair, countries, by_any, outside in rows:
        each: tuple[Any, ...] = (*of_pair, tuple(countries), by_any, outside)
        seen.append(Seen(*each))
    return Looks(made_by, looks, first, last, tuple(seen))
