"""Scores of replicates: who detects, how often only the pool does, and how much earlier it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.evaluate.replicates import Replicates
from pv.simulate.scenarios.rate_scenario import DAYS_A_YEAR

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over replicates with its Monte Carlo standard error; nan if no replicate has it."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Detection:
    """What the replicates of a scenario show; without the harm these are false signals.

    Attributes:
        pooled: share of the replicates in which the pool's chain signals.
        any_country: share in which at least one country's does: the first one to signal is the
            best single country of its replicate.
        country: the same for each country, the largest first.
        pooled_only: share in which the pool's does and no country's.
        pooled_year: median time of the pool's signal since the first treatment, where it signals.
        gain_years: median time from the pool's signal to the first country's, where both signal.
    """

    pooled: Estimate
    any_country: Estimate
    country: tuple[Estimate, ...]
    pooled_only: Estimate
    pooled_year: Estimate
    gain_years: Estimate


def score(found: Replicates) -> Detection:
    """Score the replicates of one scenario."""
    pooled: NDArray[np.bool_] = np.isfinite(found.pooled_day)
    country = ~np.isnan(found.country_day)
    any_country: NDArray[np.bool_] = np.any(country, axis=1)
    both = pooled & any_country
    first = np.where(country, found.country_day, np.inf).min(axis=1)
    return Detection(
        _share(pooled),
        _share(any_country),
        tuple(_share(each) for each in country.T),
        _share(pooled & ~any_country),
        median(found.pooled_day[pooled] / DAYS_A_YEAR),
        median((first[both] - found.pooled_day[both]) / DAYS_A_YEAR),
    )


def curves(found: Replicates, years: Floats) -> tuple[Floats, Floats]:
    """Share of the replicates that signalled by some `years` (Y) since the first treatment.

    Of the pool (Y,), and of each country (Y, K), the largest first.
    """
    days = np.asarray(years) * DAYS_A_YEAR
    pooled = (found.pooled_day <= days[:, None]).mean(axis=1)
    return pooled, (found.country_day <= days[:, None, None]).mean(axis=1)


def _share(holds: NDArray[np.bool_]) -> Estimate:
    value = float(holds.mean())
    return Estimate(value, float(np.sqrt(value * (1 - value) / holds.size)))


def median(values: Floats) -> Estimate:
    """The median; its error is half the distance of the order statistics one error of the rank
    away on either side (the binomial interval)."""
    size = values.size
    if size == 0:
        return Estimate(float("nan"), float("nan"))
    ordered = np.sort(values)
    away = np.sqrt(size) / 2
    low, high = (int(np.clip(round(size / 2 + side * away), 0, size - 1)) for side in (-1, 1))
    return Estimate(float(np.median(ordered)), float(ordered[high] - ordered[low]) / 2)
