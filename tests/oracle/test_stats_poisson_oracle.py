"""Poisson and binomial inference against SciPy, statsmodels, enumeration and simulation.

statsmodels' two-sample exact p-value sums the outcomes that are less likely than the one seen, ours
doubles the smaller tail: only their one-sided values are the same, and are compared.
"""

import numpy as np
import pytest
from scipy import integrate, stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson, test_poisson_2indep

from pv.stats import binomial, poisson

# Not a test of this suite, in spite of its name.
two_rates = test_poisson_2indep
del test_poisson_2indep


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_rate_intervals_are_those_of_statsmodels(level: float) -> None:
    for ours, method in ((poisson.garwood, "exact-c"), (poisson.midp, "midp-c")):
        for count in (1, 2, 7, 40, 900):
            low, high = confint_poisson(count, 3.5, method=method, alpha=1 - level)
            result = ours(count, 3.5, level=level)
            assert result.lower == pytest.approx(float(np.squeeze(low)), rel=1e-6)
            assert result.upper == pytest.approx(float(np.squeeze(high)), rel=1e-6)


def test_garwood_covers_every_mean_at_least_at_its_level() -> None:
    x = np.arange(200)
    interval = poisson.garwood(x)
    for mean in np.linspace(0.05, 60, 240):
        inside = (interval.lower <= mean) & (mean <= interval.upper)
        assert stats.poisson.pmf(x, mean)[inside].sum() >= 0.95


def test_midp_covers_near_its_level_on_average_over_means() -> None:
    x = np.arange(200)
    interval = poisson.midp(x)
    means = np.linspace(2, 60, 400)
    inside = (interval.lower <= means[:, None]) & (means[:, None] <= interval.upper)
    coverage = np.where(inside, stats.poisson.pmf(x, means[:, None]), 0).sum(axis=1)
    assert coverage.mean() == pytest.approx(0.95, abs=0.006)


def test_clopper_pearson_is_that_of_statsmodels() -> None:
    x, n = np.array([0, 1, 10, 66, 67]), 67
    low, high = proportion_confint(x, n, method="beta")
    result = binomial.clopper_pearson(x, n)
    assert result.lower == pytest.approx(np.nan_to_num(low), abs=1e-12)
    assert result.upper == pytest.approx(np.nan_to_num(high, nan=1.0), abs=1e-12)


@pytest.mark.parametrize(("x1", "x2"), [(3, 1), (10, 4), (1, 9), (0, 5)])
def test_rate_ratio_limits_invert_the_binomial_test(x1: int, x2: int) -> None:
    t1, t2 = 120.0, 300.0
    result = binomial.rate_ratio(x1, t1, x2, t2)
    share = stats.binomtest(x1, x1 + x2).proportion_ci(method="exact")
    assert result.lower == pytest.approx(share.low / (1 - share.low) * t2 / t1)
    assert result.upper == pytest.approx(share.high / (1 - share.high) * t2 / t1)


@pytest.mark.parametrize("method", ["central", "midp"])
def test_rate_ratio_p_value_doubles_the_one_sided_one_of_statsmodels(
    method: binomial.Method,
) -> None:
    name = {"central": "exact-cond", "midp": "cond-midp"}[method]
    for alternative, x1, x2 in (("larger", 9, 4), ("smaller", 2, 17)):
        theirs = two_rates(x1, 50.0, x2, 80.0, method=name, alternative=alternative).pvalue
        ours = binomial.rate_ratio(x1, 50, x2, 80, method=method).p_value
        assert ours == pytest.approx(2 * theirs)


def test_midp_limits_of_a_ratio_have_half_weight_tails() -> None:
    result = binomial.rate_ratio(4, 1, 9, 1, method="midp")
    for ratio, upper_tail in ((result.lower, True), (result.upper, False)):
        x = stats.binom(13, ratio / (1 + ratio))
        beyond = x.sf(4) if upper_tail else x.cdf(3)
        assert beyond + x.pmf(4) / 2 == pytest.approx(0.025)


def test_uncertain_background_is_a_negative_binomial_of_one_event_more() -> None:
    tail = stats.nbinom(3 + 1, 10_000 / 12_000).sf(4)
    assert poisson.observed_expected_uncertain(5, 2000, 3, 10_000) == pytest.approx(tail)
    # Equally a Poisson whose rate is Gamma(y + 1, T0), mixed by quadrature.
    rate = stats.gamma(4, scale=1 / 10_000)
    mixed, _ = integrate.quad(lambda r: stats.poisson.sf(4, 2000 * r) * rate.pdf(r), 0, 0.01)
    assert poisson.observed_expected_gamma(5, 2000, shape=4, rate=10_000) == pytest.approx(
        mixed, rel=1e-6
    )


def test_uncertain_background_keeps_its_error_where_a_plugged_in_rate_does_not() -> None:
    # T0 = T1 and a true mean of 3 in both: exact enumeration of the false alarms at 5%.
    x, y = np.meshgrid(np.arange(40), np.arange(40), indexing="ij")
    probability = stats.poisson.pmf(x, 3) * stats.poisson.pmf(y, 3)
    honest = poisson.observed_expected_uncertain(x, 1, y, 1) < 0.05
    # A plugged-in rate of 0 makes an alarm of every case; observed_expected refuses to compare.
    plugged = (poisson.observed_expected(x, y).p_upper < 0.05) | ((y == 0) & (x > 0))
    assert probability[honest].sum() <= 0.05
    assert probability[plugged].sum() > 0.12


def test_gamma_poisson_posterior_is_prior_times_likelihood() -> None:
    n, expected = 4, 1.7
    prior = stats.gamma(0.5, scale=1 / 0.5)

    def weighted(ratio: float) -> float:
        return float(prior.pdf(ratio) * stats.poisson.pmf(n, ratio * expected))

    total = integrate.quad(weighted, 0, 60)[0]
    post = poisson.gamma_poisson(n, expected)
    for threshold, ours in ((1, post.above_1), (2, post.above_2)):
        assert ours == pytest.approx(integrate.quad(weighted, threshold, 60)[0] / total, rel=1e-6)
    assert integrate.quad(weighted, 0, post.lower)[0] / total == pytest.approx(0.025, rel=1e-6)
