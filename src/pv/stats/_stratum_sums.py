"""Sums over strata from which the pooled statistics of a 2x2 table follow (METHODS part 3).

What a stratum brings is added up, so that a pool, a region or a country is a sum over its strata,
and a pool without a country the sum over the others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pv.stats._margins import Cells, Margin, Pairs
from pv.stats._result import FloatArray, LogEstimate
from pv.stats._strata_formulas import chi2_yates, robins_breslow_greenland


@dataclass(frozen=True, slots=True)
class TableSums:
    """Sums over the strata of each table; every field has the shape of the tables.

    ``n`` cases of both, ``expected`` n_p n_e / N, ``variance`` n_p n_e (N-n_p)(N-n_e) / N^3;
    ``r`` ad/N, ``s`` bc/N, ``pr``, ``cross`` and ``qs`` the products of Robins, Breslow and
    Greenland with p = (a+d)/N and q = (b+c)/N; ``share`` a n_p/N, ``rest`` c n_p/N.
    """

    n: FloatArray
    expected: FloatArray
    variance: FloatArray
    r: FloatArray
    s: FloatArray
    pr: FloatArray
    cross: FloatArray
    qs: FloatArray
    share: FloatArray
    rest: FloatArray

    @classmethod
    def of_tables(cls, a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> "TableSums":
        """What each single table brings; an empty one brings nothing."""
        product, event = a + b, a + c
        total = product + c + d
        inverse = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        r, s = a * d * inverse, b * c * inverse
        p, q = (a + d) * inverse, (b + c) * inverse
        of_product = product * inverse
        expected = of_product * event
        return cls(
            a, expected, expected * (c + d) * (b + d) * inverse * inverse,
            r, s, p * r, p * s + q * r, q * s, of_product * a, of_product * c,
        )  # fmt: skip

    def map(self, change: Callable[[FloatArray], FloatArray]) -> "TableSums":
        """The same with every field changed in one way: a sum over an axis, a choice of rows."""
        return TableSums(*(change(getattr(self, name)) for name in self.__slots__))

    def by(self, group: NDArray[np.intp], size: int) -> "TableSums":
        """Sums over the tables of each group 0..size-1, added in their order."""

        def added(values: FloatArray) -> FloatArray:
            found = np.bincount(group, weights=values, minlength=size)
            return found.astype(np.float64, copy=False)

        return self.map(added)

    def odds_ratio(self, level: float = 0.95) -> LogEstimate:
        """Mantel-Haenszel odds ratio with the variance of Robins, Breslow and Greenland."""
        return robins_breslow_greenland(self.r, self.s, self.pr, self.cross, self.qs, level)

    def risk_ratio(self) -> FloatArray:
        """Mantel-Haenszel ratio of reporting proportions; ``inf`` and ``nan`` as ``mh_rr``."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return (self.n - self.share) / self.rest

    def chi2_yates(self) -> FloatArray:
        """Cochran's chi-squared with continuity correction; ``nan`` without variance."""
        return chi2_yates(self.n, self.expected, self.variance)


def table_sums(  # noqa: PLR0913  (three margins, two index columns, three of the cells)
    product_margin: Margin,
    event_margin: Margin,
    totals: ArrayLike,
    *,
    product_index: ArrayLike,
    event_index: ArrayLike,
    cell_pair: ArrayLike,
    cell_stratum: ArrayLike,
    cell_a: ArrayLike,
) -> TableSums:
    """The sums of every pair over all strata, from margins and the cells with a case.

    Margins are dense [P, K] and [S, K], or sparse where there are thousands of strata; other
    arguments as ``stratified.mh_or_sparse``. Zeros count and are not written out: a stratum with
    a = 0 has r = 0, s = n_p n_e/N, q = (n_p+n_e)/N and p = 1 - q, so that the sums over all strata
    are products of margins; each cell with a > 0 then replaces its own stratum's terms. A pair's
    sums are added in the order of the strata, whatever the other pairs are.
    """
    pairs = Pairs.of(product_margin, event_margin, totals, product_index, event_index)
    cells = Cells.of(pairs, cell_pair, cell_stratum, cell_a)
    expected, qs, variance = pairs.screening_sums()
    a, scale = cells.a, pairs.inverse[cells.stratum]
    b, c = cells.with_product - a, cells.with_event - a
    found = TableSums.of_tables(a, b, c, cells.total - cells.with_product - c)
    empty_s = cells.with_product * cells.with_event * scale
    empty_q = (cells.with_product + cells.with_event) * scale

    def per_pair(terms: FloatArray) -> FloatArray:
        added = np.bincount(cells.pair, weights=terms, minlength=pairs.count)
        return added.astype(np.float64, copy=False)

    share = per_pair(found.share)
    # What cancels to nothing leaves rounding dust, which must not pass for a denominator.
    dust = 4 * np.finfo(np.float64).eps * pairs.size.size * expected

    def clean(denominator: FloatArray) -> FloatArray:
        denominator[denominator <= dust] = 0.0
        return denominator

    return TableSums(
        per_pair(a), expected, variance,
        per_pair(found.r), clean(expected + per_pair(found.s - empty_s)), per_pair(found.pr),
        expected - qs + per_pair(found.cross - (1 - empty_q) * empty_s),
        qs + per_pair(found.qs - empty_q * empty_s), share, clean(expected - share),
    )  # fmt: skip
