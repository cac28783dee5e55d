"""Replicates of a rate scenario, watched by the sequential tests of the night.

No files and no database: patients are drawn, the expected events at each event's time are computed
exactly from their days of treatment, and `pv.rates.sequential_tests` walks over the events. A look
at every event is the continuous look for which the critical values hold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.rates.sequential_tests import SIGNALLED, NewLooks, SequentialTests, walk
from pv.simulate.scenarios.rate_scenario import DAYS_A_YEAR, RateScenario, Treated, draw
from pv.spec.sequential import Design

Floats = NDArray[np.float64]
Int = NDArray[np.int64]

_PATIENTS_AT_ONCE = 800_000


@dataclass(frozen=True, slots=True)
class Replicates:
    """Day of the first signal in each of R replicates, nan without: pool (R,), countries (R, K)."""

    scenario: RateScenario
    pooled_day: Floats
    country_day: Floats


@dataclass(frozen=True, slots=True)
class _Events:
    """L events of several replicates in the order of their days."""

    replicate: Int
    country: Int
    day: Floats
    latency: Floats


def replicate(scenario: RateScenario, replicates: int, seed: int) -> Replicates:
    """Watch `replicates` independent populations of a scenario.

    The i-th one is the same however many are asked for.
    """
    size = max(1, _PATIENTS_AT_ONCE // scenario.patients)
    parts: list[Floats] = []
    for number in range(-(-replicates // size)):
        treated = draw(scenario, np.random.default_rng([seed, number]), size)
        parts.append(_first_signals(scenario, treated))
    day = np.concatenate(parts)[:replicates]
    return Replicates(scenario, day[:, -1], day[:, :-1])


def _first_signals(scenario: RateScenario, treated: Treated) -> Floats:
    """Day of the first signal in any window, shape (R, K + 1) with the pool last."""
    events = _events(scenario, treated)
    followed = _Followed(scenario, treated)
    first = np.full((treated.country.shape[0], scenario.countries + 1), np.inf)
    for above, up_to in scenario.windows:
        inside = (events.latency > above) & (events.latency <= up_to)
        replicate, country = events.replicate[inside], events.country[inside]
        day = events.day[inside]
        years = followed.years(replicate, day, above, up_to)
        pool = np.full(country.size, scenario.countries)
        place = np.concatenate([country, pool])
        key = np.concatenate([replicate, replicate]) * (scenario.countries + 1) + place
        own = years[np.arange(country.size), country]
        expected = scenario.background * np.concatenate([own, years.sum(axis=1)])
        signal = _walk(scenario, key, np.concatenate([day, day]), expected, first.size)
        first = np.minimum(first, signal.reshape(first.shape))
    return np.where(np.isinf(first), np.nan, first)


def _events(scenario: RateScenario, treated: Treated) -> _Events:
    """The first event of each patient who has one by the end of observation."""
    came = np.fmin(treated.onset_day, treated.background_day)
    replicate, patient = np.nonzero(came <= scenario.end_day)
    day = came[replicate, patient]
    order = np.argsort(day, kind="stable")
    replicate, patient, day = replicate[order], patient[order], day[order]
    latency = day - treated.treated_day[replicate, patient]
    country = treated.country[replicate, patient].astype(np.int64)
    return _Events(replicate, country, day, latency)


class _Followed:
    """Person-time since treatment, exact at any day: sums over the patients treated by then."""

    def __init__(self, scenario: RateScenario, treated: Treated) -> None:
        self._countries = scenario.countries
        self._span = scenario.end_day + 1
        row = np.arange(treated.country.shape[0])[:, None] * self._countries + treated.country
        ladder = (row * self._span + treated.treated_day).ravel()
        ladder.sort()
        rows = np.arange(treated.country.shape[0] * self._countries + 1)
        self._ladder = ladder
        self._begin = np.searchsorted(ladder, rows * self._span, side="left")
        # Sums start anew in each replicate's country by taking off what came before it.
        treated_day = ladder - np.floor(ladder / self._span) * self._span
        self._sum = np.append(0.0, np.cumsum(treated_day))

    def years(self, replicate: Int, day: Floats, above: float, up_to: float) -> Floats:
        """Person-years of a latency window in each country by some days, shape (L, K)."""
        row = replicate[:, None] * self._countries + np.arange(self._countries)
        days = self._until(row, day - above)
        if np.isfinite(up_to):
            days -= self._until(row, day - up_to)
        return days / DAYS_A_YEAR

    def _until(self, row: Int, day: Floats) -> Floats:
        """Sum of (day - day of treatment) over the patients of a row treated by `day`."""
        asked = row * self._span + np.clip(day, 0, self._span - 1)[:, None]
        end = np.searchsorted(self._ladder, asked, side="right")
        begin = self._begin[row]
        patients, days = end - begin, self._sum[end] - self._sum[begin]
        return np.maximum(patients * day[:, None] - days, 0.0)


def _walk(scenario: RateScenario, key: Int, day: Floats, expected: Floats, keys: int) -> Floats:
    """Day at which each test signals, inf without; events are in the order of their days."""
    order = np.argsort(key, kind="stable")
    key, day, expected = key[order], day[order], expected[order]
    begin = np.searchsorted(key, key, side="left")
    n = (np.arange(key.size) - begin + 1).astype(np.float64)
    design = Design(
        name=scenario.name,
        version=1,
        alpha=scenario.alpha / len(scenario.windows),
        minimum=scenario.minimum,
        horizon=scenario.horizon,
    )
    looks = NewLooks(
        key,
        np.datetime64("1970-01-01") + np.floor(day).astype(np.int64),
        n,
        expected,
        n - 1,
        np.where(n > 1, np.roll(expected, 1), 0.0),
        design.wanted(expected),
        np.full(key.size, design.alpha),
        np.full(key.size, float(design.minimum)),
    )
    tests = SequentialTests.unopened(keys)
    walk(looks, tests, design)
    found = np.full(keys, np.inf)
    signalled = np.flatnonzero(tests.status == SIGNALLED)
    at = np.searchsorted(key, signalled) + tests.n_at_signal[signalled].astype(np.int64) - 1
    found[signalled] = day[at]
    return found
