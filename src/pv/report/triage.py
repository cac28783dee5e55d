"""The list that an officer begins with: one line a headline, and what the night before had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from pv.report import headlines
from pv.report.headline import Headline
from pv.report.rows import rows

# A state before tonight's: the last one of the latest data lock point that is not after it.
_STATES = """
create or replace temp table known_state as
with tonight as (
    select s.state_no, s.as_of
    from mart.signal_state s
    join ops.run r using (as_of)
    order by s.state_no desc
    limit 1
)
select t.state_no as tonight, s.state_no as before, s.as_of
from tonight t
join mart.signal_state s on s.as_of <= t.as_of and s.state_no <> t.state_no
order by s.as_of desc, s.state_no desc
limit 1
"""

_BEFORE = """
create or replace temp table flagged_before as
select h.*
from mart.signal_history h
join known_state k
    on h.valid_from_state <= k.before and coalesce(h.valid_to_state > k.before, true)
where h.verdict <> 'not_flagged' and h.headline is not false
"""

_GONE = """
select b.product, b.event, b.event_kind, b.verdict, b.n, s.verdict as verdict_now,
    s.headline_product, s.headline_event, s.headline_event_kind
from flagged_before b
left join mart.signal s using (product, event, event_kind)
left join headline h using (product, event, event_kind)
where h.key is null and (b.family is not null or b.product in (select brand from core.product))
order by b.product, b.event, b.event_kind
"""

_LAST = "select as_of from known_state"


@dataclass(frozen=True, slots=True)
class Gone:
    """A headline of the night before that is none tonight."""

    product: str
    event: str
    event_kind: str
    verdict: str
    n: int
    verdict_now: str | None
    headline_product: str | None
    headline_event: str | None
    headline_event_kind: str | None


@dataclass(frozen=True, slots=True)
class Triage:
    """The whole list, the most urgent first, and what the night before had."""

    headlines: list[Headline]
    gone: list[Gone]
    last: date | None

    def part(self, name: str, *, advanced: bool) -> list[Headline]:
        """The lines of one table: what has a priority is among the signals."""
        found = [h for h in self.headlines if h.advanced is advanced]
        if name == "closed":
            return [h for h in found if h.closed]
        if name == "signals":
            return [h for h in found if h.priority is not None]
        return [h for h in found if h.part == name and h.priority is None and not h.closed]

    @property
    def designated(self) -> list[Headline]:
        """Lines of designated events of advanced therapies that are no listed reaction."""
        return [h for h in self.headlines if h.advanced and h.designated and h.priority is not None]

    @property
    def returned(self) -> list[Headline]:
        """Closed lines that have changed so much that they are back, advanced therapies or not."""
        return [h for h in self.headlines if h.returned_because]

    @property
    def due(self) -> list[Headline]:
        """Lines whose next review is due by the data lock point."""
        return [h for h in self.headlines if h.is_due and not h.closed]

    @property
    def fatal(self) -> list[Headline]:
        """Lines of advanced therapies with a fatal case."""
        return [h for h in self.headlines if h.advanced and h.n_fatal]

    @property
    def fatal_new(self) -> list[Headline]:
        """Lines of advanced therapies with a fatal case that the night before did not know."""
        return [h for h in self.headlines if h.advanced and h.n_fatal_new]

    def changed(self, change: str) -> list[Headline]:
        """Lines of advanced therapies that are `new` or have `changed`, and are not closed."""
        found = (h for h in self.headlines if h.advanced and h.change == change)
        return [h for h in found if not h.closed]


def read(con: duckdb.DuckDBPyConnection, roles: Sequence[str]) -> Triage:
    """The list of a snapshot. Leaves `headline` and `headline_case` on the connection."""
    con.execute(_STATES)
    con.execute(_BEFORE)
    found = headlines.read(con, roles)
    last = con.execute(_LAST).fetchone()
    return Triage(headlines=found, gone=rows(con, Gone, _GONE), last=last[0] if last else None)
