"""Intervals hold the truth as often as they say: seeded simulations.

Bounds are nominal coverage and four Monte Carlo standard errors, sqrt(.95 x .05/4000) = .0034 each.
"""

import numpy as np
import pytest

from pv.stats import conditional, disproportionality, information, stratified

REPLICATES = 4_000
FOUR_ERRORS = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)


def covered(lower: np.ndarray, upper: np.ndarray, truth: float) -> float:
    return float(((lower <= truth) & (truth <= upper)).mean())


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(95)


def test_woolf_and_evans_intervals_cover_on_large_tables(rng: np.random.Generator) -> None:
    a = rng.binomial(2_000, 0.06, REPLICATES)
    c = rng.binomial(50_000, 0.02, REPLICATES)
    odds = disproportionality.ror(a, 2_000 - a, c, 50_000 - c)
    risk = disproportionality.prr(a, 2_000 - a, c, 50_000 - c)
    true_odds = (0.06 / 0.94) / (0.02 / 0.98)
    assert covered(odds.lower, odds.upper, true_odds) == pytest.approx(0.95, abs=FOUR_ERRORS)
    assert covered(risk.lower, risk.upper, 3.0) == pytest.approx(0.95, abs=FOUR_ERRORS)


def test_exact_interval_covers_at_least_its_level_on_sparse_tables(
    rng: np.random.Generator,
) -> None:
    a = rng.binomial(40, 0.05, REPLICATES)
    c = rng.binomial(400, 0.02, REPLICATES)
    truth = (0.05 / 0.95) / (0.02 / 0.98)
    exact = disproportionality.ror_exact(a, 40 - a, c, 400 - c)
    midp = disproportionality.ror_exact(a, 40 - a, c, 400 - c, midp=True)
    assert covered(exact.lower, exact.upper, truth) >= 0.95 - FOUR_ERRORS
    assert covered(midp.lower, midp.upper, truth) >= 0.94 - FOUR_ERRORS
    assert covered(midp.lower, midp.upper, truth) <= covered(exact.lower, exact.upper, truth)


def test_ic_interval_covers_when_the_ratio_comes_from_its_prior(rng: np.random.Generator) -> None:
    """A Bayesian interval: calibrated over ratios drawn from Gamma(1/2, 1/2), not for each one."""
    ratio = rng.gamma(0.5, 1 / 0.5, REPLICATES)
    n = rng.poisson(ratio * 4.0)
    result = information.ic(n, 4.0)
    share = ((result.lower <= np.log2(ratio)) & (np.log2(ratio) <= result.upper)).mean()
    assert share == pytest.approx(0.95, abs=FOUR_ERRORS)


def test_mantel_haenszel_covers_with_sparse_countries(rng: np.random.Generator) -> None:
    """Thirty small countries, most without a case: the setting of the variance's paper."""
    base = rng.uniform(0.01, 0.1, 30)
    odds = 3 * base / (1 - base)
    a = rng.binomial(15, odds / (1 + odds), (REPLICATES, 30))
    c = rng.binomial(60, base, (REPLICATES, 30))
    result = stratified.mh_or(a, 15 - a, c, 60 - c)
    assert covered(result.lower, result.upper, 3.0) == pytest.approx(0.95, abs=0.015)


def test_exact_common_rate_ratio_covers_at_least_its_level(rng: np.random.Generator) -> None:
    t1, t2 = np.array([100.0, 300.0, 50.0]), np.array([400.0, 900.0, 500.0])
    rates = np.array([0.004, 0.002, 0.01])
    held = 0
    replicates = 400
    for _ in range(replicates):
        x1, x2 = rng.poisson(2 * rates * t1), rng.poisson(rates * t2)
        result = conditional.common_rate_ratio(x1, t1, x2, t2)
        held += bool(result.lower <= 2 <= result.upper)
    assert held / replicates >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / replicates)
