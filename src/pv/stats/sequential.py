"""Looking every night without inflating the error: Poisson MaxSPRT, and what naive rules cost.

Time is the expected number of events without effect. The log-likelihood ratio is
LLR = (E - n) + n ln(n/E) for n > E, else 0; the first time it reaches the critical value is a
signal. Kulldorff et al. 2011 (Seq Anal 30:58); minimum events and delayed start: Kulldorff and
Silva 2015 (REVSTAT 15:373). Binomial and conditional designs are in ``sequential_binomial`` and
``sequential_conditional``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._crossing import Crossing, poisson_crossing
from pv.stats._result import FloatArray, Result
from pv.stats._roots import increasing_root, smallest_within

_MAX_HORIZON = 2000.0
NaiveRule = Literal["poisson_p", "ic025"]


@dataclass(frozen=True, slots=True, repr=False)
class Performance(Result):
    """Power of a sequential design; times in expected events without effect.

    ``mean_time_to_signal`` is given that a signal comes (nan if it cannot), ``mean_sample_size``
    the expected end of surveillance, signal or not.
    """

    power: float
    mean_time_to_signal: float
    mean_sample_size: float


def llr(n: ArrayLike, expected: ArrayLike) -> FloatArray:
    """Poisson log-likelihood ratio of the best RR >= 1 against RR = 1 (Kulldorff 2011, eq. 3).

    ``n`` and ``expected`` broadcast. 0 for n <= E; inf for n > 0 without expectation.
    """
    n_ = check.counts("n", n)
    expected_ = check.counts("expected", expected)
    check.common_shape(n=n_, expected=expected_)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = expected_ - n_ + special.xlogy(n_, n_ / expected_)
    return np.where(n_ > expected_, ratio, 0.0)[()]


def boundary_poisson(n: ArrayLike, *, critical_value: float) -> FloatArray:
    """The latest expected count at which ``n`` events signal: LLR(n, E) = critical value, E < n.

    ``n`` (whole, at least 1) may have any shape. The count n signals if and only if E is at most
    this (and n reaches the minimum of the design). Increases with n.
    """
    n_ = check.positive("n", check.whole_counts("n", n))
    depth = _positive("critical_value", critical_value) / n_
    # With x = E/n: x - 1 - ln x = depth, so x lies between e^(-1-depth) and 1; solved in ln x.
    low = -1 - depth

    def fall(log_x: FloatArray, depth: FloatArray) -> tuple[FloatArray, FloatArray]:
        excess = np.expm1(log_x)
        return depth - (excess - log_x), -excess

    # Near x = 1 the left side is (ln x)^2 / 2, far from it -1 - ln x.
    start = np.maximum(low, -np.sqrt(2 * depth) - depth / 3)
    return n_ * np.exp(increasing_root(fall, low, np.zeros_like(low), start, depth))


def error_poisson(
    horizon: float, *, critical_value: float, minimum: int = 1, delay: float = 0.0
) -> float:
    """Exact probability of a false signal up to ``horizon`` under continuous looks."""
    _positive("critical_value", critical_value)
    return _error(_Design.of(horizon, minimum, delay), critical_value)


def critical_value_poisson(
    horizon: float, *, minimum: int = 1, delay: float = 0.0, alpha: float = 0.05
) -> float:
    """Critical value of the continuous Poisson MaxSPRT, by exact Markov recursion.

    ``horizon`` T and ``delay`` D are in expected events (0 <= D < T <= 2000), ``minimum`` M is the
    fewest events that may signal. The smallest value whose error does not exceed ``alpha``: with a
    delayed start the error jumps, and the conservative end of the jump is returned. Where even a
    signal at every M-th event has less error than alpha (a short horizon), the value is
    LLR(M, T): every path that reaches M events signals.
    """
    return _critical_value(_Design.of(horizon, minimum, delay), check.level(alpha, "alpha"))


@lru_cache(maxsize=1024)
def _critical_value(design: "_Design", alpha: float) -> float:
    if design.minimum > design.horizon:
        loosest = float(llr(design.minimum, design.horizon))
        if _error(design, loosest) <= alpha:
            return loosest
    low, high = 1e-6, 1.0
    while _error(design, high) > alpha:
        low, high = high, 2 * high
    return smallest_within(lambda value: _error(design, value), low, high, alpha)


def performance_poisson(
    horizon: float,
    *,
    critical_value: float,
    minimum: int = 1,
    delay: float = 0.0,
    relative_risk: float = 2.0,
) -> Performance:
    """Power, expected time to signal and expected sample size at a true ``relative_risk``.

    At a relative risk of 1 the power is the error. Exact, by the same recursion as the critical
    value; at a relative risk of 0 nothing ever signals.
    """
    design = _Design.of(horizon, minimum, delay)
    _positive("critical_value", critical_value)
    crossing = _crossing(
        design, critical_value, float(check.counts("relative_risk", relative_risk))
    )
    return _performance(crossing, design.horizon)


def _error(design: "_Design", critical_value: float) -> float:
    return _crossing(design, critical_value, 1.0).probability


def _crossing(design: "_Design", critical_value: float, rate: float) -> Crossing:
    first, horizon = design.minimum, design.horizon
    latest = _latest(horizon, first, lambda n: boundary_poisson(n, critical_value=critical_value))
    return poisson_crossing(latest, first, design.delay, horizon, rate)


def naive_error(horizon: float, *, n_min: int, rule: NaiveRule | ArrayLike) -> float:
    """Probability that an unadjusted rule ever fires without effect, looked at continuously.

    ``rule`` is "poisson_p" (exact P(X >= n) < .05), "ic025" (IC025 > 0), or the thresholds
    themselves: the largest expected count at which n_min, n_min + 1, ... events fire, in
    increasing order and reaching the horizon (the last one stands for every larger count). Looks
    go on until ``horizon`` events are expected and only counts of ``n_min`` or more fire.
    """
    n_min = check.whole("n_min", n_min)
    horizon = _Design.of(horizon, n_min, 0.0).horizon
    if isinstance(rule, str):
        if rule not in ("poisson_p", "ic025"):
            raise ValueError(f"rule must be 'poisson_p', 'ic025' or thresholds, but is {rule!r}")
        shift = 0.5 if rule == "ic025" else 0.0
        tail = 0.025 if rule == "ic025" else 0.05

        def boundary(n: FloatArray) -> FloatArray:
            return np.asarray(special.gammaincinv(n + shift, tail), dtype=np.float64) - shift

        latest = _latest(horizon, n_min, boundary)
    else:
        latest = check.finite("rule", rule)
        if latest.ndim != 1 or not latest.size or np.any(np.diff(latest) < 0):
            raise ValueError("rule must be a list of thresholds in increasing order")
        if latest[-1] < horizon:
            raise ValueError(f"rule must reach the horizon {horizon}, but ends at {latest[-1]}")
    return poisson_crossing(latest, n_min, 0.0, horizon, 1.0).probability


def _latest(horizon: float, first: int, boundary: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Boundary times of the counts first, first + 1, ... until one passes the horizon."""
    size = 16
    while True:
        latest = boundary(np.arange(first, first + size, dtype=np.float64))
        if latest[-1] >= horizon:
            return latest
        size *= 2


def _performance(crossing: Crossing, horizon: float) -> Performance:
    power, end = crossing.probability, crossing.mean_end
    to_signal = (end - (1 - power) * horizon) / power if power > 0 else math.nan
    return Performance(power, to_signal, end)


@dataclass(frozen=True, slots=True)
class _Design:
    """A design without fault."""

    horizon: float
    minimum: int
    delay: float

    @classmethod
    def of(cls, horizon: float, minimum: int, delay: float) -> "_Design":
        horizon, delay = float(horizon), float(delay)
        if not 0 < horizon <= _MAX_HORIZON:
            raise ValueError(f"horizon must lie in (0, {_MAX_HORIZON:g}], but is {horizon}")
        if not 0 <= delay < horizon:
            raise ValueError(f"delay must lie in [0, horizon), but is {delay}")
        return cls(horizon, check.whole("minimum", minimum), delay)


def _positive(name: str, value: float) -> float:
    return float(check.positive(name, value))
