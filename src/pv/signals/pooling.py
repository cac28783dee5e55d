"""Pool the strata of each pair: one set of statistics for a country, a region and the pool."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from pv.signals.counts import Counts, Float, Int
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


def decisive(statistics: dict[str, Float], n: Int | Float) -> dict[str, Float]:
    """The statistics as the rule reads them.

    An odds ratio is undefined where no case without the product has the event (or no case of the
    product is without it): just where an association is strongest. There the exact lower limit of
    n/expected stands in for ROR025: it is at most the odds ratio's own, since an odds ratio lies
    further from 1 than the ratio of proportions.
    """
    with np.errstate(divide="ignore"):
        limit = special.gammaincinv(np.maximum(n, 1), 0.025) / statistics["expected"]
    undefined = np.isnan(statistics["ror025"])
    return {**statistics, "ror025": np.where(undefined, limit, statistics["ror025"])}


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
    margins = (
        counts.product_margin, counts.event_margin, counts.totals, pairs.product, pairs.event,
    )  # fmt: skip
    cells = (pairs.of_cell, counts.stratum, counts.a)
    n = _cases(counts, pairs)
    expected = stratified.expected_from_margins(*margins)
    ic = information.ic(n, expected)
    ror = stratified.mh_or_sparse(*margins, *cells)
    return {
        "n": n,
        "expected": expected,
        "ic": ic.estimate,
        "ic025": ic.lower,
        "ic975": ic.upper,
        "ror": ror.estimate,
        "ror025": ror.lower,
        "ror975": ror.upper,
        "prr": mh_rr_sparse(*margins, *cells),
        "chi2_yates": chi2_yates_sparse(*margins, n),
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
