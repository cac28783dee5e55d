"""Exact crossing of an upper boundary by a Poisson count of unknown rate, looked at continuously.

Given the historical person-time V ~ Gamma(c), events come at rate V per unit of the ratio s. Mixed
over V their count is a Polya process, which is Markov: from j events at s, the increment up to s'
is negative binomial of size c + j. The recursion over the times of the boundary is that of
``_crossing``, with this increment in place of the Poisson one.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from pv.stats._result import FloatArray

# A larger step of the negative binomial would underflow at its zero.
_LARGEST_STEP = 500.0
_NEGLIGIBLE = 1e-20


@dataclass(frozen=True, slots=True)
class Watch:
    """Probability of a signal; sums of ratio and events over signals alone, and over all ends."""

    probability: float
    ratio_at_signal: float
    events_at_signal: float
    ratio_at_end: float
    events_at_end: float


@dataclass(frozen=True, slots=True)
class Process:
    """Events at ``rate`` times V per unit of the ratio, V being Gamma of shape ``historical``."""

    historical: float
    rate: float

    def at(self, time: float, size: int) -> FloatArray:
        """P(0), ..., P(size - 1 events) at a time, from none at 0."""
        n, c, s = np.arange(size), self.historical, self.rate * time
        log_pmf = special.gammaln(c + n) - special.gammaln(c) - special.gammaln(n + 1)
        return np.exp(log_pmf - (c + n) * np.log1p(s) + special.xlogy(n, s))

    def grow(self, state: FloatArray, start: float, end: float, limit: int) -> FloatArray:
        """The state at ``end``, below ``limit`` events, from that at ``start``."""
        largest = self.historical + state.size
        whole = math.log1p(self.rate * end) - math.log1p(self.rate * start)
        pieces = max(1, math.ceil(largest * whole / _LARGEST_STEP))
        for _ in range(pieces):
            state = self._step(state, whole / pieces, limit)
        return state

    def _step(self, state: FloatArray, log_step: float, limit: int) -> FloatArray:
        size = self.historical + np.arange(state.size)
        share = -math.expm1(-log_step)
        term = state * np.exp(-size * log_step)
        grown = np.zeros(limit)
        grown[: state.size] = term
        for more in range(1, limit):
            kept = min(term.size, limit - more)
            growth = (size[:kept] + more - 1) / more * share
            term = term[:kept] * growth
            grown[more : more + kept] += term
            # From here on each term is at most half of the one before.
            if growth[-1] < 0.5 and term.sum() < _NEGLIGIBLE:
                break
        return grown

    def mean_stay(self, state: FloatArray, start: float, end: float, limit: int) -> float:
        """Expected ratio spent below ``limit`` events between two times; ``end`` may be inf."""
        if self.rate == 0:
            return float(state.sum()) * (end - start)
        room = limit - np.arange(state.size)
        size = self.historical + limit - room
        q = (1 + self.rate * start) / (1 + self.rate * end)
        # From j events the integral of P(i more at u) du is, with size c + j and scale
        # (1 + r start)/r, that of I_(1 - q)(i + 1, size - 1)/(size - 1); summed over i < m it is
        # the mean of min(X, m), X negative binomial of size - 1, over size - 1.
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = special.betainc(size, np.maximum(room - 1, 1), q)
            each = np.where(room > 1, inside * (1 - q) / q if q > 0 else 0.0, 0.0)
            each += room / (size - 1) * special.betainc(room, np.maximum(size - 1, 1e-300), 1 - q)
        if size[0] == 1:
            # One historical event and none yet: the limit of that form.
            m = int(room[0])
            t = np.arange(1, m)
            log_q = math.log(q) if q > 0 else -math.inf
            rest = (1 - q) * (1 - (1 - q) ** (m - 1)) / q if q > 0 else 0.0
            each[0] = rest + m * (-log_q - float(((1 - q) ** t / t).sum()))
        occupied = state > 0
        return float(state[occupied] @ each[occupied]) * (1 + self.rate * start) / self.rate


@dataclass(frozen=True, slots=True)
class Design:
    """When a count signals: ``latest[i]`` is the last ratio at which ``first + i`` events do.

    ``latest`` increases; it holds the event ``last``, or reaches ``horizon`` (inf if none). No look
    is made before ``delay``, which it reaches too: there the whole count is looked at, be it beyond
    ``last``.
    """

    latest: FloatArray
    first: int
    last: int | None
    delay: float
    horizon: float

    def watches(self, limit: int) -> bool:
        """Whether a signal at so many events is still possible."""
        return self.last is None or limit <= self.last


def power(process: Process, design: Design) -> float:
    """Probability of a signal, without the means."""
    return _follow(process, design, means=False).probability


def watch(process: Process, design: Design) -> Watch:
    """Follow the count to a signal, the event ``last`` or ``horizon``, whichever is first."""
    return _follow(process, design, means=True)


def _follow(process: Process, design: Design, *, means: bool) -> Watch:
    delay, horizon, last = design.delay, design.horizon, design.last
    position = int(np.searchsorted(design.latest, delay, side="left"))
    limit, time = design.first + position, delay
    state = process.at(delay, limit)
    events = np.arange(limit)
    probability = float(1 - state.sum())
    events_at_signal = float(process.historical * process.rate * delay - state @ events)
    cap = limit if last is None else min(limit, last)
    stopped, events_stopped = float(state[cap:].sum()), float(state[cap:] @ events[cap:])
    state, stay = state[:cap], delay
    while time < horizon and design.watches(limit):
        end = min(float(design.latest[position]), horizon)
        if end > time:
            if means:
                stay += process.mean_stay(state, time, end, limit)
            grown = process.grow(state, time, end, limit)
            signals = float(state.sum() - grown.sum())
            probability += signals
            events_at_signal += signals * limit
            state, time = grown, end
        position, limit = position + 1, limit + 1
    # Whoever has left so far has signalled, but for those stopped at the delay.
    ratio_at_signal = stay - time * float(state.sum()) - delay * stopped
    if means and time < horizon and last is not None:
        stay += process.mean_stay(state, time, horizon, last)
        before = float(state.sum())
        state = np.zeros(1) if math.isinf(horizon) else process.grow(state, time, horizon, last)
        events_stopped += (before - float(state.sum())) * last
    events_at_end = events_at_signal + events_stopped + float(state @ np.arange(state.size))
    return Watch(probability, ratio_at_signal, events_at_signal, stay, events_at_end)
