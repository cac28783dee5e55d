"""Worlds of many pairs, judged by the code of a night or of a replay: what stands on the lists.

Skipped are files, readers and the gate (`pv.evaluate.staged_cases`); cases are built, counted,
judged and confirmed as ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv import cases
from pv.evaluate.staged import warehouse
from pv.evaluate.staged_cases import stage
from pv.night.judge import judge
from pv.pairs.replay import replay
from pv.simulate.scenarios.many_pairs import DrawnCases, ManyPairs, draw
from pv.spec import AnalysisSpec

Bool = NDArray[np.bool_]
Int = NDArray[np.int64]
Float = NDArray[np.float64]

# The last day of every world (`many_pairs.FIRST_MONTH_AFTER`).
LAST_DAY = date(2024, 12, 31)
NEVER = np.iinfo(np.int64).max

# Lines of the lists at each state: headlines, confirmed or watched, with whether a harm stands
# behind them. A group is harmed by its members. A folded pair is no line of its own.
_LINES = """
with harmed as (
    select distinct h.product, s.event
    from harm h
    join (
        select event, event as member from core.case_event
        union
        select g.label, m.event from core.event_group g join core.event_group_member m
            using (event_group)
    ) s on lower(s.member) = lower(h.event)
)
select
    l.look_no, s.product, s.event, s.event_kind, s.verdict, s.confirmed,
    h.product is not null as harmed, len(s.countries_flagged) > 0 as by_country
from shown s
join core.look l using (as_of)
left join harmed h using (product, event)
where s.family is not null and s.verdict <> 'not_flagged'
order by all
"""
_STATES = """
create or replace temp view shown as
select t.as_of, h.*
from mart.signal_state t
join mart.signal_history h
    on h.valid_from_state <= t.state_no and t.state_no < coalesce(h.valid_to_state, 2147483647)
where coalesce(h.headline, true)
"""
_TONIGHT = """
create or replace temp view shown as
select * from mart.signal where coalesce(headline, true)
"""


@dataclass(frozen=True)
class Lines:
    """The lines of one world's lists, L of them, look by look.

    `pair` [L] numbers product and event; `harmed` [L] tells a true line, `by_country` [L] that a
    country has flagged it; `of_harm` [L] numbers the planted pair that a line is, -1 for any other
    line (a group that holds it too).
    """

    seed: int
    looks: int
    harms: int
    look: Int
    pair: Int
    verdict: NDArray[np.object_]
    confirmed: Bool
    harmed: Bool
    by_country: Bool
    of_harm: Int

    @property
    def false(self) -> Bool:
        """Confirmed lines without a harm [L]."""
        return self.confirmed & ~self.harmed

    @property
    def of_pool(self) -> Bool:
        """Confirmed lines of the pool [L], against those that a country has flagged first."""
        return self.confirmed & np.isin(self.verdict, ("pooled_only", "pooled_first"))

    def first(self, lines: Bool) -> Int:
        """The first look of each harm at which one of some lines is its own; NEVER without."""
        result = np.full(self.harms, NEVER)
        own = lines & (self.of_harm >= 0)
        np.minimum.at(result, self.of_harm[own], self.look[own])
        return result


def replicates(
    scenario: ManyPairs, seeds: range, spec: AnalysisSpec, *, monthly: bool
) -> Iterator[Lines]:
    """Judge a scenario once for each seed: as of its last day, or at the end of every month."""
    with warehouse() as con:
        for seed in seeds:
            yield judged(con, draw(scenario, seed), seed, spec, monthly=monthly)


def judged(
    con: duckdb.DuckDBPyConnection, drawn: DrawnCases, seed: int, spec: AnalysisSpec, *,
    monthly: bool,
) -> Lines:  # fmt: skip
    """Judge drawn cases, which take the place of those in the warehouse."""
    stage(con, drawn, seed)
    cases.build(con, LAST_DAY, None, spec.duplicates)
    if monthly:
        con.execute("delete from mart.signal_history")
        con.execute("delete from mart.signal_state")
        days = [day for (day,) in con.execute("select as_of from core.look").fetchall()]
        replay(con, spec, {day: day.isoformat() for day in days}, lambda _: None)
        con.execute(_STATES)
    else:
        judge(con, spec, LAST_DAY)
        con.execute(_TONIGHT)
    return _shown(con, drawn.harmed, seed)


def of_snapshot(database: Path, harmed: Sequence[tuple[str, str]], seed: int) -> Lines:
    """The lines of a published night, at its last look. `harmed` are the planted pairs."""
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute(_TONIGHT)
        return _shown(con, harmed, seed)


def _shown(con: duckdb.DuckDBPyConnection, harmed: Sequence[tuple[str, str]], seed: int) -> Lines:
    products, events = zip(*harmed, strict=True) if harmed else ((), ())
    con.register(
        "harm",
        {"product": np.array(products, dtype=object), "event": np.array(events, dtype=object)},
    )
    found = con.execute(_LINES).fetchnumpy()
    con.unregister("harm")
    (looks,) = con.execute("select count(*) from core.look").fetchone() or (0,)
    names = np.stack([found[key].astype(str) for key in ("product", "event", "event_kind")], axis=1)
    _, pair = np.unique(names, axis=0, return_inverse=True)
    number = {name: place for place, name in enumerate(harmed)}
    own = [number.get((p, e), -1) if k == "event" else -1 for p, e, k in names.tolist()]
    return Lines(
        seed, looks, len(harmed),
        found["look_no"].astype(np.int64), pair.reshape(-1), found["verdict"].astype(object),
        np.ma.filled(found["confirmed"], False).astype(bool), found["harmed"].astype(bool),
        found["by_country"].astype(bool), np.array(own, dtype=np.int64),
    )  # fmt: skip
