"""Replicates of the rate arm: patients drawn, MaxSPRT chains of the pool and of each country."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pv.evaluate.detections import Detections
from pv.simulate.catalogue import COUNTRIES
from pv.simulate.rate_scenario import DAYS_A_YEAR, RateScenario, Treated, draw
from pv.stats import sequential

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK = 50


def chunks(scenario: RateScenario, replicates: int, seed: int) -> Iterator[Detections]:
    """Replicates in chunks of at most 50, the chunk's number and `seed` naming its patients.

    In each replicate the pool and every country alone look with the same design in each window
    whenever a patient has the event; a place signals when any of its windows does.
    """
    for number, first in enumerate(range(0, replicates, CHUNK)):
        size = min(CHUNK, replicates - first)
        rng = np.random.default_rng([seed, number])
        yield _detect(scenario, draw(scenario, rng, CHUNK), size)


def join(parts: list[Detections]) -> Detections:
    """The replicates of several chunks."""
    return Detections(
        pool=np.concatenate([part.pool for part in parts]),
        country=np.concatenate([part.country for part in parts]),
        names=parts[0].names,
        years=parts[0].years,
    )


def _detect(scenario: RateScenario, treated: Treated, size: int) -> Detections:
    """Of `size` replicates, the first of those drawn."""
    event_day = np.fmin(treated.onset_day, treated.background_day)[:size]
    replicate, patient = np.nonzero(event_day <= scenario.end_day)
    day = event_day[replicate, patient]
    country = treated.country[replicate, patient].astype(np.int64)
    latency = day - treated.treated_day[replicate, patient]
    followed = _followed(scenario, treated, size)

    pool = scenario.countries  # the place after the last country
    first = np.full((size, pool + 1), np.inf)
    for window in scenario.windows:
        above, up_to = window
        inside = np.flatnonzero((latency > above) & (latency <= up_to))
        inside = inside[np.argsort(day[inside], kind="stable")]
        r, t = replicate[inside], day[inside]
        for place in (country[inside], np.full(inside.size, pool)):
            years = _years_in(followed, window, (r, place), t)
            n = _running_count(r * (pool + 1) + place)
            hit = _signals(scenario, n, years * scenario.background)
            np.minimum.at(first, (r[hit], place[hit]), t[hit])
    first /= DAYS_A_YEAR
    names = COUNTRIES[: scenario.countries]
    return Detections(first[:, pool], first[:, :pool], names, scenario.end_year)


def _followed(scenario: RateScenario, treated: Treated, size: int) -> Floats:
    """Patient-days since treatment by each whole day, shape (R, K + 1, days + 1), pool last."""
    days = int(np.ceil(scenario.end_day))
    places = scenario.countries
    row = np.arange(size)[:, None] * places + treated.country[:size]
    day = treated.treated_day[:size].astype(np.int64)
    new = np.bincount((row * days + day).ravel(), minlength=size * places * days)
    new = new.reshape(size, places, days)
    # A patient of this day is followed for half of it on average, one of earlier days for all.
    by_country = np.zeros((size, places + 1, days + 1))
    by_country[:, :places, 1:] = np.cumsum(np.cumsum(new, axis=2) - new / 2, axis=2)
    by_country[:, places] = by_country[:, :places].sum(axis=1)
    return by_country


def _years_in(
    followed: Floats, window: tuple[float, float], at: tuple[Ints, Ints], day: Floats
) -> Floats:
    """Person-years of a latency window by the days (L), in the replicates and places `at` (L).

    What was followed until a day, less what lies below the window and what lies above: those are
    what had been followed `window` days earlier.
    """

    def until(days: Floats) -> Floats:
        days = np.clip(days, 0, followed.shape[2] - 1)
        whole = np.minimum(days.astype(np.int64), followed.shape[2] - 2)
        low, high = followed[*at, whole], followed[*at, whole + 1]
        return low + (days - whole) * (high - low)

    return (until(day - window[0]) - until(day - window[1])) / DAYS_A_YEAR


def _running_count(group: Ints) -> Floats:
    """For each entry (L) how many of its group have come, itself included."""
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    start = np.searchsorted(ranked, ranked, side="left")
    count = np.empty(group.size)
    count[order] = np.arange(group.size) - start + 1
    return count


def _signals(scenario: RateScenario, n: Floats, expected: Floats) -> NDArray[np.bool_]:
    """Where a chain signals: enough events, before its horizon, at its critical value."""
    alpha = scenario.alpha / len(scenario.windows)
    critical = sequential.critical_value_poisson(scenario.horizon, scenario.minimum, 0.0, alpha)
    enough = (n >= scenario.minimum) & (expected <= scenario.horizon)
    return enough & (sequential.llr(n, expected) >= critical)
