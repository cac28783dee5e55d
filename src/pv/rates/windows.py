"""What the rates stand on: plan, person-time, expected and observed cases, on one grid."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.rates import expected, observed, person_time
from pv.rates.expected import Backgrounds, Expectation
from pv.rates.observed import Numbered, Observed
from pv.rates.person_time import PersonTime
from pv.spec import AnalysisSpec
from pv.spec.retention import Assumption
from pv.spec.sequential import Design
from pv.spec.windows import Plan
from pv.warehouse.relations import put, run


@dataclass(frozen=True, slots=True)
class Windows:
    """The grid of K places, E events and W latency windows (`all` the last).

    A row's number is its place in the grid, (k * E + e) * W + w. `central`, `low`, `high` are the
    expectations of the retention scenarios now; `planned` that of the central one when every
    patient of the exposure files has passed every window.
    """

    plan: Plan
    design: Design
    assumption: Assumption
    places: PersonTime
    backgrounds: Backgrounds
    counts: Observed
    central: Expectation
    low: Expectation
    high: Expectation
    planned: Expectation

    @property
    def shape(self) -> tuple[int, int, int]:
        """Places, events and windows."""
        return (*self.backgrounds.rate.shape, len(self.plan.names))

    @property
    def n_min(self) -> Float:
        """The fewest cases that may signal [E, W]: fewer for designated events in late windows."""
        return self.design.minimums(self.backgrounds.designated[:, None] & self.plan.late)

    @property
    def alphas(self) -> Float:
        """Alpha of the first test of each row [K, E, W], as planned: late windows share theirs."""
        return np.broadcast_to(self.design.alphas(self.plan.late), self.shape)

    @property
    def late_windows(self) -> list[str]:
        """Names of the late windows."""
        return [name for name, late in zip(self.plan.names, self.plan.late, strict=True) if late]

    def looks(self) -> Numbered:
        """What the sequential tests look at."""
        return observed.looks(
            self.plan, self.places, self.backgrounds, self.counts, self.central.mean, self._over
        )

    @property
    def _over(self) -> NDArray[np.bool_]:
        """Rows [K, E, W] that expect what their first test watches for: it may have ended."""
        wanted = self.design.wanted(self.planned.mean)
        return self.central.mean >= self.design.horizons(wanted, np.zeros(wanted.shape))


def read(con: duckdb.DuckDBPyConnection, as_of: date, spec: AnalysisSpec) -> Windows:
    """The grid of a date, from what sql/count and sql/rates/exposure made on this connection."""
    plan = spec.windows
    last = len(plan.window)
    put(
        con,
        "work.latency_window",
        {
            "window_no": np.arange(last + 1),
            "latency_window": np.array(plan.names, dtype=object),
            "from_days": plan.first_days,
            "to_days": plan.last_days,
            "is_all": np.arange(last + 1) == last,
        },
    )
    run(con, "rates/windows", {"as_of": as_of, "roles": list(spec.rule.roles)})
    places = person_time.read(con, plan, spec.retention)
    told = [spec.retention.told(number) for number in spec.retention.curve_no(places.product)]
    put(
        con,
        "work.place_retention",
        {
            "place_no": np.arange(len(told)),
            "retention": np.array(told, dtype=object),
        },
    )
    rates = expected.read(con, places.is_sum.size)
    return Windows(
        plan,
        spec.sequential,
        spec.retention,
        places,
        rates,
        observed.read(con, (*rates.rate.shape, last + 1)),
        rates.expect(places, places.years[..., -1]),
        rates.expect(places, places.low),
        rates.expect(places, places.high),
        rates.expect(places, places.planned),
    )
