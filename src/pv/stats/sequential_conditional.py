"""Conditional MaxSPRT: the background is itself a limited number of historical events.

c events were seen in historical person-time V; under surveillance the k-th event comes at
person-time P_k. Without effect the ratio s = P_k/V is all that matters. Li and Kulldorff 2010
(Stat Med 29:284). Surveillance ends at the K-th event.

Given V, events under surveillance are Poisson in s with intensity V ~ Gamma(c); mixing over V
makes the count a Polya process, which is Markov: from j events at s, the increment to s' is
negative binomial with size c + j. That recursion is exact and needs no quadrature.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import FloatArray
from pv.stats._roots import increasing_root, smallest_within


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
    return np.where(n_ > c * s, value, 0.0)


def boundary_conditional(n: ArrayLike, historical: float, critical_value: float) -> FloatArray:
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


@lru_cache(maxsize=256)
def critical_value_conditional(
    historical: int, max_events: int, minimum: int = 1, alpha: float = 0.05
) -> float:
    """Exact critical value for c = ``historical`` events and at most K = ``max_events``.

    ``minimum`` is the fewest events that may signal. For c = 20, K = 20, M = 2 it is 3.05303.
    (The R package Sequential prints 3.149115, whose error in this formulation is .0459.)
    """
    check.level(alpha, "alpha")
    low, high = 1e-6, 1.0
    while power_conditional(historical, max_events, high, minimum) > alpha:
        low, high = high, 2 * high

    def error(critical_value: float) -> float:
        return power_conditional(historical, max_events, critical_value, minimum)

    return smallest_within(error, low, high, alpha)


def power_conditional(
    historical: int,
    max_events: int,
    critical_value: float,
    minimum: int = 1,
    relative_risk: float = 1.0,
) -> float:
    """Probability of a signal within ``max_events`` events; at relative risk 1, the error.

    A relative risk r makes events come r times as fast: the ratio s counts r-fold.
    """
    if not 1 <= minimum <= max_events or minimum != int(minimum) or max_events != int(max_events):
        raise ValueError(f"minimum must be whole and lie in 1..max_events, but is {minimum}")
    risk = float(check.positive("relative_risk", relative_risk))
    counts = np.arange(minimum, max_events + 1)
    times = risk * boundary_conditional(counts, historical, critical_value)
    state = np.array([1.0])
    time = 0.0
    for limit, end in zip(counts, times, strict=True):
        state = _grow(state, historical, time, float(end), int(limit))
        time = float(end)
    return float(1 - state.sum())


def _grow(state: FloatArray, historical: float, start: float, end: float, limit: int) -> FloatArray:
    """Distribution of the count at ``end``, truncated below ``limit``, from that at ``start``."""
    before = np.arange(state.size)[:, None]
    after = np.arange(limit)[None, :]
    more = np.maximum(after - before, 0)
    size = historical + before
    log_pmf = (
        special.gammaln(size + more)
        - special.gammaln(size)
        - special.gammaln(more + 1)
        + size * (np.log1p(start) - np.log1p(end))
        + special.xlogy(more, (end - start) / (1 + end))
    )
    return state @ np.where(after >= before, np.exp(log_pmf), 0.0)
