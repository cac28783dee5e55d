"""PRR and continuity-corrected chi-squared pooled over strata, from margins and non-zero cells.

With one stratum both are the ordinary PRR and Yates chi-squared of the 2x2 table, so that one
rule means the same in a country and in the pool. Zeros count (METHODS part 3) and are not written
out; arguments as in ``stratified.mh_or_sparse``.
"""

from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._margins import Margin, Pairs
from pv.stats._result import FloatArray
from pv.stats._strata_formulas import chi2_yates
from pv.stats._stratum_sums import table_sums


def mh_rr_sparse(  # noqa: PLR0913  (three margins, two index columns, three of the cells)
    product_margin: Margin,
    event_margin: Margin,
    totals: ArrayLike,
    *,
    product_index: ArrayLike,
    event_index: ArrayLike,
    cell_pair: ArrayLike,
    cell_stratum: ArrayLike,
    cell_a: ArrayLike,
) -> FloatArray:
    """Mantel-Haenszel ratio of reporting proportions, sum(a (c+d)/N) / sum(c (a+b)/N).

    A stratum with a = 0 adds its whole expectation n_p n_e/N to the denominator and nothing to the
    numerator. Returns [n]; ``inf`` where no case without the product has the event, ``nan`` for
    0/0 (Mantel and Haenszel 1959; Greenland and Robins 1985). Raises as ``mh_or_sparse``.
    """
    return table_sums(
        product_margin, event_margin, totals, product_index=product_index, event_index=event_index,
        cell_pair=cell_pair, cell_stratum=cell_stratum, cell_a=cell_a,
    ).risk_ratio()  # fmt: skip


def chi2_yates_sparse(  # noqa: PLR0913  (three margins, two index columns, n)
    product_margin: Margin,
    event_margin: Margin,
    totals: ArrayLike,
    *,
    product_index: ArrayLike,
    event_index: ArrayLike,
    n: ArrayLike,
) -> FloatArray:
    """Cochran's chi-squared over strata, 1 degree of freedom, with continuity correction.

    max(|n - E| - 1/2, 0)^2 / sum(n_p n_e (N-n_p)(N-n_e) / N^3): Cochran 1954 (Biometrics 10:417),
    whose binomial variance makes one stratum the Yates chi-squared exactly (Mantel and Haenszel's
    N^2 (N-1) would not). ``n`` [n] are the pairs' cases in all strata. ``nan`` without variance.
    """
    pairs = Pairs.of(product_margin, event_margin, totals, product_index, event_index)
    observed = check.counts("n", n)
    check.columns(product_index=pairs.product_at, n=observed)
    expected, _, variance = pairs.screening_sums()
    return chi2_yates(observed, expected, variance)
