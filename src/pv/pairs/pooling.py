"""Pool the strata of each pair: one set of statistics for a country, a region and the pool."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int
from pv.stats import disproportionality, information
from pv.stats._stratum_sums import TableSums, table_sums
from pv.stats.stratified import expected_from_margins

# Tables of so many periods fit the processor's cache, or memory where they are kept.
_IN_CACHE, _IN_MEMORY = 1 << 17, 1 << 22


@dataclass(frozen=True, slots=True)
class Pairs:
    """The distinct pairs of some counts, and the pair of each cell (sorted like the cells)."""

    product: Int
    event: Int
    of_cell: Int

    @classmethod
    def of(cls, counts: Counts) -> "Pairs":
        """The pairs with at least one cell, in the order of the cells."""
        if not counts.a.size:
            return cls(counts.product, counts.event, counts.a)
        new = np.ones(counts.a.size, dtype=bool)
        new[1:] = (np.diff(counts.product) != 0) | (np.diff(counts.event) != 0)
        return cls(counts.product[new], counts.event[new], np.cumsum(new) - 1)


def of_cells(counts: Counts) -> dict[str, Float]:
    """Statistics of each cell's stratum [C], with a, b, c, d of its whole table.

    Where the stratum has several periods of receipt they are pooled, as in `pooled`. The IC is not
    among them: it follows from a and what is expected.
    """
    at = counts.stratum
    a = counts.a.astype(np.float64)
    b = counts.product_margin[counts.product, at] - a
    c = counts.event_margin[counts.event, at] - a
    d = counts.totals[at] - a - b - c
    found = two_by_two(a, b, c, d)
    del found["ic"]
    for cells, sums in _parted(counts):
        for name, values in statistics(sums).items():
            if name in found:
                found[name][cells] = values
    return {"a": a, "b": b, "c": c, "d": d, **found}


def _parted(counts: Counts) -> Iterator[tuple[Int, TableSums]]:
    """The cells of strata with several periods, some at a time, with the sums over these."""
    periods = counts.periods
    order = np.argsort(counts.stratum, kind="stable")
    numbers = np.arange(counts.totals.size)
    first = np.searchsorted(periods.stratum, numbers)
    several = np.searchsorted(periods.stratum, numbers, side="right") - first
    begin = np.searchsorted(counts.stratum[order], numbers)
    end = np.searchsorted(counts.stratum[order], numbers, side="right")
    product, event = periods.product.tocsc(), periods.event.tocsc()
    for k in np.flatnonzero((several > 1) & (end > begin)):
        here = slice(int(first[k]), int(first[k] + several[k]))
        of_product, of_event = product[:, here].toarray(), event[:, here].toarray()
        total = periods.totals[here]
        step = max(1, _IN_CACHE // total.size)
        for start in range(int(begin[k]), int(end[k]), step):
            cells = order[start : min(start + step, int(end[k]))]
            a = np.zeros((cells.size, total.size))
            rows = _rows_of(periods.cell, cells)
            a[rows.pair, periods.period[rows.at] - first[k]] = periods.a[rows.at]
            b = of_product[counts.product[cells]] - a
            c = of_event[counts.event[cells]] - a
            yield cells, TableSums.of_tables(a, b, c, total - a - b - c).map(_over_periods)


def _over_periods(values: Float) -> Float:
    """Sums over the last axis, added in its order."""
    return np.add.accumulate(values, axis=-1)[..., -1]


def pooled(counts: Counts, pairs: Pairs) -> dict[str, Float]:
    """Stratified statistics of each pair over all periods of all strata, zeros included."""
    periods = counts.periods
    return statistics(
        table_sums(
            periods.product, periods.event, periods.totals,
            product_index=pairs.product, event_index=pairs.event,
            cell_pair=pairs.of_cell[periods.cell], cell_stratum=periods.period, cell_a=periods.a,
        )
    )  # fmt: skip


def statistics(sums: TableSums) -> dict[str, Float]:
    """The pooled statistics of pairs, by name, from the sums over their strata."""
    ic, ror = information.ic(sums.n, sums.expected), sums.odds_ratio()
    with np.errstate(divide="ignore", invalid="ignore"):
        rrr = sums.n / sums.expected
    return {
        "n": sums.n,
        "expected": sums.expected,
        "ic": ic.estimate,
        "ic025": ic.lower,
        "ic975": ic.upper,
        "ror": ror.estimate,
        "ror025": ror.lower,
        "ror975": ror.upper,
        "prr": sums.risk_ratio(),
        "chi2_yates": sums.chi2_yates(),
        "rrr": rrr,
    }


def expected_by_stratum(counts: Counts, pairs: Pairs) -> Float:
    """E of each pair when the periods of each stratum are one: by country alone."""
    return expected_from_margins(
        counts.product_margin, counts.event_margin, counts.totals, product_index=pairs.product,
        event_index=pairs.event,
    )  # fmt: skip


def crude(counts: Counts, pairs: Pairs) -> dict[str, Float]:
    """Statistics of each pair when all strata are collapsed: to compare, never to decide alone."""
    n_product = counts.product_margin.sum(1)[pairs.product]
    n_event = counts.event_margin.sum(1)[pairs.event]
    a = _cases(counts, pairs)
    b, c = n_product - a, n_event - a
    found = two_by_two(a, b, c, counts.totals.sum() - a - b - c)
    return {"n_product": n_product, "n_event": n_event, **found}


@dataclass(frozen=True, slots=True)
class Tables:
    """The 2x2 tables of some pairs in every period where product and event both occur, end to end.

    `pair` [R] is the place of a table's pair among the M chosen, rising, `period` [R] its period,
    `stratum` [R] the stratum of that. Periods in which one of the two does not occur bring nothing.
    """

    count: int
    pair: Int
    period: Int
    stratum: Int
    a: Float
    b: Float
    c: Float
    d: Float

    @classmethod
    def of(cls, counts: Counts, pairs: Pairs, chosen: Int) -> "Tables":
        """Of some pairs, by position and in rising order."""
        periods = counts.periods
        pair, period, product, event = strata_of(counts, pairs.product[chosen], pairs.event[chosen])
        width = periods.totals.size
        cells = _rows_of(pairs.of_cell[periods.cell], chosen)
        at = np.searchsorted(pair * width + period, cells.pair * width + periods.period[cells.at])
        a = np.zeros(pair.size)
        a[at] = periods.a[cells.at]
        b, c = product - a, event - a
        stratum = periods.stratum[period]
        d = periods.totals[period] - a - b - c
        return cls(chosen.size, pair, period, stratum, a, b, c, d)

    @property
    def expected(self) -> Float:
        """What is expected in each table [R]."""
        return (self.a + self.b) * (self.a + self.c) / (self.a + self.b + self.c + self.d)

    @property
    def margins(self) -> tuple[Float, Float, Float]:
        """Cases with the product, with the event, and all, of each table [R]."""
        row = self.a + self.b
        return row, self.a + self.c, row + self.c + self.d

    def sums(self, kept: NDArray[np.bool_] | None = None) -> TableSums:
        """The sums of each pair [M] over its tables, or over some of them."""
        at = slice(None) if kept is None else kept
        found = TableSums.of_tables(self.a[at], self.b[at], self.c[at], self.d[at])
        return found.by(self.pair[at], self.count)

    def by_stratum(self, values: Float, strata: int) -> Float:
        """Sums [M, K] of the values of the tables [R] by pair and stratum."""
        found = np.bincount(
            self.pair * strata + self.stratum, weights=values, minlength=self.count * strata
        )
        return found.astype(np.float64, copy=False).reshape(self.count, strata)


def chunks(counts: Counts, chosen: Int) -> Iterator[Int]:
    """Some of the pairs at a time, so that their tables fit memory."""
    step = max(1, _IN_MEMORY // max(1, counts.periods.totals.size))
    for start in range(0, chosen.size, step):
        yield chosen[start : start + step]


def strata_of(counts: Counts, product: Int, event: Int) -> tuple[Int, Int, Float, Float]:
    """Where product and event both occur: place of the pair, period, and cases with each [R]."""
    found: list[tuple[Int, Int, Float, Float]] = [
        (product[:0], product[:0], np.zeros(0), np.zeros(0))
    ]
    periods = counts.periods
    for some in chunks(counts, np.arange(product.size)):
        of_product = periods.product[product[some]].toarray()
        of_event = periods.event[event[some]].toarray()
        pair, period = np.nonzero((of_product > 0) & (of_event > 0))
        found.append((some[pair], period, of_product[pair, period], of_event[pair, period]))
    pair, period, n_product, n_event = (
        np.concatenate(column) for column in zip(*found, strict=True)
    )
    return pair, period, n_product, n_event


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows `at` [R] of a sorted column that hold the chosen values, and the place of each value."""

    pair: Int
    at: Int


