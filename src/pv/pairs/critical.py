"""The critical count: the fewest joint cases at which the rule would hold on given margins."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float, Int
from pv.pairs.decision import Decision
from pv.pairs.pooling import two_by_two
from pv.stats._stratum_sums import TableSums

# Whether the rule holds, for tables by their position and a count for each of them.
Holds = Callable[[Int, Float], NDArray[np.bool_]]


def fewest(at: Holds, least: Float, most: Float) -> Float:
    """The smallest whole count in least..most at which `at` holds; nan where at none.

    Doubling steps from `least` on, then bisection: exact where `at`, once it holds, holds up to
    `most`. Where it may fail again, the steps are the finer the nearer they are to `least`.
    """
    below, found = least - 1, np.full(least.shape, np.nan)
    open_, step = np.flatnonzero(least <= most), 0.0
    while open_.size:
        count = np.minimum(least[open_] + step, most[open_])
        hit = at(open_, count)
        found[open_[hit]] = count[hit]
        below[open_[~hit]] = count[~hit]
        open_, step = open_[~hit & (count < most[open_])], 2 * step + 1
    while (open_ := np.flatnonzero(found - below > 1)).size:
        middle = np.floor((below[open_] + found[open_]) / 2)
        hit = at(open_, middle)
        found[open_[hit]] = middle[hit]
        below[open_[~hit]] = middle[~hit]
    return found


def of_tables(
    product: Int, n_product: Float, n_event: Float, total: Float, decide: Decision
) -> Float:
    """Critical counts of single 2x2 tables, all arguments [tables]; nan where none would do.

    The margins stay as they are, so that b and c fall and d rises with a. A count that is larger
    than a margin takes the margin with it: a country that has seen the event twice could still
    have seen it three times. Up to the smaller margin, up to the larger one, and beyond both the
    rules behave differently (a cell b or c becomes empty), so each range is searched on its own.
    """

    def at(tables: Int, count: Float) -> NDArray[np.bool_]:
        row = np.maximum(n_product[tables], count)
        column = np.maximum(n_event[tables], count)
        rest = total[tables] - row - column + count
        with np.errstate(divide="ignore", invalid="ignore"):
            statistics = two_by_two(count, row - count, column - count, rest)
        return decide(product[tables], count, statistics)

    smaller, larger = np.minimum(n_product, n_event), np.maximum(n_product, n_event)
    least = np.maximum(decide.least(product), n_product + n_event - total)
    found = np.full(least.shape, np.nan)
    for most in (np.minimum(smaller - 1, total), np.minimum(larger, total), total):
        open_ = np.flatnonzero(np.isnan(found))
        found[open_] = fewest(
            lambda chosen, count, of=open_: at(of[chosen], count), least[open_], most[open_]
        )
        least = np.maximum(least, most + 1)
    return found


def of_strata(  # noqa: PLR0913, PLR0917
    product: Int, table: Int, n_product: Float, n_event: Float, total: Float, decide: Decision
) -> Float:
    """Critical counts of stratified tables [tables] from the margins of their strata [R].

    `product` [tables] is of the tables, `table` [R] tells which of them a stratum is of, rising.
    Cases are spread over the strata as expected, a_k = n E_k / E, which the odds and risk ratios
    of the strata need; margins as in `of_tables`. A table of one stratum is asked there. nan also
    where nothing is expected.
    """
    expected = n_product * n_event / total
    size = np.bincount(table, minlength=product.size)
    first = np.cumsum(size) - size
    whole = np.bincount(table, weights=expected, minlength=product.size)
    share = expected / whole[table]

    def at(tables: Int, count: Float) -> NDArray[np.bool_]:
        several = size[tables]
        place = np.repeat(np.arange(tables.size), several)
        rows = np.arange(place.size) + np.repeat(
            first[tables] - np.cumsum(several) + several, several
        )
        a = count[place] * share[rows]
        row, column = np.maximum(n_product[rows], a), np.maximum(n_event[rows], a)
        rest = np.maximum(total[rows] - row - column + a, 0.0)
        sums = TableSums.of_tables(a, row - a, column - a, rest).by(place, tables.size)
        return decide.on_sums(sums, product[tables], count)

    found = np.full(product.size, np.nan)
    single = np.flatnonzero((size == 1) & (whole > 0))
    own = first[single]
    found[single] = of_tables(product[single], n_product[own], n_event[own], total[own], decide)
    several = np.flatnonzero((size > 1) & (whole > 0))
    most = np.bincount(table, weights=total, minlength=product.size)[several].astype(np.float64)
    found[several] = fewest(
        lambda chosen, count: at(several[chosen], count), decide.least(product[several]), most
    )
    return found
