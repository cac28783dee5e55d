"""Conditional MaxSPRT: the background is itself a limited number of historical events.

c events were seen in historical person-time V; under surveillance the k-th event comes at
person-time P_k. Without effect the ratio s = P_k/V is all that matters. Li and Kulldorff 2010
(Stat Med 29:284). Surveillance ends at the K-th event, at a horizon T of the ratio, or at the first
of both; it may start with a delay D, also in the ratio: with c historical events, a ratio s stands
for c s events expected. All answers are exact, by recursion over the boundary (``_polya``).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _polya as polya
from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result
from pv.stats._roots import increasing_root, smallest_within

_MOST_EVENTS = 2000


@dataclass(frozen=True, slots=True, repr=False)
class ConditionalPerformance(Result):
    """Power of a conditional design; ratios are person-time P/V, events those under surveillance.

    The means at a signal are given that one comes (nan if it cannot); those at the end are of the
    whole surveillance, signal or not. With one historical event, K without a horizon, ratios at the
    end have no mean: inf.
    """

    power: float
    mean_ratio_at_signal: float
    mean_events_at_signal: float
    mean_ratio_at_end: float
    mean_events_at_end: float


def llr_conditional(n: ArrayLike, ratio: ArrayLike, historical: ArrayLike) -> FloatArray:
    """Log-likelihood ratio of n events in person-time ratio s = P/V against c historical events.

    c ln[c(1+s)/(c+n)] + n ln[n(1+s)/(s(c+n))] for n/s > c, else 0 (Li and Kulldorff 2010, eq. 3).
    Arguments broadcast; ``ratio`` and ``historical`` must be positive.
    """
    n_ = check.counts("n", n)
    s = check.positive("ratio", ratio)
    c = check.positive("historical", historical)
    check.common_shape(n=n_, ratio=s, historical=c)
    total = c + n_
    value = c * np.log(c * (1 + s) / total) + special.xlogy(n_, n_ * (1 + s) / (s * total))
    return np.where(n_ > c * s, value, 0.0)[()]


def boundary_conditional(n: ArrayLike, *, historical: float, critical_value: float) -> FloatArray:
    """The largest person-time ratio P/V at which ``n`` events signal. Increases with n."""
    n_ = check.positive("n", check.whole_counts("n", n))
    c = float(check.positive("historical", check.whole_counts("historical", historical)))
    # With p = s/(1+s) and q = n/(c+n): (c+n) KL(q || p) = critical value, p < q; in ln p.
    q = n_ / (c + n_)
    depth = float(check.positive("critical_value", critical_value)) / (c + n_)
    entropy = -special.xlogy(q, q) - special.xlogy(1 - q, 1 - q)

    def fall(log_p: FloatArray, q: FloatArray, depth: FloatArray) -> tuple[FloatArray, FloatArray]:
        p = np.exp(log_p)
        divergence = q * (np.log(q) - log_p) + (1 - q) * (np.log1p(-q) - np.log1p(-p))
        return depth - divergence, (q - p) / (1 - p)

    low, high = -(depth + entropy) / q, np.log(q)
    start = np.maximum(low, high - np.sqrt(2 * depth * (1 - q) / q))
    p = np.exp(increasing_root(fall, low, high, start, q, depth))
    return p / (1 - p)


def critical_value_conditional(  # noqa: PLR0913
    historical: int,
    *,
    max_events: int | None = None,
    horizon: float | None = None,
    minimum: int = 1,
    delay: float = 0.0,
    alpha: float = 0.05,
) -> float:
    """Exact critical value for c = ``historical`` events: the smallest whose error is <= alpha.

    The design is that of ``performance_conditional``. With a delayed start the error jumps, and the
    conservative end of the jump is returned. Where even a signal on every path that reaches M
    events has less error than alpha (a short horizon), the value is the likelihood ratio of M
    events at the horizon.

    For c = 20, K = 20, M = 2 it is 3.05303. (The R package Sequential prints 3.149115, whose error
    in this formulation is .0459.)
    """
    plan = _Plan.of(historical, max_events, horizon, minimum, delay)
    return _critical_value(plan, check.level(alpha, "alpha"))


@lru_cache(maxsize=256)
def _critical_value(plan: "_Plan", alpha: float) -> float:
    def error(critical_value: float) -> float:
        return _power(plan, critical_value, 1.0)

    if plan.minimum > plan.historical * plan.horizon:
        loosest = float(llr_conditional(plan.minimum, plan.horizon, plan.historical))
        if error(loosest) <= alpha:
            return loosest
    low, high = 1e-6, 1.0
    while error(high) > alpha:
        low, high = high, 2 * high
    return smallest_within(error, low, high, alpha)


def power_conditional(  # noqa: PLR0913
    historical: int,
    *,
    critical_value: float,
    max_events: int | None = None,
    horizon: float | None = None,
    minimum: int = 1,
    delay: float = 0.0,
    relative_risk: float = 1.0,
) -> float:
    """Probability of a signal; at relative risk 1, the error. See ``performance_conditional``."""
    plan = _Plan.of(historical, max_events, horizon, minimum, delay)
    check.positive("critical_value", critical_value)
    return _power(plan, critical_value, float(check.counts("relative_risk", relative_risk)))


def performance_conditional(  # noqa: PLR0913
    historical: int,
    *,
    critical_value: float,
    max_events: int | None = None,
    horizon: float | None = None,
    minimum: int = 1,
    delay: float = 0.0,
    relative_risk: float = 1.0,
) -> ConditionalPerformance:
    """Power, expected time to signal and expected sample size at a true ``relative_risk``.

    ``historical`` c is whole and at least 1. Surveillance ends with ``max_events`` K (at most 2000)
    or at the ratio ``horizon`` T (c T at most 2000 without K): one or both are given. Only
    ``minimum`` M events or more signal (1 <= M <= K). No look is made before the ratio ``delay`` D
    (0 <= D < T; c D < K); there the whole count is looked at. A relative risk r makes events come
    r times as fast: the ratio s counts r-fold. Raises ``ValueError`` naming what is out of these
    bounds.
    """
    plan = _Plan.of(historical, max_events, horizon, minimum, delay)
    check.positive("critical_value", critical_value)
    risk = float(check.counts("relative_risk", relative_risk))
    watch = polya.watch(polya.Process(plan.historical, risk), plan.design(critical_value))
    power = min(max(watch.probability, 0.0), 1.0)
    possible = power > 0 and relative_risk > 0
    return ConditionalPerformance(
        power,
        watch.ratio_at_signal / power if possible else math.nan,
        watch.events_at_signal / power if possible else math.nan,
        watch.ratio_at_end,
        watch.events_at_end,
    )


def _power(plan: "_Plan", critical_value: float, relative_risk: float) -> float:
    process = polya.Process(plan.historical, relative_risk)
    return min(max(polya.power(process, plan.design(critical_value)), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A design without fault; ``horizon`` is inf where only the events end surveillance."""

    historical: float
    max_events: int | None
    horizon: float
    minimum: int
    delay: float

    @classmethod
    def of(
        cls,
        historical: int,
        max_events: int | None,
        horizon: float | None,
        minimum: int,
        delay: float,
    ) -> "_Plan":
        historical, minimum = check.whole("historical", historical), check.whole("minimum", minimum)
        if max_events is None and horizon is None:
            raise ValueError("max_events must be given, or a horizon")
        if max_events is not None:
            max_events = check.whole("max_events", max_events, most=_MOST_EVENTS)
            if minimum > max_events:
                raise ValueError(f"minimum must not exceed max_events, but is {minimum}")
        end = math.inf if horizon is None else float(check.positive("horizon", horizon))
        if max_events is None and historical * end > _MOST_EVENTS:
            raise ValueError(
                f"horizon must not expect more than {_MOST_EVENTS} events, but {historical * end:g}"
            )
        if not 0 <= delay < end or (max_events is not None and delay * historical >= max_events):
            raise ValueError(
                "delay must not be negative, and must lie before the horizon and where fewer than "
                f"max_events are expected, but is {delay}"
            )
        return cls(float(historical), max_events, end, minimum, float(delay))

    def design(self, critical_value: float) -> polya.Design:
        """With the boundary of a critical value: the latest ratios of M, M + 1, ... events.

        Counts up to K, or until one passes the horizon; and all that may be met at the delay.
        """
        size = 16 if self.max_events is None else self.max_events - self.minimum + 1
        far = self.horizon if self.max_events is None else self.delay
        while True:
            counts = np.arange(self.minimum, self.minimum + size)
            latest = boundary_conditional(
                counts, historical=self.historical, critical_value=critical_value
            )
            if latest[-1] >= far:
                return polya.Design(latest, self.minimum, self.max_events, self.delay, self.horizon)
            size *= 2
