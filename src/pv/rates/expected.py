"""Expected cases: background rates over person-time, with the uncertainty of the background."""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float, Int
from pv.rates.person_time import PersonTime
from pv.stats.poisson import fit_background_gamma
from pv.warehouse.relations import take

_PER = 100_000.0


@dataclass(frozen=True, slots=True)
class Expectation:
    """Expected cases, the variance that the background gives them, and the person-years of places
    with a background rate: each [K, E, W]."""

    mean: Float
    variance: Float
    years: Float


@dataclass(frozen=True, slots=True)
class Backgrounds:
    """Rates per person-year of K places and E events (of E `event`, `event_kind`, `designated`).

    `rate` [K, E] is 0 and `known` false without one; `variance` [K, E] that of the rate. `source`
    [K, E] numbers the row of `reference` it comes from (-1 none): places with one source share it
    and its error. `events`, `person_years` [sources] are the counts that a source rests on, or that
    its interval amounts to (nan where it gives neither).
    """

    event: NDArray[np.object_]
    event_kind: NDArray[np.object_]
    designated: NDArray[np.bool_]
    rate: Float
    variance: Float
    source: Int
    events: Float
    person_years: Float

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where there is a rate [K, E]."""
        return self.source >= 0

    def expect(self, places: PersonTime, years: Float) -> "Expectation":
        """What person-years [K, W] lead one to expect.

        A pool that is a sum expects what its countries expect. Countries with one source err
        together, so their person-time is added before it is squared.
        """
        time = years[:, None, :] * self.known[:, :, None]
        mean = time * self.rate[:, :, None]
        variance = time**2 * self.variance[:, :, None]
        summed = np.flatnonzero(~places.is_sum & places.is_sum[places.pool])
        pool = places.pool[summed]
        np.add.at(mean, pool, mean[summed])
        np.add.at(time, pool, time[summed])
        # One number for each pool and source, in the order of both.
        place, event = np.nonzero(self.known[summed])
        group = pool[place] * self.events.size + self.source[summed][place, event]
        groups, index = np.unique(group, return_inverse=True)
        shared = np.zeros((groups.size, years.shape[1]))
        np.add.at(shared, index, years[summed[place]])
        of_source, of_event = np.zeros(groups.size), np.zeros(groups.size, dtype=np.int64)
        of_source[index] = self.variance[summed[place], event]
        of_event[index] = event
        np.add.at(
            variance,
            (groups // max(self.events.size, 1), of_event),
            shared**2 * of_source[:, None],
        )
        return Expectation(mean, variance, time)


def read(con: duckdb.DuckDBPyConnection, places: int) -> Backgrounds:
    """The events of windows and their rates, from the relations of sql/rates/windows."""
    event = take(con, "work.window_event", "event", "event_kind", "designated")
    rate, count, time = _sources(take(con, "work.window_background"))
    link = take(con, "work.window_rate")
    source = np.full((places, event["event"].size), -1)
    source[link["place_no"], link["window_event_no"]] = link["background_no"]
    known = source >= 0
    with np.errstate(invalid="ignore", divide="ignore"):
        # A rate that nothing is known of but its value is taken for exact.
        variance = np.where(np.isnan(count), 0.0, count / time**2)
    return Backgrounds(
        event["event"],
        event["event_kind"],
        event["designated"],
        np.where(known, rate[source], 0.0) if rate.size else np.zeros(source.shape),
        np.where(known, variance[source], 0.0) if rate.size else np.zeros(source.shape),
        source,
        count,
        time,
    )


def _sources(given: dict[str, NDArray[Any]]) -> tuple[Float, Float, Float]:
    """Rate per person-year, and the events and person-years that it rests on, of each source.

    In this order: crude counts as published; a gamma distribution fitted to the interval; crude
    events with the person-time that the rate makes of them; the rate alone.
    """
    rate = given["rate_per_100k"] / _PER
    crude = given["is_crude"]
    count, time = np.full(rate.size, np.nan), np.full(rate.size, np.nan)

    counted = crude & (given["person_years"] > 0) & ~np.isnan(given["events"])
    count[counted], time[counted] = given["events"][counted], given["person_years"][counted]
    with_limits = ~counted & ~np.isnan(given["rate_low"]) & (given["rate_high"] > 0)
    if with_limits.any():
        fitted = fit_background_gamma(
            given["rate_per_100k"][with_limits],
            given["rate_low"][with_limits],
            given["rate_high"][with_limits],
        )
        count[with_limits], time[with_limits] = fitted.shape - 1, fitted.rate * _PER
    implied = ~counted & ~with_limits & crude & (given["events"] > 0) & (rate > 0)
    count[implied] = given["events"][implied]
    time[implied] = given["events"][implied] / rate[implied]
    rate = np.where(counted, given["events"] / np.where(counted, time, 1.0), rate)
    return rate, count, time
