"""The exact probability of K x 2 tables no more probable than the observed one, all margins fixed.

Mehta and Patel 1983 (JASA 78:427): groups are taken one after the other. A partial table whose
every completion is rare enough is counted at once, with all of them (Vandermonde's identity), and
one whose no completion is rare enough is left; partial tables with the same cases to come and the
same probability so far are one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.stats._result import FloatArray, IntArray

# Logarithms of partial probabilities closer than this are one path.
_SAME = 1e-10
# Operations for the bounds, beyond which the table is too large for this.
_MOST_WORK = 50_000_000


def rare_probability(size: IntArray, cases: int, log_observed: float, most: int) -> float | None:
    """P(sum ln C(n_k, y_k) <= log_observed), given sum y = ``cases``; None for too many paths.

    ``size`` [K] are the groups, the largest first; at most ``most`` partial tables are followed.
    """
    bounds = _Bounds.of(size, cases)
    if bounds is None:
        return None
    whole = _log_choose(size.sum(), np.array([cases]))[0]
    paths = _Paths(np.array([cases]), np.zeros(1), np.ones(1))
    probability = 0.0
    for k in range(size.size):
        if int(np.minimum(size[k], paths.rest).sum()) + paths.rest.size > 4 * most:
            return None
        paths = paths.extended(int(size[k]), bounds.room[k + 1])
        if paths.rest.size > most:
            return None
        most_probable = paths.log_past + bounds.longest[k + 1][paths.rest]
        settled = most_probable <= log_observed
        to_come = _log_choose(bounds.room[k + 1], paths.rest[settled])
        log_all = paths.log_past[settled] + to_come - whole
        probability += float((paths.number[settled] * np.exp(log_all)).sum())
        least_probable = paths.log_past + bounds.shortest[k + 1][paths.rest]
        paths = paths[~settled & (least_probable <= log_observed)]
    return min(probability, 1.0)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """For 0..cases still to come in the groups from k on: their room, and the largest and smallest
    sum of ln C(n_j, y_j) over them."""

    room: IntArray
    longest: list[FloatArray]
    shortest: list[FloatArray]

    @classmethod
    def of(cls, size: IntArray, cases: int) -> "_Bounds | None":
        room = np.append(np.cumsum(size[::-1])[::-1], 0)
        if int((np.minimum(size, cases) * np.minimum(room[1:], cases)).sum()) > _MOST_WORK:
            return None
        longest, shortest = [np.zeros(1)], [np.zeros(1)]
        rises: FloatArray = np.zeros(0)
        for n in size[::-1]:
            most = min(int(n), cases)
            log_ways = _log_choose(n, np.arange(most + 1))
            new: FloatArray = np.diff(log_ways)
            # ln C is concave: the best split takes the steepest rises first.
            rises = -np.sort(-np.concatenate([rises, new]))[:cases]
            longest.append(np.append(0.0, np.cumsum(rises)))
            reached = np.full(min(shortest[-1].size - 1 + int(n), cases) + 1, np.inf)
            for taken, ways in enumerate(log_ways):
                before = shortest[-1][: reached.size - taken]
                here = reached[taken : taken + before.size]
                np.minimum(here, before + ways, out=here)
            shortest.append(reached)
        return cls(room, longest[::-1], shortest[::-1])


@dataclass(frozen=True, slots=True)
class _Paths:
    """Partial tables: cases still to come, ln of the ways so far, and how many tables there are."""

    rest: IntArray
    log_past: FloatArray
    number: FloatArray

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "_Paths":
        return _Paths(self.rest[chosen], self.log_past[chosen], self.number[chosen])

    def extended(self, size: int, room: int) -> "_Paths":
        """All of them with each possible number of cases in one more group, equal ones joined."""
        fewest = np.maximum(self.rest - room, 0)
        branches = np.minimum(self.rest, size) - fewest + 1
        start = np.repeat(np.cumsum(branches) - branches, branches)
        taken = np.arange(start.size) - start + np.repeat(fewest, branches)
        log_ways = _log_choose(size, np.arange(size + 1))
        rest = np.repeat(self.rest, branches) - taken
        log_past = np.repeat(self.log_past, branches) + log_ways[taken]
        number = np.repeat(self.number, branches)
        order = np.lexsort((log_past, rest))
        rest, log_past, number = rest[order], log_past[order], number[order]
        new = np.ones(rest.size, dtype=np.bool_)
        new[1:] = (np.diff(rest) != 0) | (np.diff(log_past) > _SAME)
        at = np.flatnonzero(new)
        return _Paths(rest[at], log_past[at], np.add.reduceat(number, at))


def _log_choose(n: int | np.integer, k: IntArray) -> FloatArray:
    n_ = float(n)
    return special.gammaln(n_ + 1) - special.gammaln(k + 1.0) - special.gammaln(n_ - k + 1)
