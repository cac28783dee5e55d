"""Binomial MaxSPRT: exposed events against matched controls or a comparison window.

Each event falls in the exposed arm with probability 1/(1+z) without effect, z being the matching
ratio (controls per exposed, or comparison time over risk time); at relative risk RR with
RR/(RR+z). The test looks after every event. Kulldorff et al. 2011 (Seq Anal 30:58), section 4.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result
from pv.stats.sequential import Performance

# Equal ratios computed along different ways differ by rounding; they must not split a rule.
_SAME = 1e-9
_MAX_EVENTS = 2000


@dataclass(frozen=True, slots=True, repr=False)
class BinomialCriticalValue(Result):
    """The critical value and the error that it really has (the design is discrete)."""

    critical_value: float
    error: float


def llr_binomial(exposed: ArrayLike, events: ArrayLike, *, matching_ratio: float) -> FloatArray:
    """Log-likelihood ratio of ``exposed`` among ``events`` (Kulldorff 2011, eq. 5).

    x ln(x/(n p)) + (n-x) ln((n-x)/(n(1-p))) with p = 1/(1+z), for x > n p, else 0. Counts
    broadcast; ``exposed`` must not exceed ``events``.
    """
    x = check.counts("exposed", exposed)
    n = check.counts("events", events)
    check.common_shape(exposed=x, events=n)
    check.not_above("exposed", x, "events", n)
    p = 1 / (1 + _ratio(matching_ratio))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = special.xlogy(x, x / (n * p)) + special.xlogy(n - x, (n - x) / (n * (1 - p)))
    return np.where(x > n * p, value, 0.0)[()]


def boundary_binomial(
    max_events: int, *, critical_value: float, matching_ratio: float, minimum: int = 1
) -> FloatArray:
    """The fewest exposed events that signal after 1, 2, ..., ``max_events`` events.

    inf where not even all of them would; never below ``minimum``. Shape (max_events,).
    """
    grid = _llr_grid(_events(max_events), _ratio(matching_ratio))
    minimum = check.whole("minimum", minimum)
    return _boundary(grid, float(check.positive("critical_value", critical_value)), minimum)


def critical_value_binomial(
    max_events: int, *, matching_ratio: float, minimum: int = 1, alpha: float = 0.05
) -> BinomialCriticalValue:
    """Exact critical value for at most ``max_events`` events (1 to 2000), both arms counted.

    The smallest attainable likelihood ratio whose error does not exceed ``alpha``; ``minimum`` is
    the fewest exposed events that may signal. inf, with error 0, where no rule is that strict.
    """
    minimum = check.whole("minimum", minimum)
    alpha = check.level(alpha, "alpha")
    return _critical_value(_events(max_events), _ratio(matching_ratio), minimum, alpha)


@lru_cache(maxsize=256)
def _critical_value(
    max_events: int, ratio: float, minimum: int, alpha: float
) -> BinomialCriticalValue:
    grid = _llr_grid(max_events, ratio)
    exposed = np.arange(max_events + 1)
    attainable = np.unique(np.round(grid[:, exposed >= minimum], 10))
    attainable = attainable[attainable > 0]
    p = 1 / (1 + ratio)
    low, high = 0, attainable.size
    while low < high:
        middle = (low + high) // 2
        if _watch(_boundary(grid, float(attainable[middle]), minimum), p).power <= alpha:
            high = middle
        else:
            low = middle + 1
    if low == attainable.size:
        return BinomialCriticalValue(math.inf, 0.0)
    value = float(attainable[low])
    return BinomialCriticalValue(value, _watch(_boundary(grid, value, minimum), p).power)


def performance_binomial(
    max_events: int,
    *,
    critical_value: float,
    matching_ratio: float,
    minimum: int = 1,
    relative_risk: float = 2.0,
) -> Performance:
    """Power, expected number of events at a signal, and expected number of events at the end.

    At a relative risk of 1 the power is the error.
    """
    ratio = _ratio(matching_ratio)
    risk = float(check.counts("relative_risk", relative_risk))
    limit = boundary_binomial(
        max_events, critical_value=critical_value, matching_ratio=ratio, minimum=minimum
    )
    return _watch(limit, risk / (risk + ratio))


def _llr_grid(max_events: int, ratio: float) -> FloatArray:
    """LLR after 1..max_events events (rows) of which 0..max_events were exposed (columns)."""
    events = np.arange(1, max_events + 1)[:, None]
    exposed = np.arange(max_events + 1)[None, :]
    possible = exposed <= events
    return np.where(
        possible, llr_binomial(np.minimum(exposed, events), events, matching_ratio=ratio), 0.0
    )


def _boundary(grid: FloatArray, critical_value: float, minimum: int) -> FloatArray:
    signals = grid >= critical_value - _SAME
    signals[:, :minimum] = False
    return np.where(signals.any(axis=1), signals.argmax(axis=1), np.inf)


def _watch(limit: FloatArray, p: float) -> Performance:
    """Follow the number of exposed events, one event after the other, below the boundary."""
    state = np.zeros(limit.size + 1)
    state[0] = 1.0
    exposed = np.arange(state.size)
    at_signal = np.zeros(limit.size)
    for i, fewest in enumerate(limit):
        state[1:] = state[1:] * (1 - p) + state[:-1] * p
        state[0] *= 1 - p
        crossed = exposed >= fewest
        at_signal[i] = state[crossed].sum()
        state[crossed] = 0.0
    power = float(at_signal.sum())
    weighted = float(at_signal @ np.arange(1, limit.size + 1))
    mean_time = weighted / power if power > 0 else math.nan
    return Performance(power, mean_time, weighted + (1 - power) * limit.size)


def _events(max_events: int) -> int:
    return check.whole("max_events", max_events, most=_MAX_EVENTS)


def _ratio(matching_ratio: float) -> float:
    return float(check.positive("matching_ratio", matching_ratio))
