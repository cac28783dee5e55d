"""What the rate arm stands on: plan, places, backgrounds, counts and expectations, on one grid."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.signals import backgrounds as background_rates
from pv.signals import exposed, window_looks
from pv.signals.backgrounds import Backgrounds, Expectation
from pv.signals.exposed import Exposed
from pv.signals.plan import Assumption, Plan, load_plan, load_retention
from pv.signals.window_looks import Looks, Numbered, WindowCounts


@dataclass(frozen=True, slots=True)
class Arm:
    """The grid of K places, E events and W windows (`all` the last).

    A row's number is its place in the grid, (k * E + e) * W + w. `central`, `low`, `high` are the
    expectations of the retention scenarios.
    """

    plan: Plan
    assumption: Assumption
    places: Exposed
    backgrounds: Backgrounds
    counts: WindowCounts
    central: Expectation
    low: Expectation
    high: Expectation

    @property
    def n_min(self) -> NDArray[np.int64]:
        """The fewest cases that may signal [E, W]: fewer for designated events in late windows."""
        fewer = self.backgrounds.designated[:, None] & self.plan.late
        return np.where(fewer, self.plan.n_min_designated, self.plan.n_min)

    def looks(self) -> Numbered:
        """What the sequential tests look at."""
        return window_looks.looks(
            self.plan, self.places, self.backgrounds, self.counts, self.central.mean
        )


def read(
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    roles: list[str],
    plan: Plan | None = None,
    assumption: Assumption | None = None,
) -> Arm:
    """Read the rate arm from the temporary tables that sql/40_mart made on this connection."""
    plan, assumption = plan or load_plan(), assumption or load_retention()
    exposed.prepare(con, plan, as_of, roles)
    places = exposed.read(con, plan, assumption)
    rates = background_rates.read(con, places.is_sum.size)
    return Arm(
        plan,
        assumption,
        places,
        rates,
        window_looks.read(con, (*rates.rate.shape, len(plan.names))),
        rates.expect(places, places.years[..., -1]),
        rates.expect(places, places.low),
        rates.expect(places, places.high),
    )


def window_looks_of(con: duckdb.DuckDBPyConnection, as_of: date, roles: list[str]) -> Looks:
    """The looks of every row of mart.rate_window that expects cases (see `Looks`)."""
    return read(con, as_of, roles).looks().looks
