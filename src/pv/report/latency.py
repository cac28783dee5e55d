"""The rates on the page: what each latency window shows, and what it could have shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import duckdb

from pv.report.rows import rows

# Signals listed.
LISTED = 40

# Every product and event with rates by latency window, the pool's rows, the most urgent first.
_WINDOWS = """
with pool as (
    select
        w.*, p.detection_rr5, p.minimal_rr, p.person_years_needed,
        max(w.rate_verdict = 'pooled_only') over pair as any_pooled_only,
        max(w.state = 'signal') over pair as any_signal,
        max(w.n_possible) over pair as most_cases
    from mart.rate_window w
    join mart.power p using (product, event, event_kind, latency_window, country)
    where w.country = 'all'
    window pair as (partition by w.product, w.event, w.event_kind)
),
placed as (
    select
        *,
        dense_rank() over (
            order by any_pooled_only desc, any_signal desc, most_cases desc, product, event,
                event_kind
        ) as place
    from pool
)
select
    place, product, event, event_kind, latency_window, from_days, n, n_possible, person_years,
    expected, oe, oe_lower, oe_upper, rr_upper, exclusion_fraction, reporting_fraction, state,
    reason, first_signal, rate_verdict, first_country_signal, countries_signalled, gain_days,
    gain_censored, detection_rr5, minimal_rr, person_years_needed, retention
from placed
order by place, latency_window = 'all', from_days
"""

_STATES = """
select state, count(*) as windows
from mart.rate_window
where country = 'all'
group by state
order by state
"""

# How likely the country that sees most would have seen a rate ratio of 5.
_BEST = """
select product, event, event_kind, latency_window,
    max_by(coalesce(c.country_name, p.country), p.detection_rr5) as best_country,
    max(p.detection_rr5) as best_detection
from mart.power p
left join core.country c using (country)
where p.country <> 'all'
group by all
order by all
"""


@dataclass(frozen=True, slots=True)
class Window:
    """One latency window of a product and event, all countries together."""

    place: int
    product: str
    event: str
    event_kind: str
    latency_window: str
    from_days: int
    n: int
    n_possible: int
    person_years: float
    expected: float | None
    oe: float | None
    oe_lower: float | None
    oe_upper: float | None
    rr_upper: float | None
    exclusion_fraction: float | None
    reporting_fraction: float | None
    state: str
    reason: str
    first_signal: date | None
    rate_verdict: str | None
    first_country_signal: date | None
    countries_signalled: list[str] | None
    gain_days: int | None
    gain_censored: bool | None
    detection_rr5: float | None
    minimal_rr: float | None
    person_years_needed: float | None
    retention: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells one window from another."""
        return self.product, self.event, self.event_kind, self.latency_window


@dataclass(frozen=True, slots=True)
class StateCount:
    """Windows of the pool in one of the four states."""

    state: str
    windows: int


@dataclass(frozen=True, slots=True)
class Best:
    """The country that would most likely have seen a rate ratio of 5 in a window."""

    product: str
    event: str
    event_kind: str
    latency_window: str
    best_country: str | None
    best_detection: float | None


@dataclass(frozen=True, slots=True)
class PairWindows:
    """A product and event through its windows, in their order."""

    windows: list[Window]

    @property
    def pair(self) -> tuple[str, str, str]:
        """Product, event and its kind."""
        return self.windows[0].key[:3]

    @property
    def signals(self) -> list[Window]:
        """Windows whose sequence of looks has signalled."""
        return [w for w in self.windows if w.state == "signal"]


@dataclass(frozen=True, slots=True)
class Latency:
    """The content of the section: windows by product and event, and how many are in which state."""

    pairs: list[PairWindows]
    states: list[StateCount]
    best: dict[tuple[str, str, str, str], Best]

    @property
    def names(self) -> list[str]:
        """The windows' names in their order."""
        return [w.latency_window for w in self.pairs[0].windows] if self.pairs else []

    @property
    def signals(self) -> list[Window]:
        """Windows with a signal; those of the pool alone first, then the most cases."""
        found = [w for pair in self.pairs for w in pair.signals]
        return sorted(found, key=lambda w: (w.rate_verdict != "pooled_only", -w.n))

    @property
    def signalled(self) -> list[PairWindows]:
        """Products and events with such a window."""
        return [pair for pair in self.pairs if pair.signals]

    @property
    def pooled_only(self) -> list[Window]:
        """Windows with a signal of the pool that no single country has."""
        return [w for w in self.signals if w.rate_verdict == "pooled_only"]

    @property
    def listed(self) -> list[Window]:
        """The signals that the page lists."""
        return self.signals[:LISTED]

    def of(self, pairs: Collection[tuple[str, str, str]]) -> list[PairWindows]:
        """The windows of some pairs."""
        return [found for found in self.pairs if found.pair in pairs]


def read(con: duckdb.DuckDBPyConnection) -> Latency:
    """The rates of a snapshot."""
    best = rows(con, Best, _BEST)
    return Latency(
        pairs=_by_pair(rows(con, Window, _WINDOWS)),
        states=rows(con, StateCount, _STATES),
        best={(b.product, b.event, b.event_kind, b.latency_window): b for b in best},
    )


def _by_pair(windows: Sequence[Window]) -> list[PairWindows]:
    """Windows in the order of the query, by product and event."""
    return [PairWindows(list(group)) for _, group in groupby(windows, key=lambda w: w.place)]
