"""Exact probability that a Poisson count crosses an upper boundary under continuous looks.

A rule that fires at the n-th event when it comes early enough is a list of times: count n fires
up to ``latest[n]``. Between two of these times the count only grows, so that the state at each
of them, truncated below the boundary, carries all that is needed (Kulldorff 2011, Seq Anal 30:58,
section 3). Times are in expected events without effect.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from pv.stats._result import FloatArray


@dataclass(frozen=True, slots=True)
class Crossing:
    """Probability of ever firing, and the expected end of the watch (firing or horizon)."""

    probability: float
    mean_end: float


def poisson_crossing(
    latest: FloatArray, first: int, delay: float, horizon: float, rate: float
) -> Crossing:
    """Follow the count from 0 to ``horizon``; it fires on reaching n while time <= ``latest``.

    ``latest[i]`` belongs to the count ``first + i`` and must not decrease; it has to reach beyond
    the horizon. No look is made before ``delay``; at ``delay`` itself the whole count is looked
    at. ``rate`` is the true rate per unit of time (the relative risk).
    """
    # The count that fires in each segment: the smallest one whose time has not yet passed.
    position = int(np.searchsorted(latest, delay, side="left"))
    limit = first + position
    state = _poisson(limit, rate * delay)
    mean_end = delay
    time = delay
    while time < horizon:
        end = min(float(latest[position]), horizon)
        if end > time:
            mean_end += _mean_stay(state, rate, end - time)
            come = _poisson(_reach(limit, rate * (end - time)), rate * (end - time))
            state = np.convolve(state, come)[:limit]
            time = end
        position, limit = position + 1, limit + 1
        state = np.append(state, 0.0)
    return Crossing(float(1 - state.sum()), mean_end)


def _poisson(size: int, mean: float) -> FloatArray:
    """P(X = 0), ..., P(X = size - 1)."""
    k = np.arange(size)
    return np.exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1))


def _mean_stay(state: FloatArray, rate: float, length: float) -> float:
    """Expected time below the boundary: the integral of P(count <= limit - 1) over a segment.

    From j events there is room for k = limit - 1 - j more, and the k-th waiting time makes
    int_0^length P(Pois(rate s) <= k) ds = sum_{i<=k} P(Gamma(i+1) <= rate length) / rate.
    """
    if rate == 0:
        return float(state.sum()) * length
    reach = _reach(state.size, rate * length)
    room = np.cumsum(special.gammainc(np.arange(1, reach + 1), rate * length)) / rate
    room = np.append(room, np.full(state.size - reach, room[-1]))
    return float(state @ room[::-1])


def _reach(size: int, mean: float) -> int:
    """Of ``size`` counts those worth their work: P(more) < 1e-28, which no double tells from 0."""
    return min(size, math.ceil(mean + 12 * math.sqrt(mean) + 40))
