"""Pool the strata of each pair: one set of statistics for a country, a region and the pool."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pv.counts.counts import Counts, Float, Int
from pv.stats import disproportionality, information, stratified
from pv.stats.stratified_screening import chi2_yates_sparse, mh_rr_sparse


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
    """Statistics of each cell's own 2x2 table [C], with its a, b, c, d."""
    at = counts.stratum
    a = counts.a.astype(np.float64)
    b = counts.product_margin[counts.product, at] - a
    c = counts.event_margin[counts.event, at] - a
    d = counts.totals[at] - a - b - c
    found = two_by_two(a, b, c, d)
    return {"a": a, "b": b, "c": c, "d": d, **found}


def pooled(counts: Counts, pairs: Pairs) -> dict[str, Float]:
    """Stratified statistics of each pair over all strata of `counts`, zeros included."""
    margins = (counts.product_margin, counts.event_margin, counts.totals)
    at = {"product_index": pairs.product, "event_index": pairs.event}
    cells: dict[str, Any] = {
        **at,
        "cell_pair": pairs.of_cell,
        "cell_stratum": counts.stratum,
        "cell_a": counts.a,
    }
    n = _cases(counts, pairs)
    expected = stratified.expected_from_margins(*margins, **at)
    ic = information.ic(n, expected)
    ror = stratified.mh_or_sparse(*margins, **cells)
    return {
        "n": n,
        "expected": expected,
        "ic": ic.estimate,
        "ic025": ic.lower,
        "ic975": ic.upper,
        "ror": ror.estimate,
        "ror025": ror.lower,
        "ror975": ror.upper,
        "prr": mh_rr_sparse(*margins, **cells),
        "chi2_yates": chi2_yates_sparse(*margins, **at, n=n),
        "rrr": n / expected,
    }


def crude(counts: Counts, pairs: Pairs) -> dict[str, Float]:
    """Statistics of each pair when all strata are collapsed: to compare, never to decide alone."""
    n_product = counts.product_margin.sum(1)[pairs.product]
    n_event = counts.event_margin.sum(1)[pairs.event]
    a = _cases(counts, pairs)
    b, c = n_product - a, n_event - a
    found = two_by_two(a, b, c, counts.totals.sum() - a - b - c)
    return {"n_product": n_product, "n_event": n_event, **found}


def dense(counts: Counts, pairs: Pairs, chosen: Int) -> Float:
    """The 2x2 tables [4, pairs, K] of some pairs, by position, with every zero written out."""
    first = np.searchsorted(pairs.of_cell, chosen, "left")
    sizes = np.searchsorted(pairs.of_cell, chosen, "right") - first
    start = np.cumsum(sizes) - sizes
    cells = np.arange(sizes.sum()) + np.repeat(first - start, sizes)
    a = np.zeros((chosen.size, counts.totals.size))
    a[np.repeat(np.arange(chosen.size), sizes), counts.stratum[cells]] = counts.a[cells]
    b = counts.product_margin[pairs.product[chosen]] - a
    c = counts.event_margin[pairs.event[chosen]] - a
    return np.stack([a, b, c, counts.totals - a - b - c])


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
        "chi2": disproportionality.chi2(a, b, c, d),
        "chi2_yates": disproportionality.chi2(a, b, c, d, yates=True),
        "rrr": a / expected,
    }
