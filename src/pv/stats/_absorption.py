"""P(sum of independent hypergeometrics >= n) for many pairs at once, every term positive.

The state of a pair is how many cases are still needed; a stratum takes some of them away, or all.
What is absorbed at "none needed" is the tail: nothing is subtracted, and a tail of 1e-200 keeps its
digits. Pairs are taken together whose states are about as wide.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.stats._result import FloatArray, IntArray

# States of a batch at most, some 16 MB.
_BATCH = 2_000_000
# Strata of which the probabilities are reckoned at once.
_AT_ONCE = 4_096
# What a further term would add to a sum that no double would show.
_NOTHING = 1e-17
# Widths of a batch: the next one that holds a pair's needed cases.
_WIDTHS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256])
MOST_NEEDED = int(_WIDTHS[-1])


@dataclass(frozen=True, slots=True)
class Strata:
    """Hypergeometric strata [R]: cases with the product, with the event, and all of them.

    Both margins are at least 1, and their sum is at most the total: none can be forced.
    """

    product: FloatArray
    event: FloatArray
    total: FloatArray

    def __getitem__(self, rows: NDArray[np.intp]) -> "Strata":
        return Strata(self.product[rows], self.event[rows], self.total[rows])


def tails(needed: IntArray, first: IntArray, size: IntArray, strata: Strata) -> FloatArray:
    """P(sum >= needed) [P]; pair i has the ``size`` [P] strata that begin with row ``first``."""
    result = np.empty(needed.size)
    width = _WIDTHS[np.searchsorted(_WIDTHS, needed)]
    for w in np.unique(width):
        # Of a batch, those with more strata come first: each step works on its head.
        pairs = np.flatnonzero(width == w)
        pairs = pairs[np.argsort(-size[pairs], kind="stable")]
        for batch in _batches(pairs, int(w)):
            result[batch] = _absorbed(int(w), needed[batch], first[batch], size[batch], strata)
    return result


def _batches(pairs: NDArray[np.intp], width: int) -> Iterator[NDArray[np.intp]]:
    step = max(1, _BATCH // (width + 1))
    for start in range(0, pairs.size, step):
        yield pairs[start : start + step]


def _absorbed(
    width: int, needed: IntArray, first: IntArray, size: IntArray, strata: Strata
) -> FloatArray:
    # One row a count that is still needed, so that a step moves whole rows.
    state = np.zeros((width + 1, needed.size))
    state[needed, np.arange(needed.size)] = 1.0
    for open_, here, tail in _steps(width, first, size, strata):
        before = state[1:, :open_].copy()
        # Row by row: NumPy's own sum would round a lone pair otherwise than one among many.
        for row in range(width):
            state[0, :open_] += before[row] * tail[row]
        after = state[1:, :open_]
        after *= here[0]
        for taken in range(1, width):
            after[: width - taken] += before[taken:] * here[taken]
    return state[0]


def _steps(
    width: int, first: IntArray, size: IntArray, strata: Strata
) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """How many pairs have another stratum, and the probabilities of that, stratum by stratum.

    Few pairs with many strata would cost a call of many small ones: several steps are taken at
    once.
    """
    steps = np.arange(int(size[0]))
    open_ = np.searchsorted(-size, -steps, side="left")
    end = np.cumsum(open_)
    for block in np.split(steps, np.flatnonzero(np.diff(end // _AT_ONCE)) + 1):
        rows = np.concatenate([first[: open_[step]] + step for step in block])
        here, tail = _probabilities(width, strata[rows])
        start = 0
        for step in block:
            at = slice(start, start + int(open_[step]))
            yield int(open_[step]), here[:, at], tail[:, at]
            start = at.stop


def _probabilities(width: int, strata: Strata) -> tuple[FloatArray, FloatArray]:
    """P(X = 0..width - 1) and P(X >= 1..width) of each stratum, [width, R] both."""
    n_p, n_e, rest = strata.product, strata.event, strata.total - strata.product - strata.event
    here = np.empty((width + 1, n_p.size))
    here[0] = np.exp(log_none(strata))

    def ratio(j: int) -> FloatArray:
        """P(j + 1) / P(j)"""
        return np.maximum(n_p - j, 0) * np.maximum(n_e - j, 0) / ((j + 1) * (rest + j + 1))

    for j in range(width):
        here[j + 1] = here[j] * ratio(j)
    term, last, j = here[width], here[width].copy(), width
    while True:
        term = term * ratio(j)
        counts = term > _NOTHING * last
        if not counts.any():
            break
        last += np.where(counts, term, 0.0)  # a neighbour that needs more terms adds none here
        j += 1
    tail = here[:width].copy()
    tail[0] = last
    tail[1:] = here[width - 1 : 0 : -1]
    return here[:width], np.cumsum(tail, axis=0)[::-1]


def log_none(strata: Strata) -> FloatArray:
    """ln P(X = 0) = ln C(N - n_p, n_e) / C(N, n_e), to rounding also where N is large.

    The large terms of Stirling's formula are combined into logarithms near 1, and what is left of
    the factorials are corrections of the order of 1/(12 N).
    """
    n_p, n_e, size = strata.product, strata.event, strata.total
    rest = size - n_p - n_e
    some = np.maximum(rest, 1.0)
    large = (some + 0.5) * np.log1p(n_p * (n_e / some) / size)
    large += n_e * np.log1p(-n_p / size) + n_p * np.log1p(-n_e / size)
    correction = _correction(size - n_p) + _correction(size - n_e) - _correction(size)
    # N = n_p + n_e: all but one arrangement have a case with both.
    all_in = n_e * np.log(n_e / size) + n_p * np.log(n_p / size)
    all_in += 0.5 * np.log(2 * math.pi * n_p * (n_e / size))
    return np.where(rest > 0, large - _correction(some), all_in) + correction


def _correction(x: FloatArray) -> FloatArray:
    """ln x! - [(x + 1/2) ln x - x + ln(2 pi)/2], Stirling's error, for x of 1 and more."""
    inverse = 1 / x
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    small = np.minimum(x, 32.0)
    exact = special.gammaln(small + 1) - (small + 0.5) * np.log(small) + small
    return np.where(x > 32, series, exact - 0.5 * math.log(2 * math.pi))
