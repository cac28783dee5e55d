"""The binomial-normal likelihood against a fine grid for each stratum."""

import numpy as np
import pytest
from scipy import optimize, special, stats

from pv.stats import conditional

X1, T1 = np.array([32, 104, 206, 186, 102]), np.array([52407, 43248, 28612, 12663, 5317])
X2, T2 = np.array([2, 12, 28, 28, 31]), np.array([18790, 10673, 5710, 2585, 1462])


# The trapezium rule on a smooth integrand that vanishes at both ends is exact to rounding.
Z = np.linspace(-9, 9, 4001)


def log_likelihood(
    mu: float, tau: float, x1: np.ndarray, x2: np.ndarray, offset: np.ndarray
) -> float:
    share = special.expit(offset[:, None] + mu + tau * Z)
    integrand = stats.binom.pmf(x1[:, None], (x1 + x2)[:, None], share) * stats.norm.pdf(Z)
    return float(np.log(np.trapezoid(integrand, Z)).sum())


@pytest.mark.parametrize("strata", [slice(0, 5), slice(0, 2)], ids=["doctors", "two strata"])
def test_estimate_is_the_maximum_of_the_integrated_likelihood(strata: slice) -> None:
    """British doctors (Breslow and Day): maximise plain numerical integrals from elsewhere."""
    x1, x2 = X1[strata], X2[strata]
    offset = np.log(T1[strata] / T2[strata])
    ours = conditional.random_rate_ratio(x1, T1[strata], x2, T2[strata])
    found = optimize.minimize(
        lambda at: -log_likelihood(at[0], abs(at[1]), x1, x2, offset),
        [0.3, 0.4],
        method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-9},
    )
    assert np.log(ours.estimate) == pytest.approx(found.x[0], abs=2e-5)
    assert np.sqrt(ours.tau2) == pytest.approx(abs(found.x[1]), abs=2e-4)


def test_limits_lie_where_the_profile_has_fallen_by_its_quantile() -> None:
    x1, x2 = X1[:2], X2[:2]
    offset = np.log(T1[:2] / T2[:2])
    ours = conditional.random_rate_ratio(x1, T1[:2], x2, T2[:2])

    def profile(mu: float) -> float:
        found = optimize.minimize_scalar(
            lambda tau: -log_likelihood(mu, tau, x1, x2, offset), bounds=(0, 5), method="bounded"
        )
        return max(-found.fun, log_likelihood(mu, 0.0, x1, x2, offset))

    fall = profile(float(np.log(ours.estimate))) - profile(float(np.log(ours.upper)))
    assert 2 * fall == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-4)
