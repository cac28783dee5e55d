"""Pooling strata (countries) without collapsing them (METHODS part 3).

Sums run over every stratum where both product and event occur, also where no case has both
(a_k = 0): such strata add expectation, and terms to the Mantel-Haenszel denominator and variance.
The sparse forms take margins and the non-zero cells only, and never write the zeros out.
"""

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._intervals import log_normal
from pv.stats._margins import Margin, Pairs
from pv.stats._result import Estimate, FloatArray, LogEstimate
from pv.stats._strata_formulas import robins_breslow_greenland
from pv.stats._stratum_sums import table_sums
from pv.stats.information import ic
from pv.stats.twobytwo import cells


def expected_from_margins(
    product_margin: Margin,
    event_margin: Margin,
    totals: ArrayLike,
    *,
    product_index: ArrayLike,
    event_index: ArrayLike,
) -> FloatArray:
    """Stratified expectation of each pair, E = sum over all strata of n_pk n_ek / N_k.

    ``product_margin`` [P, K] and ``event_margin`` [S, K] hold distinct cases per stratum, dense or,
    where there are thousands of strata, as sparse matrices of SciPy; ``totals`` [K] the strata's
    sizes (an empty stratum contributes nothing), ``product_index`` and ``event_index`` [n] the
    pairs. Returns [n]. Raises ``ValueError`` for margins above their stratum's total and for
    positions out of range.
    """
    return Pairs.of(product_margin, event_margin, totals, product_index, event_index).expected()


def mh_or(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    level: float = 0.95,
) -> LogEstimate:
    """Mantel-Haenszel common odds ratio over the strata on the last axis.

    Mantel and Haenszel 1959; variance of Robins, Breslow and Greenland 1986 (Biometrics 42:311).
    Empty strata contribute nothing. With no case of one of the two products sum(ad/N) = 0 gives 0,
    sum(bc/N) = 0 gives ``inf``, both without an interval (``nan``); 0/0 is ``nan``.
    """
    a_, b_, c_, d_ = np.broadcast_arrays(*cells(a, b, c, d))
    inverse = _inverse(a_ + b_ + c_ + d_)
    r, s = a_ * d_ * inverse, b_ * c_ * inverse
    p, q = (a_ + d_) * inverse, (b_ + c_) * inverse
    return robins_breslow_greenland(
        r.sum(-1),
        s.sum(-1),
        (p * r).sum(-1),
        (p * s + q * r).sum(-1),
        (q * s).sum(-1),
        level,
    )


def mh_rr(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    level: float = 0.95,
) -> LogEstimate:
    """Mantel-Haenszel common risk ratio [a/(a+b)]/[c/(c+d)] over the strata on the last axis.

    Variance of Greenland and Robins 1985 (Biometrics 41:55). Zeros as in ``mh_or``.
    """
    a_, b_, c_, d_ = np.broadcast_arrays(*cells(a, b, c, d))
    with_product, without = a_ + b_, c_ + d_
    inverse = _inverse(with_product + without)
    numerator = (a_ * without * inverse).sum(-1)
    denominator = (c_ * with_product * inverse).sum(-1)
    spread = with_product * without * (a_ + c_) * inverse**2 - a_ * c_ * inverse
    return _ratio(numerator, denominator, spread.sum(-1), level)


def mh_irr(
    x1: ArrayLike,
    t1: ArrayLike,
    x2: ArrayLike,
    t2: ArrayLike,
    *,
    level: float = 0.95,
) -> LogEstimate:
    """Mantel-Haenszel common rate ratio (x1/t1)/(x2/t2) over the strata on the last axis.

    ``x`` are events, ``t`` person-time in one unit; variance of Greenland and Robins 1985. Strata
    without person-time contribute nothing; events without person-time raise ``ValueError``. Zeros
    as in ``mh_or``.
    """
    x1_, x2_ = check.counts("x1", x1), check.counts("x2", x2)
    t1_, t2_ = check.counts("t1", t1), check.counts("t2", t2)
    check.common_shape(x1=x1_, t1=t1_, x2=x2_, t2=t2_)
    for name, events, time in (("1", x1_, t1_), ("2", x2_, t2_)):
        if np.any((events > 0) & (time == 0)):
            raise ValueError(f"x{name} must not exceed 0 where t{name} is 0")
    x1_, t1_, x2_, t2_ = np.broadcast_arrays(x1_, t1_, x2_, t2_)
    inverse = _inverse(t1_ + t2_)
    numerator = (x1_ * t2_ * inverse).sum(-1)
    denominator = (x2_ * t1_ * inverse).sum(-1)
    spread = ((x1_ + x2_) * (t1_ * inverse) * (t2_ * inverse)).sum(-1)
    return _ratio(numerator, denominator, spread, level)


def mh_or_sparse(  # noqa: PLR0913  (three margins, two index columns and the three of the cells)
    product_margin: Margin,
    event_margin: Margin,
    totals: ArrayLike,
    *,
    product_index: ArrayLike,
    event_index: ArrayLike,
    cell_pair: ArrayLike,
    cell_stratum: ArrayLike,
    cell_a: ArrayLike,
    level: float = 0.95,
) -> LogEstimate:
    """``mh_or`` of every pair from margins and non-zero cells, without writing the zeros out.

    Margins and indices as in ``expected_from_margins``. The cells with a > 0 come as three columns:
    position of the pair in 0..n-1, stratum in 0..K-1, and a; a (pair, stratum) comes once.

    The sums are those of ``table_sums``. Returns [n] as ``mh_or``; raises ``ValueError`` on
    repeated cells, positions out of range, and cells that do not fit their margins.
    """
    return table_sums(
        product_margin, event_margin, totals, product_index=product_index, event_index=event_index,
        cell_pair=cell_pair, cell_stratum=cell_stratum, cell_a=cell_a,
    ).odds_ratio(level)  # fmt: skip


def leave_one_out(n_k: ArrayLike, expected_k: ArrayLike, *, level: float = 0.95) -> Estimate:
    """The stratified IC with each stratum left out in turn: the fragility of a pooled signal.

    ``n_k`` and ``expected_k`` have shape [..., K]; position k of the result (same shape) pools all
    strata but k.
    """
    n, mean = check.counts("n_k", n_k), check.counts("expected_k", expected_k)
    n, mean = np.broadcast_arrays(n, mean)
    rest_n = n.sum(-1, keepdims=True) - n
    # Rounding may leave a sum of nothing just below zero.
    rest_mean = np.maximum(mean.sum(-1, keepdims=True) - mean, 0.0)
    return ic(rest_n, rest_mean, level=level)


def _ratio(
    numerator: FloatArray, denominator: FloatArray, spread: FloatArray, level: float
) -> LogEstimate:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        variance = spread / (numerator * denominator)
        defined = (numerator > 0) & (denominator > 0)
        return log_normal(numerator / denominator, np.where(defined, variance, np.nan), level)


def _inverse(size: FloatArray) -> FloatArray:
    """1/N, and 0 for an empty stratum, which so contributes nothing."""
    return np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
