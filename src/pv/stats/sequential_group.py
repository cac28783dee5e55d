"""Looks at given times: exact error, critical values and power of group sequential designs.

Poisson looks are expected events without effect; binomial looks are numbers of events, of which an
exposed one comes with probability 1/(1+z) (z the matching ratio). A design is the fewest (exposed)
events that signal at each look. The boundary is flat in the likelihood ratio (Silva and Kulldorff
2015, Biometrics 71:851), or it spends the error by the power family alpha (t/T)^rho (Jennison and
Turnbull 2000, Group Sequential Methods, section 7.2; Kim and DeMets 1987, Biometrika 74:149).
Everything is exact: the count below the boundary is followed from look to look.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result
from pv.stats.sequential import llr
from pv.stats.sequential_binomial import llr_binomial

# Ratios computed along different ways differ by rounding; they must not split a rule.
_SAME = 1e-9
_MOST_EXPECTED = 2000.0


@dataclass(frozen=True, slots=True, repr=False)
class GroupDesign(Result):
    """The fewest events that signal at each look, and the error spent by then.

    ``count`` is inf at a look that cannot signal. ``matching_ratio`` is None for Poisson looks.
    ``critical_value`` is that of the likelihood ratio; None where the boundary spends error.
    """

    looks: FloatArray
    count: FloatArray
    spent: FloatArray
    matching_ratio: float | None = None
    critical_value: float | None = None

    @property
    def error(self) -> float:
        """Probability of a false signal by the last look."""
        return float(self.spent[-1])


@dataclass(frozen=True, slots=True, repr=False)
class GroupPerformance(Result):
    """Power of a design, and its probability to signal at each look.

    Times are in the unit of the looks: ``mean_time_to_signal`` given that a signal comes (nan if
    none can), ``mean_sample_size`` the expected end of surveillance, signal or not.
    """

    power: float
    mean_time_to_signal: float
    mean_sample_size: float
    at_look: FloatArray


def power_spending(share: ArrayLike, *, alpha: float = 0.05, rho: float = 1.0) -> FloatArray:
    """Error that may be spent when a ``share`` of the horizon is seen: alpha min(share, 1)^rho."""
    share_ = check.counts("share", share)
    power = float(check.positive("rho", rho))
    return (check.level(alpha, "alpha") * np.minimum(share_, 1.0) ** power)[()]


def group_poisson(
    looks: ArrayLike,
    *,
    critical_value: float | None = None,
    minimum: int = 1,
    alpha: float = 0.05,
) -> GroupDesign:
    """The flat boundary at a critical value, or at the smallest whose error is at most ``alpha``.

    ``looks`` [m] are the expected events without effect at each look, rising (at most 2000);
    ``minimum`` the fewest events that may signal. The design is discrete: its error is ``error``,
    seldom ``alpha`` itself.
    """
    return _flat(_Looks.poisson(looks), critical_value, minimum, alpha)


def group_binomial(
    looks: ArrayLike,
    *,
    matching_ratio: float,
    critical_value: float | None = None,
    minimum: int = 1,
    alpha: float = 0.05,
) -> GroupDesign:
    """As ``group_poisson``, for looks after given numbers of events (whole, rising)."""
    return _flat(_Looks.binomial(looks, matching_ratio), critical_value, minimum, alpha)


def spending_poisson(
    looks: ArrayLike,
    *,
    rho: float = 1.0,
    minimum: int = 1,
    alpha: float = 0.05,
    horizon: float | None = None,
) -> GroupDesign:
    """The lowest counts whose error stays within ``power_spending`` at every look.

    ``horizon`` is where all of ``alpha`` may be spent, by default the last look. What a discrete
    count leaves over is carried to the next look. Looks as in ``group_poisson``; they may come
    one by one: those already held do not depend on later ones, when the horizon is given.
    """
    return _spending(_Looks.poisson(looks), rho, minimum, alpha, horizon)


def spending_binomial(  # noqa: PLR0913
    looks: ArrayLike,
    *,
    matching_ratio: float,
    rho: float = 1.0,
    minimum: int = 1,
    alpha: float = 0.05,
    horizon: float | None = None,
) -> GroupDesign:
    """As ``spending_poisson``, for looks after given numbers of events (whole, rising)."""
    return _spending(_Looks.binomial(looks, matching_ratio), rho, minimum, alpha, horizon)


def group_performance(design: GroupDesign, *, relative_risk: float = 2.0) -> GroupPerformance:
    """Power and expected times of a design at a true ``relative_risk``; 1 gives the error.

    A design of one's own is ``GroupDesign(looks, count, spent)``, whatever it holds as ``spent``.
    """
    risk = float(check.counts("relative_risk", relative_risk))
    looks = (
        _Looks.poisson(design.looks)
        if design.matching_ratio is None
        else _Looks.binomial(design.looks, design.matching_ratio)
    )
    count = np.asarray(design.count, dtype=np.float64)
    if count.shape != looks.at.shape or not (count >= 1).all():
        raise ValueError("count must hold at least 1 for each look")
    signal = looks.walk(risk, lambda i, _: count[i])[1]
    power = float(signal.sum())
    weighted = float(signal @ looks.at)
    mean_time = weighted / power if power > 0 else math.nan
    return GroupPerformance(power, mean_time, weighted + (1 - power) * looks.at[-1], signal)


@dataclass(frozen=True, slots=True)
class _Looks:
    """Times of looks without fault."""

    at: FloatArray
    matching_ratio: float | None

    @classmethod
    def poisson(cls, looks: ArrayLike) -> "_Looks":
        at = _rising(np.atleast_1d(check.positive("looks", looks)))
        if at[-1] > _MOST_EXPECTED:
            raise ValueError(f"looks must expect at most {_MOST_EXPECTED:g} events, not {at[-1]:g}")
        return cls(at, None)

    @classmethod
    def binomial(cls, looks: ArrayLike, matching_ratio: float) -> "_Looks":
        at = _rising(np.atleast_1d(check.positive("looks", check.whole_counts("looks", looks))))
        return cls(at, float(check.positive("matching_ratio", matching_ratio)))

    def most(self, size: float, risk: float) -> int:
        """More events than these have probability 0, or below 1e-28."""
        mean = risk * size
        return int(size if self.matching_ratio else mean + 12 * math.sqrt(mean) + 40)

    def step(self, i: int, risk: float) -> FloatArray:
        """Probabilities of 0, 1, ... further events up to look i."""
        size = float(self.at[i] - (self.at[i - 1] if i else 0.0))
        k = np.arange(self.most(size, risk) + 1)
        if self.matching_ratio is not None:
            log_p = (
                special.gammaln(size + 1) - special.gammaln(k + 1) - special.gammaln(size - k + 1)
            )
            share = risk / (risk + self.matching_ratio)
            return np.exp(log_p + special.xlogy(k, share) + special.xlog1py(size - k, -share))
        mean = risk * size
        return np.exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1))

    def ratio(self, count: FloatArray, i: int) -> FloatArray:
        """Log-likelihood ratios of counts at look i."""
        if self.matching_ratio is None:
            return llr(count, self.at[i])
        possible = np.minimum(count, self.at[i])
        found = llr_binomial(possible, self.at[i], matching_ratio=self.matching_ratio)
        return np.where(count <= self.at[i], found, np.inf)

    def walk(
        self, risk: float, limit: Callable[[int, FloatArray], float]
    ) -> tuple[FloatArray, FloatArray]:
        """The fewest events that signal at each look, and the probability that it does.

        ``limit(i, state)`` says the first, given the probabilities of 0, 1, ... events at look i
        without an earlier signal.
        """
        count, signal = np.empty(self.at.size), np.empty(self.at.size)
        state = np.ones(1)
        for i in range(self.at.size):
            state = np.convolve(state, self.step(i, risk))
            count[i] = limit(i, state)
            below = int(min(count[i], state.size))
            signal[i] = state[below:].sum()
            state = state[:below]
        return count, signal


def _flat(looks: _Looks, critical_value: float | None, minimum: int, alpha: float) -> GroupDesign:
    minimum, alpha = check.whole("minimum", minimum), check.level(alpha, "alpha")
    reach = np.arange(minimum, max(minimum, looks.most(looks.at[-1], 1.0)) + 1, dtype=np.float64)
    ratios = [looks.ratio(reach, i) for i in range(looks.at.size)]

    def design(value: float) -> GroupDesign:
        hits = [ratio >= value - _SAME for ratio in ratios]
        count = np.array([reach[hit.argmax()] if hit.any() else np.inf for hit in hits])
        spent = np.cumsum(looks.walk(1.0, lambda i, _: count[i])[1])
        return GroupDesign(looks.at, count, spent, looks.matching_ratio, value)

    if critical_value is not None:
        return design(float(check.positive("critical_value", critical_value)))
    attainable = np.unique(np.round(np.concatenate(ratios), 10))
    attainable = attainable[(attainable > 0) & np.isfinite(attainable)]
    low, high = 0, attainable.size
    while low < high:
        middle = (low + high) // 2
        if design(float(attainable[middle])).error <= alpha:
            high = middle
        else:
            low = middle + 1
    return design(float(attainable[low]) if low < attainable.size else math.inf)


def _spending(
    looks: _Looks, rho: float, minimum: int, alpha: float, horizon: float | None
) -> GroupDesign:
    minimum = check.whole("minimum", minimum)
    end = looks.at[-1] if horizon is None else float(check.positive("horizon", horizon))
    allowed = power_spending(looks.at / end, alpha=alpha, rho=rho)
    spent = 0.0

    def limit(i: int, state: FloatArray) -> float:
        nonlocal spent
        # P(count >= k, no earlier signal), from the far end.
        tail = np.append(np.cumsum(state[::-1])[::-1], 0.0)
        affordable = spent + tail <= allowed[i]
        affordable[:minimum] = False
        first = int(affordable.argmax()) if affordable.any() else state.size
        spent += float(tail[min(first, state.size)])
        return float(max(first, minimum)) if tail[min(first, state.size)] > 0 else math.inf

    count, signal = looks.walk(1.0, limit)
    return GroupDesign(looks.at, count, np.cumsum(signal), looks.matching_ratio)


def _rising(looks: FloatArray) -> FloatArray:
    if looks.ndim != 1 or not looks.size or np.any(np.diff(looks) <= 0):
        raise ValueError("looks must be a list of at least one time, rising")
    return looks
