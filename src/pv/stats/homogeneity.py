"""Do the strata agree? Tests that one ratio of observed to expected holds in all (METHODS part 3).

Given the total n, equal ratios make the strata's counts multinomial with p_k = E_k / sum E. Where
the event is common among those counted, proportions are compared instead (``freeman_halton``).
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pv.stats import _multinomial_rarity as rarity
from pv.stats import _network as network
from pv.stats import _validate as check
from pv.stats._multinomial_rarity import MOST_CASES, Rows
from pv.stats._multinomial_rarity import TIE as _TIE
from pv.stats._result import FloatArray, IntArray, Result

# Expected and fitted counts from which Cochran's Q is trusted in every stratum (Cochran 1954).
_LARGE = 5.0


@dataclass(frozen=True, slots=True, repr=False)
class ExactHomogeneity(Result):
    """An exact p-value and how it was found.

    ``enumerated`` tells where every outcome was counted; elsewhere ``p_value`` is a Monte Carlo
    estimate with ``standard_error`` (0 where enumerated).
    """

    p_value: FloatArray
    enumerated: NDArray[np.bool_]
    standard_error: FloatArray


@dataclass(frozen=True, slots=True, repr=False)
class ScreenedHomogeneity(Result):
    """P-values of many pairs and how each was found.

    ``method`` is "enumerated" (every outcome counted), "chi-squared" (Cochran's Q), "simulated",
    or "trivial" (no case or one stratum, p = 1). ``draws`` and ``standard_error`` are 0 where
    nothing was simulated.
    """

    p_value: FloatArray
    standard_error: FloatArray
    draws: IntArray
    method: NDArray[np.str_]


@dataclass(frozen=True, slots=True, repr=False)
class Heterogeneity(Result):
    """Cochran's Q, its degrees of freedom and p-value, and I2 in percent."""

    q: FloatArray
    degrees: FloatArray
    p_value: FloatArray
    i2: FloatArray


def exact(
    n_k: ArrayLike,
    expected_k: ArrayLike,
    *,
    enumerate_up_to: int = 200_000,
    draws: int = 20_000,
    seed: int = 1951,
) -> ExactHomogeneity:
    """P-value of homogeneity: outcomes no more probable than the observed one, given n.

    Freeman and Halton 1951 (Biometrika 38:141) for one multinomial with known proportions. All
    outcomes are enumerated when there are at most ``enumerate_up_to``; otherwise ``draws`` are
    simulated, with p = (1 + those as rare)/(1 + draws), which keeps the error rate (Phipson and
    Smyth 2010). Each row uses the same ``seed`` and its strata in a fixed order, so that a result
    depends neither on its neighbours nor on the order of the strata.

    ``n_k`` (whole) and ``expected_k`` have shape [..., K]; the result [...]. Strata with nothing
    expected are left out; cases there raise ``ValueError``. With no cases, or one stratum, p = 1.
    """
    n, mean = _strata(check.whole_counts("n_k", n_k), expected_k)
    draws, seed = check.whole("draws", draws), check.whole("seed", seed, least=0)
    enumerate_up_to = check.whole("enumerate_up_to", enumerate_up_to, least=0)
    shape = n.shape[:-1]
    p_value, enumerated = np.ones(shape), np.ones(shape, dtype=np.bool_)
    for row in np.ndindex(shape):
        possible = mean[row] > 0
        cases, share = n[row][possible], mean[row][possible]
        # Falling shares: one order for every labelling, and the quickest to simulate.
        order = np.lexsort((cases, -share))
        cases, share = cases[order].astype(np.int64), share[order] / share.sum()
        total = int(cases.sum())
        if total == 0 or cases.size < 2:
            continue
        observed = float(_log_probability(cases, share))
        outcomes = comb(total + cases.size - 1, cases.size - 1)
        if outcomes <= enumerate_up_to:
            every = _all_log_probabilities(total, share)
            p_value[row] = min(1.0, np.exp(every[every <= observed + _TIE]).sum())
        else:
            drawn = np.random.default_rng(seed).multinomial(total, share, size=draws)
            rare = _log_probability(drawn, share) <= observed + _TIE
            p_value[row] = (1 + rare.sum()) / (1 + draws)
            enumerated[row] = False
    spread = np.sqrt(p_value * (1 - p_value) / draws)
    return ExactHomogeneity(p_value, enumerated, np.where(enumerated, 0.0, spread))


def freeman_halton(
    cases: ArrayLike,
    totals: ArrayLike,
    *,
    most_paths: int = 200_000,
    draws: int = 20_000,
    seed: int = 1951,
) -> ExactHomogeneity:
    """P-value of equal proportions in K groups: the K x 2 tables no more probable, margins fixed.

    Freeman and Halton 1951 (Biometrika 38:141): Fisher's exact test for K = 2. For an event that is
    common among ``totals``; ``exact`` takes expectations for parts of a larger whole, and is
    conservative here (30 of 50 against 15 of 50: .036 there, .0046 here). The network algorithm
    gives the exact value; where it would follow more than ``most_paths`` partial tables, ``draws``
    are simulated as in ``exact``, with the same ``seed`` for every row.

    ``cases`` and ``totals`` (whole) have shape [..., K]; the result [...]. Raises ``ValueError``
    for more cases than there are in a group. Where nothing can vary p = 1.
    """
    x, n = check.whole_counts("cases", cases), check.whole_counts("totals", totals)
    check.common_shape(cases=x, totals=n)
    check.not_above("cases", x, "totals", n)
    x, n = np.broadcast_arrays(x, n)
    if n.ndim == 0:
        raise ValueError("cases must have the groups on the last axis")
    draws, seed = check.whole("draws", draws), check.whole("seed", seed, least=0)
    most_paths = check.whole("most_paths", most_paths)
    shape = n.shape[:-1]
    p_value, enumerated = np.ones(shape), np.ones(shape, dtype=np.bool_)
    for row in np.ndindex(shape):
        # The largest group first: one order for every labelling, and the fewest paths.
        order = np.lexsort((x[row], -n[row]))
        size, seen = n[row][order].astype(np.int64), x[row][order].astype(np.int64)
        size, seen = size[size > 0], seen[size > 0]
        total = int(seen.sum())
        if size.size < 2 or total in (0, int(size.sum())):
            continue
        # A table and its complement are one: the rarer answer has fewer cases to place.
        total = min(total, int(size.sum()) - total)
        observed = float(_log_ways(size, seen)) + _TIE
        found = network.rare_probability(size, total, observed, most_paths)
        if found is None:
            generator = np.random.default_rng(seed)
            drawn = generator.multivariate_hypergeometric(size, total, draws, method="marginals")
            found = (1 + (_log_ways(size, drawn) <= observed).sum()) / (1 + draws)
            enumerated[row] = False
        p_value[row] = found
    spread = np.sqrt(p_value * (1 - p_value) / draws)
    return ExactHomogeneity(p_value, enumerated, np.where(enumerated, 0.0, spread))


def screen(  # noqa: PLR0913
    a: ArrayLike,
    expected: ArrayLike,
    *,
    alpha: float = 0.05,
    draws: int = 6_144,
    enumerate_up_to: int = 5_000,
    seed: int = 1951,
) -> ScreenedHomogeneity:
    """P-values of homogeneity for thousands of pairs, in the order of probability of ``exact``.

    ``a`` (whole) and ``expected`` have shape [pairs, K]; the results [pairs]. Outcomes are
    enumerated where there are at most ``enumerate_up_to``, and simulated elsewhere. Cochran's Q
    answers only for more than 512 cases where every E_k and every fitted count n E_k/E is 5 or
    more: with fewer cases simulation is quick, and Q puts 2 to 4% of tables on the other side of
    .05. Simulation stops once a pair is clearly on one side of ``alpha``, with a chance of .001 at
    most to be on the wrong one (Gandy 2009, JASA 104:1504), else after ``draws`` (rounded up to
    whole batches of 128): p = (1 + those as rare)/(1 + draws made), standard error .003 near .05.
    A p far from ``alpha`` is rough.

    The answer for a pair depends on ``seed`` and on its own strata alone, whatever their order,
    its neighbours, or strata without expectation beside them. Raises ``ValueError`` for cases where
    none are expected, shapes that differ, fewer draws than 1/``alpha``.
    """
    n, mean = _strata(check.whole_counts("a", a), expected, "a", "expected")
    if n.ndim != 2:
        raise ValueError(f"a must have the axes pairs and strata, but has {n.ndim}")
    check.level(alpha, "alpha")
    draws, seed = check.whole("draws", draws), check.whole("seed", seed, least=0)
    enumerate_up_to = check.whole("enumerate_up_to", enumerate_up_to, least=0)
    if draws * alpha < 1:
        raise ValueError(f"draws must be at least 1/alpha, but is {draws}")
    rows = _rows(n, mean)
    strata = (rows.share > 0).sum(1)
    p_value, made = np.ones(n.shape[0]), np.zeros(n.shape[0], dtype=np.int64)
    method = np.full(n.shape[0], "trivial", dtype="<U11")
    open_ = (rows.total > 0) & (strata > 1)

    # Rows of one total and number of strata have the same outcomes.
    kinds, kind = np.unique(
        np.stack([rows.total, strata], axis=1)[open_], axis=0, return_inverse=True
    )
    outcomes = np.array([rarity.count_outcomes(int(t), int(k)) for t, k in kinds], dtype=object)
    candidates = np.flatnonzero(open_)
    for i in np.flatnonzero(outcomes <= enumerate_up_to):
        at = candidates[kind.ravel() == i]
        strip = Rows.of(rows.cases[at, : kinds[i, 1]], rows.share[at, : kinds[i, 1]])
        p_value[at] = rarity.enumerate_rows(strip, int(outcomes[i]))
        method[at], open_[at] = "enumerated", False

    least_fitted = rows.total * np.min(rows.share, axis=1, where=rows.share > 0, initial=1.0)
    least_expected = np.min(mean, axis=1, where=mean > 0, initial=np.inf)
    trusted = (np.minimum(least_fitted, least_expected) >= _LARGE) & (rows.total > MOST_CASES)
    large = np.flatnonzero(open_ & trusted)
    p_value[large] = cochran_q(rows.cases[large], rows.share[large]).p_value
    method[large], open_[large] = "chi-squared", False

    rest = np.flatnonzero(open_)
    if rest.size:
        rare, made[rest] = rarity.simulate(rows[rest], alpha, draws, seed)
        p_value[rest] = (1 + rare) / (1 + made[rest])
        method[rest] = "simulated"
    # One more draw on the other side: no simulation is without error, also where all were rare.
    near = p_value * (1 + made) / (2 + made)
    spread = np.sqrt(near * (1 - near) / np.maximum(made, 1))
    return ScreenedHomogeneity(p_value, np.where(made > 0, spread, 0.0), made, method)


def _rows(n: FloatArray, mean: FloatArray) -> Rows:
    """Falling shares, summed in that order: one order, and one rounding, for every labelling."""
    order = np.lexsort((n, -mean), axis=-1)
    mean = np.take_along_axis(mean, order, axis=1)
    with np.errstate(invalid="ignore"):
        share = np.where(mean > 0, mean / mean.cumsum(1)[:, -1:], 0.0)
    return Rows.of(np.take_along_axis(n, order, axis=1).astype(np.int64), share)


def cochran_q(n_k: ArrayLike, expected_k: ArrayLike) -> Heterogeneity:
    """Cochran's Q of observed against expected counts, in its Poisson score form.

    Q = sum (n_k - r E_k)^2/(r E_k) with r = sum n/sum E; I2 = 100 max(0, (Q - df)/Q), Higgins and
    Thompson 2002 (Stat Med 21:1539). For strata with E_k of 5 and more; use ``exact`` below. Shapes
    and empty strata as in ``exact``; ``nan`` when there are no cases or fewer than two strata.
    """
    n, mean = _strata(check.counts("n_k", n_k), expected_k)
    degrees = (mean > 0).sum(-1) - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = mean * (n.sum(-1) / mean.sum(-1))[..., None]
        terms = np.where(mean > 0, (n - fitted) ** 2 / fitted, 0.0)
        q = np.where(degrees > 0, terms.sum(-1), np.nan)
        i2 = np.where(q > degrees, 100 * ((q - degrees) / q), q * 0.0)
        p_value = np.where(degrees > 0, special.chdtrc(np.maximum(degrees, 1), q), np.nan)
    return Heterogeneity(q, degrees, p_value, i2)


def _strata(
    n: FloatArray, expected: ArrayLike, name: str = "n_k", expected_name: str = "expected_k"
) -> tuple[FloatArray, FloatArray]:
    mean = check.counts(expected_name, expected)
    check.common_shape(**{name: n, expected_name: mean})
    n, mean = np.broadcast_arrays(n, mean)
    if n.ndim == 0:
        raise ValueError(f"{name} must have the strata on its last axis")
    if np.any((n > 0) & (mean == 0)):
        raise ValueError(f"{expected_name} must be above zero in every stratum that has cases")
    return n, mean


def _log_ways(size: IntArray, cases: IntArray) -> FloatArray:
    """ln of the ways to choose the cases of each group, summed over the groups."""
    ways = special.gammaln(size + 1.0) - special.gammaln(cases + 1.0)
    return np.asarray((ways - special.gammaln(size - cases + 1.0)).sum(-1))


def _log_probability(cases: NDArray[np.int64], share: FloatArray) -> FloatArray:
    total: NDArray[np.int64] = cases.sum(-1)
    constant = special.gammaln(total + 1.0)
    return constant + (cases * np.log(share) - special.gammaln(cases + 1.0)).sum(-1)


def _all_log_probabilities(total: int, share: FloatArray) -> FloatArray:
    """ln of the probability of every way to spread ``total`` cases over the strata."""
    rest = np.array([total])
    log_p = np.array([special.gammaln(total + 1.0)])
    for log_share in np.log(share[:-1]):
        # Each partial outcome branches into 0..rest cases for this stratum.
        branches = rest + 1
        first = np.repeat(np.cumsum(branches) - branches, branches)
        here = np.arange(first.size) - first
        log_p = np.repeat(log_p, branches) + here * log_share - special.gammaln(here + 1.0)
        rest = np.repeat(rest, branches) - here
    return log_p + rest * np.log(share[-1]) - special.gammaln(rest + 1.0)