def _rows_of(column: Int, chosen: Int) -> _Rows:
    """The rows of a rising column that hold each of the chosen values."""
    first = np.searchsorted(column, chosen, "left")
    sizes = np.searchsorted(column, chosen, "right") - first
    start = np.cumsum(sizes) - sizes
    at = np.arange(sizes.sum()) + np.repeat(first - start, sizes)
    return _Rows(np.repeat(np.arange(chosen.size), sizes), at)


def _cases(counts: Counts, pairs: Pairs) -> Float:
    found = np.bincount(pairs.of_cell, weights=counts.a, minlength=pairs.product.size)
    return found.astype(np.float64, copy=False)


def two_by_two(a: Float, b: Float, c: Float, d: Float) -> dict[str, Float]:
    """The statistics of single 2x2 tables, by name."""
    expected = (a + b) * (a + c) / (a + b + c + d)
    ic = information.ic(a, expected)
    ror = disproportionality.ror(a, b, c, d)
    return {
        "expected": expected,
        "ic": ic.estimate,
        "ic025": ic.lower,
        "ic975": ic.upper,
        "ror": ror.estimate,
        "ror025": ror.lower,
        "ror975": ror.upper,
        "prr": disproportionality.prr(a, b, c, d).estimate,
        "chi2_yates": disproportionality.chi2(a, b, c, d, yates=True),
    }
