"""The exact tail of a pair's cases over strata, all margins fixed (METHODS part 5.1).

Without effect the cases of a pair in a stratum are hypergeometric, and their sum over the strata a
convolution. Its upper tail is at most the Poisson one from E + 1 cases on (Hoeffding 1956, Ann Math
Stat 27:713; Anderson and Samuels 1967): a screen that leaves few pairs to convolve.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pv.stats import _absorption as absorption
from pv.stats import _validate as check
from pv.stats._hypergeometric import support_weights
from pv.stats._margins import Margin, Pairs
from pv.stats._result import FloatArray, Result
from pv.stats._strata_sum import Strata
from pv.stats.null_tails import SHARP
from pv.stats.twobytwo import TwoByTwo

# Pairs whose strata are written out at once.
_CHUNK = 4_096
# Above this the probability of no case underflows, and one pair at a time is convolved.
_MOST_EXPECTED = 200.0
# A tail needs no limits: the window may be narrow.
_LEVEL = 0.5


@dataclass(frozen=True, slots=True, repr=False)
class StratifiedTail(Result):
    """P(cases >= n) of each pair; where not ``exact``, an upper bound that the screen left."""

    p_value: FloatArray
    exact: NDArray[np.bool_]


def stratified_tail(  # noqa: PLR0913
    n: ArrayLike,
    row_pair: ArrayLike,
    *,
    row_product: ArrayLike,
    row_event: ArrayLike,
    row_total: ArrayLike,
    screen: float | None = None,
) -> StratifiedTail:
    """P(A >= n) for A the sum of independent hypergeometrics, one for each stratum of a pair.

    ``n`` [P] are whole counts. The strata come as rows [R], in any order: the position of their
    pair in 0..P-1, the cases with the product, with the event, and all. Strata in which one of
    the margins is 0 may be left out. Every term is positive, so that small tails keep their
    digits. With a ``screen``, pairs whose Poisson tail exceeds it keep that bound (n of E + 1
    and more) or 1 (fewer), and only the others are convolved: .05 leaves some percent of a table.

    The answer for a pair depends on its own strata alone, whatever their order and its neighbours.
    """
    count = np.atleast_1d(check.whole_counts("n", n))
    pair = check.indices("row_pair", row_pair, count.size)
    product = check.whole_counts("row_product", row_product)
    event = check.whole_counts("row_event", row_event)
    total = check.whole_counts("row_total", row_total)
    check.columns(row_pair=pair, row_product=product, row_event=event, row_total=total)
    check.not_above("row_product", product, "row_total", total)
    check.not_above("row_event", event, "row_total", total)

    rows = _Rows(pair, product, event, total).sorted()
    p_value, exact = _screened(count, rows.sums(rows.expected, count.size), screen)
    found = rows[exact[rows.pair]].tails(count)
    return StratifiedTail(np.where(exact, found, p_value), exact)


def stratified_tail_from_margins(  # noqa: PLR0913
    product_margin: Margin,
    event_margin: Margin,
    totals: ArrayLike,
    *,
    product_index: ArrayLike,
    event_index: ArrayLike,
    n: ArrayLike,
    screen: float | None = None,
) -> StratifiedTail:
    """``stratified_tail`` of pairs [n] from margins, as ``stratified.expected_from_margins``."""
    pairs = Pairs.of(product_margin, event_margin, totals, product_index, event_index)
    count = check.whole_counts("n", n)
    check.columns(product_index=pairs.product_at, n=count)
    p_value, exact = _screened(count, pairs.expected(), screen)
    candidates = np.flatnonzero(exact)
    for start in range(0, candidates.size, _CHUNK):
        chosen = candidates[start : start + _CHUNK]
        row, stratum, product, event = pairs.strata(chosen)
        p_value[chosen] = stratified_tail(
            count[chosen], row, row_product=product, row_event=event,
            row_total=pairs.size[stratum],
        ).p_value  # fmt: skip
    return StratifiedTail(p_value, exact)


def _screened(
    count: FloatArray, expected: FloatArray, screen: float | None
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The bound of each pair, and which are to be computed exactly."""
    if screen is None:
        return np.ones(count.size), np.ones(count.size, dtype=np.bool_)
    check.level(screen, "screen")
    bounded = count >= expected + 1
    p_value = np.where(bounded, SHARP.tail(count, expected), 1.0)
    return p_value, bounded & (p_value <= screen)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Strata of pairs: margins and totals, whole numbers."""

    pair: NDArray[np.intp]
    product: FloatArray
    event: FloatArray
    total: FloatArray

    def __getitem__(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "_Rows":
        return _Rows(
            self.pair[chosen], self.product[chosen], self.event[chosen], self.total[chosen]
        )

    @property
    def expected(self) -> FloatArray:
        """Cases expected in each stratum."""
        return self.product * (self.event / self.total)

    def sorted(self) -> "_Rows":
        """Those that can hold a case by pair, within it by expectation: one order for any given."""
        rows = self[(self.product > 0) & (self.event > 0)]
        keys = (rows.total, rows.event, rows.product, -rows.expected, rows.pair)
        return rows[np.lexsort(keys)]

    def sums(self, values: FloatArray, pairs: int) -> FloatArray:
        """Sums [pairs] of values, one for each row."""
        found = np.bincount(self.pair, weights=values, minlength=pairs)
        return found.astype(np.float64, copy=False)

    def tails(self, count: FloatArray) -> FloatArray:
        """P(A >= n) of every pair; a pair without rows has no case: 1 for n = 0, else 0."""
        # Where both margins together exceed the stratum, some cases are forced to have both. The
        # others are those of the complement: without the product, and without the event.
        forced = np.maximum(self.product + self.event - self.total, 0.0)
        turned = forced > 0
        product = np.where(turned, self.total - self.product, self.product)
        event = np.where(turned, self.total - self.event, self.event)
        free = _Rows(self.pair, product, event, self.total)[(product > 0) & (event > 0)]

        needed = (count - self.sums(forced, count.size)).astype(np.int64)
        most = free.sums(np.minimum(free.product, free.event), count.size)
        mean = free.sums(free.expected, count.size)
        size = np.bincount(free.pair, minlength=count.size)
        first = np.cumsum(size) - size
        strata = absorption.Strata(free.product, free.event, free.total)

        result = np.where(needed > 0, 0.0, 1.0)
        open_ = (needed > 0) & (needed <= most)
        narrow = (needed <= absorption.MOST_NEEDED) & (mean <= _MOST_EXPECTED)
        at = np.flatnonzero(open_ & narrow)
        result[at] = absorption.tails(needed[at], first[at], size[at], strata)
        for i in np.flatnonzero(open_ & ~narrow):
            rows = np.arange(int(first[i]), int(first[i] + size[i]))
            result[i] = _one_wide(int(needed[i]), strata[rows])
        # A tail of nearly all adds up to a little more than 1 by rounding.
        return np.minimum(result, 1.0)


def _one_wide(needed: int, strata: absorption.Strata) -> float:
    """The same of one pair with many cases: a window of the convolution is enough."""
    most = np.minimum(strata.product, strata.event)
    # Any cases that add up to those needed will do: the weights are relative to them.
    a = np.floor(most * (needed / most.sum()))
    short = np.cumsum(a < most) <= needed - a.sum()
    a += short & (a < most)
    table = TwoByTwo(
        a,
        strata.product - a,
        strata.event - a,
        strata.total - strata.product - strata.event + a,
    )
    parts = Strata.of([support_weights(*cells) for cells in zip(*table, strict=True)])
    return parts.tails(parts.near_observation(_LEVEL))[1]
