"""What can be seen: probability of detection, patients and person-time needed, detectable RR.

A rule is described by the number of cases at which it fires (``n_min``, or a critical count that
depends on the expectation). ``expected`` is the number of cases without effect: person-time times
background rate, or patients times risk. All functions broadcast; bad input raises ``ValueError``
naming the argument.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result
from pv.stats._roots import scalar_root
from pv.stats._smallest_count import smallest_count
from pv.stats.sequential import performance_poisson

_MANY_PATIENTS = 2.0**53
_MOST_CASES = 1 << 20
_Fires = Callable[[FloatArray, FloatArray], NDArray[np.bool_]]


def detection_probability(
    expected: ArrayLike, *, n_min: ArrayLike, relative_risk: ArrayLike = 1.0
) -> FloatArray:
    """P(X >= n_min) for X ~ Poisson(relative_risk * expected): the rule fires.

    ``n_min`` may be an array of critical counts, one per expectation (see ``critical_count_*``); a
    count of 0 always fires.
    """
    expected_ = check.counts("expected", expected)
    n_min_ = check.whole_counts("n_min", n_min)
    risk = check.counts("relative_risk", relative_risk)
    check.common_shape(expected=expected_, n_min=n_min_, relative_risk=risk)
    tail = special.gammainc(np.maximum(n_min_, 1), risk * expected_)
    return np.where(n_min_ == 0, 1.0, tail)[()]


def critical_count_poisson(
    expected: ArrayLike, *, alpha: float = 0.05, n_min: ArrayLike = 1
) -> FloatArray:
    """The fewest cases with P(X >= n | expected) <= alpha, and at least ``n_min``."""
    alpha = check.level(alpha, "alpha")
    return _critical_count(expected, n_min, lambda n, e: special.gammainc(n, e) <= alpha)


def critical_count_ic(expected: ArrayLike, *, n_min: ArrayLike = 1) -> FloatArray:
    """The fewest cases at which IC025 > 0, and at least ``n_min``."""
    return _critical_count(expected, n_min, lambda n, e: special.gammainc(n + 0.5, e + 0.5) < 0.025)


def critical_count_maxsprt(
    expected: ArrayLike, *, critical_value: float, n_min: ArrayLike = 1
) -> FloatArray:
    """The fewest cases whose Poisson LLR reaches a MaxSPRT critical value at this look."""
    value = float(check.positive("critical_value", critical_value))

    def reaches(n: FloatArray, expected: FloatArray) -> NDArray[np.bool_]:
        with np.errstate(divide="ignore"):
            ratio = expected - n + special.xlogy(n, n / expected)
        return (n > expected) & (ratio >= value)

    return _critical_count(expected, n_min, reaches)


def patients_needed(risk: ArrayLike, *, n_min: ArrayLike = 3, power: ArrayLike = 0.8) -> FloatArray:
    """The fewest patients N with P(Bin(N, risk) >= n_min) >= power.

    Exact and whole (as float64): 4,278 patients for three cases at 1/1000 with 80%. Tables that
    print 4,279, 5,322 and 6,296 (80, 90, 95%) round the Poisson mean over the risk to the nearest
    whole number; that mean is ``person_time_needed(risk, 1, power, 3)``. ``risk`` must
    lie in (0, 1], ``n_min`` be at least 1, ``power`` in [0, 1).
    """
    risk_ = check.probabilities("risk", check.positive("risk", risk))
    n_min_ = check.positive("n_min", check.whole_counts("n_min", n_min))
    power_ = check.probabilities("power", power)
    if np.any(power_ == 1) and np.any(risk_ < 1):
        raise ValueError("power must be below 1")
    shape = check.common_shape(risk=risk_, n_min=n_min_, power=power_)
    # P(Bin(N, p) >= m) = I_p(m, N - m + 1) increases with N: bisect on the whole numbers.
    low = np.broadcast_to(n_min_ - 1, shape).astype(np.float64)
    high = np.full(shape, _MANY_PATIENTS)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = special.betainc(n_min_, np.maximum(middle - n_min_ + 1, 1), risk_) >= power_
        enough &= middle > low
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return high[()]


@dataclass(frozen=True, slots=True, repr=False)
class PooledOnlyProbability(Result):
    """Probabilities that some single country fires, that the pool fires, and only the pool."""

    any_country: FloatArray
    pooled: FloatArray
    pooled_only: FloatArray


def pooled_only_probability(
    *, countries: ArrayLike, patients: ArrayLike, risk: ArrayLike, n_min: ArrayLike = 3
) -> PooledOnlyProbability:
    """The gain of pooling when ``patients`` are split equally over ``countries``.

    One rule n >= n_min for each country and for the pool, binomial counts at ``risk``. A country
    that fires makes the pool fire, so that "only the pool" is the difference. 10 countries,
    5,000 patients, 1/1000: .134, .875, .741. ``countries`` must be whole and at least 1; a share of
    patients that is not whole is interpolated by the incomplete beta function.
    """
    k = check.positive("countries", check.whole_counts("countries", countries))
    patients_ = check.counts("patients", patients)
    risk_ = check.probabilities("risk", risk)
    n_min_ = check.positive("n_min", check.whole_counts("n_min", n_min))
    check.common_shape(countries=k, patients=patients_, risk=risk_, n_min=n_min_)
    one = _binomial_at_least(patients_ / k, risk_, n_min_)
    any_country = -np.expm1(k * np.log1p(-one))
    pooled = _binomial_at_least(patients_, risk_, n_min_)
    return PooledOnlyProbability(any_country, pooled, pooled - any_country)


def pooled_only_unequal(expected: ArrayLike, *, n_min: int = 3) -> PooledOnlyProbability:
    """The same for countries of any size: Poisson means along the last axis of ``expected``.

    The means are those with effect (relative risk times expectation). The last axis is summed
    over; without any country nothing fires.
    """
    means = np.atleast_1d(check.counts("expected", expected))
    one = detection_probability(means, n_min=n_min)
    with np.errstate(divide="ignore"):
        any_country = -np.expm1(np.log1p(-one).sum(axis=-1))
    pooled = detection_probability(means.sum(axis=-1), n_min=n_min)
    return PooledOnlyProbability(any_country, pooled, np.maximum(pooled - any_country, 0.0))


def minimal_detectable_rr(
    expected: ArrayLike, *, power: ArrayLike = 0.8, n_min: ArrayLike = 3
) -> FloatArray:
    """The relative risk at which P(X >= n_min) reaches ``power``.

    The mean that does is a gamma quantile; divided by the expectation. ``n_min`` may hold critical
    counts. May be below 1 where n_min cases are expected anyway; inf without expectation.
    """
    expected_ = check.counts("expected", expected)
    power_ = check.probabilities("power", power)
    n_min_ = check.positive("n_min", check.whole_counts("n_min", n_min))
    check.common_shape(expected=expected_, power=power_, n_min=n_min_)
    with np.errstate(divide="ignore"):
        return special.gammaincinv(n_min_, power_) / expected_


def minimal_detectable_rr_sequential(
    horizon: float,
    *,
    critical_value: float,
    minimum: int = 1,
    delay: float = 0.0,
    power: float = 0.8,
) -> float:
    """The relative risk that a MaxSPRT design detects by its horizon with ``power``."""
    check.level(power, "power")

    def shortfall(log_rr: float) -> float:
        rr = float(np.exp(log_rr))
        reached = performance_poisson(
            horizon, critical_value=critical_value, minimum=minimum, delay=delay, relative_risk=rr
        )
        return reached.power - power

    high = 1.0
    while shortfall(high) < 0:
        high += 1.0
    return float(np.exp(scalar_root(shortfall, -40.0, high)))


def person_time_needed(
    rate: ArrayLike,
    *,
    relative_risk: ArrayLike,
    power: float = 0.8,
    n_min: int = 3,
    alpha: float | None = None,
) -> FloatArray:
    """Person-time at which a relative risk is detected with ``power``, at a background ``rate``.

    Without ``alpha`` the rule is n >= n_min. With it, the count must also be significant, P(X >= n
    | background) <= alpha, and the first person-time that suffices is returned (power saws: it may
    dip again where one more case becomes necessary). Unit: that of 1/rate. inf at a rate of 0, or
    where the relative risk is at most 1 and significance is asked for.
    """
    rate_ = check.counts("rate", rate)
    risk = check.positive("relative_risk", relative_risk)
    shape = check.common_shape(rate=rate_, relative_risk=risk)
    power = check.level(power, "power")
    first = check.whole("n_min", n_min)
    if alpha is None:
        expected = special.gammaincinv(first, power) / risk
    else:
        distinct, index = np.unique(risk, return_inverse=True)
        level = check.level(alpha, "alpha")
        least = [_expected_needed(float(rr), power, first, level) for rr in distinct]
        expected = np.array(least)[index].reshape(risk.shape)
    with np.errstate(divide="ignore"):
        return np.broadcast_to(expected / rate_, shape)[()]


def _expected_needed(relative_risk: float, power: float, first: int, alpha: float) -> float:
    """Smallest expectation at which some count n >= first is significant and likely enough.

    Count n is significant up to E = q(n, alpha) and likely enough from q(n, power)/RR on, q the
    gamma quantile; the first n for which these overlap gives the answer.
    """
    if relative_risk <= 1 and power > alpha:
        return np.inf
    size = 256
    while size <= _MOST_CASES:
        n = np.arange(first, first + size)
        enough = special.gammaincinv(n, power) / relative_risk
        feasible = enough <= special.gammaincinv(n, alpha)
        if feasible.any():
            return float(enough[feasible.argmax()])
        size *= 16
    return np.inf


def _binomial_at_least(n: FloatArray, risk: FloatArray, n_min: FloatArray) -> FloatArray:
    inside = special.betainc(n_min, np.maximum(n - n_min + 1, np.finfo(np.float64).tiny), risk)
    return np.where(n > n_min - 1, inside, 0.0)


def _critical_count(expected: ArrayLike, n_min: ArrayLike, fires: _Fires) -> FloatArray:
    """The smallest whole n >= n_min that ``fires(n, expected)``."""
    expected_ = check.counts("expected", expected)
    least = check.positive("n_min", check.whole_counts("n_min", n_min))
    shape = check.common_shape(expected=expected_, n_min=least)
    return smallest_count(lambda n: fires(n, expected_), least, shape)[()]
