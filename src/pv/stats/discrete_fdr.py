"""False discovery rates of a family of counts, which are discrete (METHODS part 5.1).

A pair of expectation E can only attain some levels, and none above the tail of ``n_min`` cases: the
expected number of pairs without effect at or below a threshold t is V(t) = sum of the attained
levels, far below t times the size of the family. Heyse 2011 (Stat Biopharm Res 3:349); Doehler,
Durand and Roquain 2018 (Electron J Stat 12:1867).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result
from pv.stats.null_tails import SHARP, Null

# A bin's largest expectation stands for all of it: at most 1% more than any of them.
_BINS_PER_LOG = 100
# Below this threshold t itself stands for the attained level, on the safe side.
_SMALLEST = 1e-15
# Levels that are equal but for rounding are one.
_TIE = 1 + 1e-12


@dataclass(frozen=True, slots=True, repr=False)
class Family(Result):
    """The expectations of a family, binned on their logarithm, with the pairs of each bin."""

    expected: FloatArray
    count: FloatArray

    @classmethod
    def of(cls, expected: ArrayLike, count: ArrayLike | None = None) -> "Family":
        """Every pair of the family, also those without a case; or distinct values and how often.

        Pairs without expectation cannot hold a case: they are left out. Whatever the order of the
        pairs, the bins are the same.
        """
        mean = np.atleast_1d(check.counts("expected", expected)).ravel()
        weight = np.ones(mean.size) if count is None else check.counts("count", count).ravel()
        check.columns(expected=mean, count=weight)
        mean, weight = mean[mean > 0], weight[mean > 0]
        place = np.floor(np.log(mean) * _BINS_PER_LOG).astype(np.int64)
        place -= place.min(initial=0)
        number = np.bincount(place, weights=weight)
        largest = np.zeros(number.size)
        np.maximum.at(largest, place, mean)
        # Bins that hold no pair are left out; those of pairs that weigh nothing are not.
        held = largest > 0
        return cls(largest[held], number[held].astype(np.float64, copy=False))

    @property
    def size(self) -> float:
        """Number of pairs."""
        return float(self.count.sum())


def expected_false(
    threshold: ArrayLike, family: Family, *, n_min: int = 1, null: Null = SHARP
) -> FloatArray:
    """V(t): how many pairs of the family would have p <= t, were all of them without effect.

    The sum over the family of the largest attainable level that is at most t, a level being the
    tail of ``n_min`` or more cases. ``threshold`` lies in 0..1, any shape. Exact for the binned
    family; below 1e-15 it is t times the size of the family, which is more.
    """
    level = check.probabilities("threshold", threshold)
    least = check.whole("n_min", n_min)
    if not level.size or not family.expected.size:
        return np.zeros(level.shape)[()]
    levels, running = _levels(level, family, least, null)
    place = np.searchsorted(levels, level * _TIE, side="right")
    found = np.where(level < _SMALLEST, level * family.size, running[place])
    return found[()]


def discrete_q(p: ArrayLike, family: Family, *, n_min: int = 1, null: Null = SHARP) -> FloatArray:
    """q_i = min over t >= p_i of V(t) / #{p <= t}, at most 1.

    ``p`` are the p-values of the candidates, in any order: pairs of the family that meet every
    condition to be listed. 1 is no candidate, and has q = 1. Listing all with q at most some
    level keeps the share of false ones in the list, on average, at that level.
    """
    return step_up_q(p, lambda level: expected_false(level, family, n_min=n_min, null=null))


def step_up_q(
    p: ArrayLike,
    false: Callable[[FloatArray], FloatArray],
    *,
    counted: ArrayLike | None = None,
) -> FloatArray:
    """The q of ``discrete_q`` for a family in parts (Heyse 2011).

    ``p`` has any shape, and so has the result. ``false`` is called once, with the distinct p below
    1 in rising order [m], and gives V at each [m]. Parts that differ in their null or in their
    least count add up: V of the family is the sum of their ``expected_false``. Raises
    ``ValueError`` for a p outside 0..1.

    Of ``p`` only the ``counted`` are candidates (all, unless told; same shape); the others have
    the q of a list that ends at their p, on which they are not counted themselves.
    """
    values = check.probabilities("p", p)
    candidates = values[values < 1]
    one = np.ones(values.shape) if counted is None else np.asarray(counted, dtype=np.float64)
    t, place = np.unique(candidates, return_inverse=True)
    found = np.cumsum(np.bincount(place, weights=one[values < 1], minlength=t.size))
    with np.errstate(divide="ignore"):
        ratio = np.where(found > 0, false(t) / found, np.inf)
    q = np.minimum.accumulate(ratio[::-1])[::-1]
    result = np.ones(values.shape)
    result[values < 1] = np.minimum(q, 1.0)[place]
    return result[()]


def _levels(
    threshold: FloatArray, family: Family, n_min: int, null: Null
) -> tuple[FloatArray, FloatArray]:
    """Every attainable level up to the largest threshold, rising, and V just below and from each.

    ``running`` [i] is V for a threshold at or above i levels.
    """
    top, bottom = (max(float(end), _SMALLEST) for end in (threshold.max(), threshold.min()))
    first = null.critical_count(family.expected, top, n_min=n_min).count
    last = null.critical_count(family.expected, bottom, n_min=n_min)
    # Each bin's counts from the one whose tail is within ``top`` to that within ``bottom``.
    steps = (last.count - first).astype(np.int64)
    bin_of = np.repeat(np.arange(steps.size), steps)
    start = np.repeat(np.cumsum(steps) - steps, steps)
    count = first[bin_of] + (np.arange(bin_of.size) - start)
    level = np.atleast_1d(null.tail(count, family.expected[bin_of]))
    # V rises at each level by what it exceeds the next lower one, that of a further case.
    below = np.append(level[1:], 0.0)
    ends = np.cumsum(steps)[steps > 0] - 1
    below[ends] = last.level[steps > 0]
    order = np.argsort(level, kind="stable")
    rises = (family.count[bin_of] * (level - below))[order]
    base = float((family.count * last.level).sum())
    return level[order], np.concatenate([[base], base + np.cumsum(rises)])
