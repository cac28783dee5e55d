"""No certified fit of the GPS prior is beaten by a second search, which shares no code with it.

The second search is L-BFGS from random starts of a fixed seed, on the textbook's negative binomial.
"""

import numpy as np
import pytest
from scipy import optimize, special

from pv.stats import gps_fit

LOW, HIGH = np.log([0.02, 0.02, 0.02, 0.02, 1e-4]), np.log([50, 9e3, 50, 9e3, 1e4])


def sparse_table(seed: int, cells: int = 1_500) -> tuple[np.ndarray, np.ndarray]:
    """Mostly ones where little is expected, and some cells that share a high ratio: 12.6.

    Such tables have several optima whose -logL differ by tenths, as dietary supplements' (CAERS).
    """
    rng = np.random.default_rng(seed)
    expected = rng.lognormal(-2.5, 1.8, cells)
    high = rng.random(cells) < 0.0349
    ratio = np.where(high, rng.gamma(20.958, 1 / 1.658, cells), rng.gamma(1.738, 1 / 1.564, cells))
    return rng.poisson(ratio * expected), expected


def sharp_table(seed: int, cells: int = 1_200) -> tuple[np.ndarray, np.ndarray]:
    """Counts up to a million; half of the cells share a ratio within 2%, the others vary widely."""
    rng = np.random.default_rng(seed)
    expected = np.exp(rng.uniform(0, np.log(1e6), cells))
    half = rng.random(cells) < 0.5
    ratio = np.where(half, rng.gamma(2e3, 0.9 / 2e3, cells), rng.gamma(0.6, 2.5, cells))
    return rng.poisson(ratio * expected), expected


def comparator_table() -> tuple[np.ndarray, np.ndarray]:
    """30 products by 150 events of heavy-tailed size; the last row is 20 times all the others."""
    rng = np.random.default_rng(5)
    expected = np.outer(rng.pareto(1.1, 30) + 1, rng.pareto(1.0, 150) + 1)
    expected *= 3e6 / expected.sum()
    high = rng.random((30, 150)) < 0.5
    ratio = np.where(high, rng.gamma(1, 1, (30, 150)), rng.gamma(1, 1, (30, 150)))
    n = np.vstack([rng.poisson(ratio * expected), rng.poisson(expected.sum(0) * 20)])
    margins = np.outer(n.sum(1), n.sum(0)) / n.sum()
    return n[margins > 0], margins[margins > 0]


def best_of_restarts(n: np.ndarray, expected: np.ndarray, form: str, restarts: int) -> float:
    values, place = np.unique(n, return_inverse=True)

    def log_pmf(mean: float, size: float) -> np.ndarray:
        rising = (
            special.gammaln(size + values) - special.gammaln(size) - special.gammaln(values + 1)
        )
        rate = mean * expected
        return rising[place] + n * np.log(rate / (size + rate)) - size * np.log1p(rate / size)

    def minus_log_likelihood(point: np.ndarray) -> float:
        mean1, size1, mean2, size2, odds = np.exp(point)
        first, second = log_pmf(mean1, size1), log_pmf(mean2, size2)
        if form == "component-truncated":
            first -= np.log(-np.expm1(-size1 * np.log1p(mean1 * expected / size1)))
            second -= np.log(-np.expm1(-size2 * np.log1p(mean2 * expected / size2)))
        weight = odds / (1 + odds)
        return -float(np.logaddexp(np.log(weight) + first, np.log1p(-weight) + second).sum())

    starts = np.random.default_rng(10).uniform(LOW, HIGH, (restarts, 5))
    bounds = list(zip(LOW, HIGH, strict=True))
    ends = [optimize.minimize(minus_log_likelihood, start, bounds=bounds) for start in starts]
    return min(float(end.fun) for end in ends)


@pytest.mark.parametrize(
    ("table", "form"),
    [
        (sparse_table(8), "component-truncated"),
        (sparse_table(28), "component-truncated"),
        (sharp_table(1), "full"),
        (comparator_table(), "full"),
    ],
)
def test_no_independent_search_beats_a_certified_fit(
    table: tuple[np.ndarray, np.ndarray], form: gps_fit.Likelihood
) -> None:
    n, expected = table
    found = gps_fit.fit(n, expected, likelihood=form)
    if form != "full":
        n, expected = n[n > 0], expected[n > 0]
    assert found.neg_log_likelihood <= best_of_restarts(n, expected, form, restarts=12) + 1e-3


def test_a_sharp_component_of_large_counts_is_not_blurred() -> None:
    found = gps_fit.fit(*comparator_table())
    # A search on cells squashed by tenths of a logarithm ended at 31609.66.
    assert found.neg_log_likelihood == pytest.approx(31432.2684, abs=1e-3)
    assert found.limit == "point-mass"
    prior = found.prior
    assert (prior.alpha1, prior.beta1) == pytest.approx((0.947, 0.884), abs=1e-3)
    assert (prior.alpha2, prior.beta2) == pytest.approx((1e4, 10008), rel=1e-4)
    assert prior.weight == pytest.approx(1 - 0.0643, abs=1e-4)
