"""What the rate arm stands on: plan, places, backgrounds, counts and expectations, on one grid."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.rates import backgrounds as background_rates
from pv.rates import exposed, window_looks
from pv.rates.backgrounds import Backgrounds, Expectation
from pv.rates.exposed import Exposed
from pv.rates.window_looks import Numbered, WindowCounts
from pv.spec import AnalysisSpec
from pv.spec.retention import Assumption
from pv.spec.sequential import Design
from pv.spec.windows import Plan


@dataclass(frozen=True, slots=True)
class Arm:
    """The grid of K places, E events and W windows (`all` the last).

    A row's number is its place in the grid, (k * E + e) * W + w. `central`, `low`, `high` are the
    expectations of the retention scenarios now; `planned` that of the central one when every
    patient of the exposure files has passed every window.
    """

    plan: Plan
    design: Design
    assumption: Assumption
    places: Exposed
    backgrounds: Backgrounds
    counts: WindowCounts
    central: Expectation
    low: Expectation
    high: Expectation
    planned: Expectation

    @property
    def n_min(self) -> Float:
        """The fewest cases that may signal [E, W]: fewer for designated events in late windows."""
        return self.design.minimums(self.backgrounds.designated[:, None] & self.plan.late)

    @property
    def alphas(self) -> Float:
        """Alpha of the first chain of each row [K, E, W], as planned: late windows share theirs."""
        return np.broadcast_to(self.design.alphas(self.plan.late), self.central.mean.shape)

    @property
    def late_windows(self) -> list[str]:
        """Names of the late windows."""
        return [name for name, late in zip(self.plan.names, self.plan.late, strict=True) if late]

    def looks(self) -> Numbered:
        """What the sequential tests look at."""
        return window_looks.looks(
            self.plan, self.places, self.backgrounds, self.counts, self.central.mean, self._over
        )

    @property
    def _over(self) -> NDArray[np.bool_]:
        """Rows [K, E, W] that expect what their first chain watches for: it may have ended."""
        wanted = self.design.wanted(self.planned.mean)
        return self.central.mean >= self.design.horizons(wanted, np.zeros(wanted.shape))


def read(con: duckdb.DuckDBPyConnection, as_of: date, spec: AnalysisSpec) -> Arm:
    """Read the rate arm from what sql/count made on this connection."""
    plan = spec.windows
    exposed.prepare(con, plan, as_of, list(spec.rule.roles))
    places = exposed.read(con, plan, spec.retention)
    rates = background_rates.read(con, places.is_sum.size)
    return Arm(
        plan,
        spec.sequential,
        spec.retention,
        places,
        rates,
        window_looks.read(con, (*rates.rate.shape, len(plan.names))),
        rates.expect(places, places.years[..., -1]),
        rates.expect(places, places.low),
        rates.expect(places, places.high),
        rates.expect(places, places.planned),
    )
