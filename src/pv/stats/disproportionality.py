"""Closed-form disproportionality of a product and an event (METHODS part 2).

All functions take the cells a, b, c, d of ``pv.stats.twobytwo`` (arrays that broadcast) and raise
``ValueError`` naming a cell that is negative, infinite or nan. Intervals are two-sided. They
screen; they are not error-controlled over many pairs or many looks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._hypergeometric import excess, odds_ratio_limits, two_sided
from pv.stats._intervals import log_normal, shrunk_log2_ratio
from pv.stats._result import Estimate, FloatArray, LogEstimate, Result
from pv.stats.twobytwo import TwoByTwo, cells, expected, from_margins, whole_cells

# Ratios that are equal but for rounding are ties.
_TIE = 1e-9
_SCAN_CELLS = 1 << 20


def prr(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> LogEstimate:
    """Proportional reporting ratio, [a/(a+b)] / [c/(c+d)], with its log-normal interval.

    Evans, Waller and Davis 2001 (Pharmacoepidemiol Drug Saf 10:483);
    var(ln PRR) = 1/a - 1/(a+b) + 1/c - 1/(c+d).

    With a = 0 the estimate is 0, with c = 0 < a it is ``inf``; both have no interval (``nan``).
    An empty row (a+b = 0 or c+d = 0), or a = c = 0, is undefined: all ``nan``.
    """
    table = cells(a, b, c, d)
    a_, b_, c_, d_ = table
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        with_product = a_ + b_
        without = c_ + d_
        estimate = (a_ / with_product) / (c_ / without)
        # 1/a - 1/(a+b) written without the subtraction, which loses digits when b is small.
        variance = b_ / (a_ * with_product) + d_ / (c_ * without)
        # An empty cell leaves no interval, even where b = 0 or d = 0 would hide it from the sum.
        variance = np.where((a_ > 0) & (c_ > 0), variance, np.nan)
        return log_normal(estimate, variance, level)


def ror(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> LogEstimate:
    """Reporting odds ratio ad/(bc) with Woolf's interval, var(ln) = 1/a + 1/b + 1/c + 1/d.

    van Puijenbroek et al. 2002 (Pharmacoepidemiol Drug Saf 11:3). Any zero cell: undefined, all
    ``nan``; see ``ror_haldane`` and ``ror_exact`` for answers there.
    """
    a_, b_, c_, d_ = cells(a, b, c, d)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        variance = 1 / a_ + 1 / b_ + 1 / c_ + 1 / d_
        variance = np.where(np.isfinite(variance), variance, np.nan)
        estimate = np.where(np.isnan(variance), np.nan, (a_ * d_) / (b_ * c_))
        return log_normal(estimate, variance, level)


def ror_haldane(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> LogEstimate:
    """The reporting odds ratio after adding 1/2 to every cell (Haldane 1956, Anscombe 1956).

    Always defined. It is another statistic than ``ror``, also where no cell is zero, and is never
    put in its place silently.
    """
    a_, b_, c_, d_ = cells(a, b, c, d)
    return ror(a_ + 0.5, b_ + 0.5, c_ + 0.5, d_ + 0.5, level=level)


def ror_exact(  # noqa: PLR0913
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    midp: bool = False,
    level: float = 0.95,
) -> Estimate:
    """Odds ratio by conditional maximum likelihood with exact (Fisher, or mid-p) central limits.

    All margins fixed, the number of cases with both follows Fisher's noncentral hypergeometric
    distribution (Cornfield 1956; mid-p: Berry and Armitage 1995). Whole counts only. Zero cells
    have answers: at the low end of a's range estimate and lower limit are 0, at the high end
    estimate and upper limit ``inf``; a table that cannot vary gives ``nan`` within 0 to ``inf``.
    It solves for each table: meant for thousands of pairs, not for millions.
    """
    flat, shape = _flat(whole_cells(a, b, c, d))
    limits = odds_ratio_limits(flat, check.level(level), midp=midp)
    return Estimate(*(part.reshape(shape) for part in limits))


def fisher(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> FloatArray:
    """Fisher's exact two-sided p-value: the tables no more probable than the observed one.

    Whole counts only. 1 where the table cannot vary, an empty table included.
    """
    flat, shape = _flat(whole_cells(a, b, c, d))
    return two_sided(flat).reshape(shape)[()]


def fisher_excess(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, midp: bool = True
) -> FloatArray:
    """One-sided p-value of more cases with both than chance, all margins fixed.

    Mid-p by default, P(X > a) + P(X = a)/2 (Lancaster 1961, JASA 56:223): the p-value to put
    through ``multiplicity.benjamini_hochberg`` over all pairs, where the exact one, P(X >= a),
    wastes error on discrete counts. Whole counts only. A table that cannot vary gives 1/2 (1 when
    exact).
    """
    flat, shape = _flat(whole_cells(a, b, c, d))
    return excess(flat, midp=midp).reshape(shape)[()]


def chi2(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, yates: bool = False
) -> FloatArray:
    """Pearson's chi-squared with one degree of freedom, or Yates's continuity-corrected form.

    N (ad - bc)^2 / [(a+b)(c+d)(a+c)(b+d)]; Yates puts max(|ad - bc| - N/2, 0) for |ad - bc|.
    ``nan`` when a margin is zero.
    """
    table = cells(a, b, c, d)
    a_, b_, c_, d_ = table
    total = table.total
    distance = np.abs(a_ * d_ - b_ * c_)
    if yates:
        distance = np.maximum(distance - total / 2, 0)
    with np.errstate(invalid="ignore"):
        # Two quotients, not one over the product of four margins, which could overflow.
        first = distance / ((a_ + b_) * (c_ + d_))
        second = distance / ((a_ + c_) * (b_ + d_))
        return first * second * total


def rrr(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> FloatArray:
    """Relative reporting ratio a/E with E = (a+b)(a+c)/N: observed over expected, not the PRR.

    ``nan`` where nothing is expected (an empty margin).
    """
    with np.errstate(invalid="ignore"):
        return check.counts("a", a) / expected(a, b, c, d)


def lrt(n: ArrayLike, n_product: ArrayLike, n_event: ArrayLike, n_total: ArrayLike) -> FloatArray:
    """Log-likelihood ratio of Huang, Zalkikar and Tiwari 2011 (JASA 106:1230), one-sided.

    n ln(n/E) + (n_event - n) ln[(n_event - n)/(n_event - E)] with E = n_product n_event / n_total,
    and 0 where n <= E. The event's margin is the fixed total that is spread over the products;
    exchange the two margins for the scan of the events of one product. ``nan`` when n_total = 0.
    """
    table = from_margins(n, n_product, n_event, n_total)
    n_, event = table.a, table.a + table.c
    with np.errstate(invalid="ignore"):
        mean = (table.a + table.b) * event / table.total
    return _log_ratio(n_, mean, event)[()]


@dataclass(frozen=True, slots=True, repr=False)
class LikelihoodScan(Result):
    """Huang's test over all events of one product.

    ``llr`` [I] is each event's log-likelihood ratio and ``p_value`` [I] the probability that the
    largest of all would be as large: an event below alpha is a signal, with the error held over all
    events together. ``overall_p_value`` is that of the largest, ``critical_value`` what a ratio
    must exceed at ``alpha``.
    """

    llr: FloatArray
    p_value: FloatArray
    overall_p_value: float
    critical_value: float


def lrt_scan(
    n: ArrayLike,
    n_event: ArrayLike,
    *,
    alpha: float = 0.05,
    draws: int = 9_999,
    seed: int = 2011,
) -> LikelihoodScan:
    """Maximum likelihood ratio over the events of a product, with its Monte Carlo p-value.

    Huang, Zalkikar and Tiwari 2011 (JASA 106:1230), section 2. ``n`` [I] are the product's counts
    of the events, ``n_event`` [I] those of all products. Without effect, and given their sum, the
    product's counts are multinomial with shares n_event/sum n_event; p = (1 + draws whose largest
    ratio is no smaller)/(1 + ``draws``), which keeps the error rate (Phipson and Smyth 2010). The
    sums are of mentions, not of distinct cases: events that come in the same cases are taken as
    independent. Exchange the roles for the products of one event.

    Whole counts. The result depends on ``seed`` but not on the order of the events. Raises
    ``ValueError`` where ``n`` exceeds ``n_event``, where shapes differ, and for fewer draws than
    1/``alpha``. Without any case every p is 1.
    """
    cases, margin = check.whole_counts("n", n), check.whole_counts("n_event", n_event)
    if cases.ndim != 1 or cases.shape != margin.shape:
        raise ValueError(
            f"n and n_event must be two lists of equal length: {cases.shape}, {margin.shape}"
        )
    check.not_above("n", cases, "n_event", margin)
    check.level(alpha, "alpha")
    draws, seed = check.whole("draws", draws), check.whole("seed", seed, least=0)
    if draws * alpha < 1:
        raise ValueError(f"draws must be at least 1/alpha, but is {draws}")
    total = float(cases.sum())
    if total == 0:
        return LikelihoodScan(np.zeros(cases.size), np.ones(cases.size), 1.0, 0.0)
    # Falling margins, for all orders of the events the same draws; an empty one draws nothing.
    falling = -np.sort(-margin[margin > 0])
    maxima = np.sort(_largest_ratios(total, falling / falling.sum(), draws, seed))
    llr = _log_ratio(cases, total * margin / margin.sum(), total)
    as_large = draws - np.searchsorted(maxima, llr * (1 - _TIE))
    p_value = (1.0 + as_large) / (1 + draws)
    # The k-th largest of the draws, k/(1 + draws) <= alpha: a larger ratio has p <= alpha.
    critical = maxima[draws - int(alpha * (1 + draws) + _TIE)]
    return LikelihoodScan(llr, p_value, float(p_value.min()), float(critical))


def _largest_ratios(total: float, share: FloatArray, draws: int, seed: int) -> FloatArray:
    """The largest log-likelihood ratio of each draw from the null."""
    generator = np.random.default_rng(seed)
    mean = total * share
    step = max(1, _SCAN_CELLS // share.size)
    # The generator's stream goes on from chunk to chunk: their size changes nothing.
    return np.concatenate(
        [
            _log_ratio(
                generator.multinomial(int(total), share, size=min(step, draws - start)), mean, total
            ).max(1)
            for start in range(0, draws, step)
        ]
    )


def _log_ratio(n: ArrayLike, mean: FloatArray, total: FloatArray | float) -> FloatArray:
    """n ln(n/E) + (total - n) ln[(total - n)/(total - E)] where n > E, else 0."""
    n_ = np.asarray(n, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest, rest_mean = total - n_, total - mean
        # total = E only when every case has the product; then n = E as well and the ratio is 0.
        ratio = special.xlogy(n_, n_ / mean) + special.xlogy(rest, rest / rest_mean)
        return np.where(np.isnan(mean), np.nan, np.where(n_ > mean, ratio, 0.0))


@dataclass(frozen=True, slots=True, repr=False)
class Interaction(Estimate):
    """Omega with its interval, and the cases ``expected`` with both products and the event."""

    expected: FloatArray


def omega(  # noqa: PLR0913  (the eight cells of the table are the argument)
    *,
    n111: ArrayLike,
    n110: ArrayLike,
    n101: ArrayLike,
    n011: ArrayLike,
    n100: ArrayLike,
    n010: ArrayLike,
    n001: ArrayLike,
    n000: ArrayLike,
    level: float = 0.95,
) -> Interaction:
    """Omega, the shrunk log2 ratio of two products' interaction.

    Noren, Sundberg, Bate and Edwards 2008 (Stat Med 27:3057). The digits say product 1, product 2,
    event: ``n101`` has product 1 and the event without product 2. The expectation assumes that the
    risks of the products add (conditioning on the stronger effect where one protects):
    E111 = n11. g11, g11 = 1 - 1/(max(o00, o10) + max(o00, o01) - o00 + 1) with the odds
    o = n..1/n..0; omega = log2[(n111+.5)/(E111+.5)] with exact gamma limits.

    ``nan`` where one of the three reference groups has no case without the event.
    """
    names = ("n111", "n110", "n101", "n011", "n100", "n010", "n001", "n000")
    values = (n111, n110, n101, n011, n100, n010, n001, n000)
    counts = {name: check.counts(name, value) for name, value in zip(names, values, strict=True)}
    check.common_shape(**counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds_neither = counts["n001"] / counts["n000"]
        odds_first = counts["n101"] / counts["n100"]
        odds_second = counts["n011"] / counts["n010"]
        joint = (
            np.maximum(odds_neither, odds_first)
            + np.maximum(odds_neither, odds_second)
            - odds_neither
        )
        mean = (counts["n111"] + counts["n110"]) * joint / (1 + joint)
    ratio = shrunk_log2_ratio(counts["n111"], mean, check.level(level))
    return Interaction(ratio.estimate, ratio.lower, ratio.upper, mean)


def _flat(table: TwoByTwo) -> tuple[TwoByTwo, tuple[int, ...]]:
    """The broadcast cells as columns, and the shape to give back."""
    shape = np.broadcast_shapes(*(cell.shape for cell in table))
    return TwoByTwo(*(np.broadcast_to(cell, shape).ravel() for cell in table)), shape
