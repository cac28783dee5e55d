"""PRR and continuity-corrected chi-squared pooled over strata, from margins and non-zero cells.

With one stratum both are the ordinary PRR and Yates chi-squared of the 2x2 table, so that one
rule means the same in a country and in the pool. Zeros count (METHODS part 3) and are not written
out; arguments as in ``stratified.mh_or_sparse``.
"""

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._result import FloatArray
from pv.stats.stratified import expected_from_margins


def mh_rr_sparse(  # noqa: PLR0913, PLR0917  (three margins, two index columns, three of the cells)
    product_margin: ArrayLike,
    event_margin: ArrayLike,
    totals: ArrayLike,
    product_index: ArrayLike,
    event_index: ArrayLike,
    cell_pair: ArrayLike,
    cell_stratum: ArrayLike,
    cell_a: ArrayLike,
) -> FloatArray:
    """Mantel-Haenszel ratio of reporting proportions, sum(a (c+d)/N) / sum(c (a+b)/N).

    A stratum with a = 0 adds its whole expectation n_p n_e/N to the denominator and nothing to the
    numerator. Returns [n]; ``inf`` where no case without the product has the event, ``nan`` for
    0/0 (Mantel and Haenszel 1959; Greenland and Robins 1985).
    """
    size = check.counts("totals", totals)
    product = check.counts("product_margin", product_margin)
    product_at = check.indices("product_index", product_index, product.shape[0])
    pair = check.indices("cell_pair", cell_pair, product_at.size)
    stratum = check.indices("cell_stratum", cell_stratum, size.size)
    a = check.counts("cell_a", cell_a)
    share = product[product_at[pair], stratum] / size[stratum]
    expected = expected_from_margins(product, event_margin, size, product_index, event_index)
    inside = np.bincount(pair, weights=a * share, minlength=product_at.size)
    total = np.bincount(pair, weights=a, minlength=product_at.size)
    denominator = expected - inside
    # What cancels to nothing leaves rounding dust, which must not pass for a denominator.
    denominator[denominator <= 4 * np.finfo(np.float64).eps * size.size * expected] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return (total - inside) / denominator


def chi2_yates_sparse(  # noqa: PLR0913, PLR0917  (three margins, two index columns, n)
    product_margin: ArrayLike,
    event_margin: ArrayLike,
    totals: ArrayLike,
    product_index: ArrayLike,
    event_index: ArrayLike,
    n: ArrayLike,
) -> FloatArray:
    """Cochran's chi-squared over strata, 1 degree of freedom, with continuity correction.

    max(|n - E| - 1/2, 0)^2 / sum(n_p n_e (N-n_p)(N-n_e) / N^3): Cochran 1954 (Biometrics 10:417),
    whose binomial variance makes one stratum the Yates chi-squared exactly (Mantel and Haenszel's
    N^2 (N-1) would not). ``n`` [n] are the pairs' cases in all strata. ``nan`` without variance.
    """
    size = check.counts("totals", totals)
    observed = check.counts("n", n)
    product = check.counts("product_margin", product_margin)
    event = check.counts("event_margin", event_margin)
    inverse = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    expected = expected_from_margins(product, event, size, product_index, event_index)
    variance = expected_from_margins(
        product * (1 - product * inverse),
        event * (1 - event * inverse),
        size,
        product_index,
        event_index,
    )
    deviation = np.maximum(np.abs(observed - expected) - 0.5, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, deviation**2 / variance, np.nan)
