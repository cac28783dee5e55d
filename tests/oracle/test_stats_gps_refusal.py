"""When the fit refuses for flatness, one gamma distribution is as likely as the best mixture.

The table is drawn to the measure of FAERS 2025Q4's first 1,000 reports, pooled over countries:
cases that list many products list many events, so that ratios centre on 2.4, and mostly nothing is
expected. There the fit refuses (curvature .02), and a single gamma is within .8 of the best -logL.
"""

import numpy as np
import pytest
from scipy import optimize, stats

from pv.stats import gps_fit


def sparse_table() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    expected = rng.lognormal(-3.6, 1.3, 5_000)
    return rng.poisson(rng.gamma(17, 2.4 / 17, expected.size) * expected), expected


def best_of_one_and_two(n: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """-logL of the best single gamma (negative binomial cells), and of the best mixture of two."""

    def log_pmf(log_shape: float, log_mean: float) -> np.ndarray:
        size = np.exp(log_shape)
        return stats.nbinom.logpmf(n, size, size / (size + np.exp(log_mean) * expected))

    def single(x: np.ndarray) -> float:
        return -float(log_pmf(x[0], x[1]).sum())

    def double(x: np.ndarray) -> float:
        log_w, log_rest = -np.log1p(np.exp(-x[4])), -np.log1p(np.exp(x[4]))
        first, second = log_w + log_pmf(x[0], x[1]), log_rest + log_pmf(x[2], x[3])
        return -float(np.logaddexp(first, second).sum())

    inside = [(-4, 8), (-4, 4)]
    one = optimize.minimize(single, [1.0, 0.5], bounds=inside)
    starts = ([*one.x, -1.0, -1.0, 2.0], [*one.x, 1.0, 2.0, 2.0])
    mixtures = [optimize.minimize(double, x, bounds=[*inside, *inside, (-6, 6)]) for x in starts]
    return float(one.fun), min(float(fit.fun) for fit in mixtures)


def test_a_flat_optimum_is_refused_where_a_second_component_gains_nothing() -> None:
    n, expected = sparse_table()
    with pytest.raises(gps_fit.GpsNotIdentified, match=r"cannot be told apart|on a bound"):
        gps_fit.fit(n, expected)
    one, two = best_of_one_and_two(n, expected)
    # Three more parameters: the 95% point of chi-squared is 7.81 on twice the scale of -logL.
    assert -1e-6 < one - two < 7.81 / 2
