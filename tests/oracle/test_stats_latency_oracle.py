"""Onset under right truncation against lifelines, plain likelihoods and simulation.

lifelines knows left truncation (``entry``), not right truncation. Nonparametrically the two are the
same in reversed time, so its Kaplan-Meier estimate is an oracle there. Its parametric fits are
none: reversing time does not keep the exponential or Weibull family, and passing the reports as
complete observations estimates the truncated distribution.
"""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from scipy import optimize, stats

from pv.stats import latency, latency_parametric


def truncated_sample(shape: float, scale: float, size: int, seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    onset, truncation = scale * rng.weibull(shape, 40 * size), rng.uniform(0, 1500, 40 * size)
    seen = onset <= truncation
    return onset[seen][:size], truncation[seen][:size]


def test_curve_is_kaplan_meier_in_reversed_time() -> None:
    onset, truncation = truncated_sample(1.0, 300, 250, seed=1)
    end = truncation.max() + 1
    reversed_ = KaplanMeierFitter().fit(end - onset, entry=end - truncation)
    curve = latency.onset_curve(onset, truncation)
    # F(t) is the survival just before the reversed time of t.
    before = np.nextafter(end - curve.time, 0)
    survival = reversed_.survival_function_at_times(before).to_numpy()
    assert curve.cumulative == pytest.approx(survival, abs=1e-9)


def test_curve_is_unbiased_and_its_limits_cover_where_the_naive_curve_does_not() -> None:
    at = np.array([50.0, 200.0, 600.0])
    truth = stats.expon.cdf(at, scale=300) / stats.expon.cdf(1500, scale=300)
    covered, estimates, naive = [], [], []
    for seed in range(200):
        onset, truncation = truncated_sample(1.0, 300, 200, seed)
        curve = latency.onset_curve(onset, truncation)
        i = np.searchsorted(curve.time, at, side="right") - 1
        estimates.append(curve.cumulative[i])
        covered.append((curve.lower[i] <= truth) & (truth <= curve.upper[i]))
        naive.append((onset[:, None] <= at).mean(axis=0))
    assert np.mean(estimates, axis=0) == pytest.approx(truth, abs=0.015)
    assert np.mean(covered, axis=0).min() > 0.9
    assert (np.mean(naive, axis=0) > truth + 0.02).all()


def test_interval_curve_is_the_best_of_all_distributions_on_its_support() -> None:
    low, high = np.array([1, 2, 2, 6, 4.0]), np.array([3, 2, 7, 9, 5.0])
    truncation = np.array([10, 4, 8, 9, 12.0])
    curve = latency.interval_onset_curve(low, high, truncation, tolerance=1e-9)
    # Any mass on the days 1 to 9, by a general optimiser over a softmax.
    days = np.arange(1, 10)
    inside = (days >= low[:, None]) & (days <= high[:, None])
    seen = days <= truncation[:, None]

    def negative(free: np.ndarray) -> float:
        mass = np.exp(free - free.max())
        return -float((np.log(inside @ mass) - np.log(seen @ mass)).sum())

    best = min(
        optimize.minimize(negative, start, method="BFGS").fun
        for start in np.random.default_rng(2).normal(0, 1, (8, 9))
    )
    assert curve.log_likelihood == pytest.approx(-best, abs=1e-4)


def negative_weibull(point: np.ndarray, onset: np.ndarray, truncation: np.ndarray) -> float:
    distribution = stats.weibull_min(np.exp(point[0]), scale=np.exp(point[1]))
    return -float((distribution.logpdf(onset) - distribution.logcdf(truncation)).sum())


@pytest.mark.parametrize(("shape", "scale"), [(0.7, 300), (1.0, 300), (2.0, 400)])
def test_weibull_fit_is_the_optimum_of_the_plain_likelihood(shape: float, scale: float) -> None:
    onset, truncation = truncated_sample(shape, scale, 400, seed=3)
    plain = optimize.minimize(
        negative_weibull,
        [0.0, 6.0],
        args=(onset, truncation),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-9},
    )
    fit = latency_parametric.fit_weibull(onset, truncation)
    assert fit.log_likelihood == pytest.approx(-plain.fun, abs=1e-5)
    assert (np.log(fit.shape), np.log(fit.scale)) == pytest.approx(tuple(plain.x), abs=1e-4)
    # The profile limit of the shape: twice the log-likelihood lost is the chi-squared quantile.
    constrained = optimize.minimize_scalar(
        lambda s: negative_weibull(np.array([np.log(fit.shape_lower), s]), onset, truncation),
        bounds=(4, 9),
        method="bounded",
    )
    lost = 2 * (fit.log_likelihood + constrained.fun)
    assert lost == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-3)


def test_exponential_fit_is_the_optimum_of_the_plain_likelihood() -> None:
    onset, truncation = truncated_sample(1.0, 300, 100, seed=4)

    def negative(log_scale: float) -> float:
        return negative_weibull(np.array([0.0, log_scale]), onset, truncation)

    plain = optimize.minimize_scalar(negative, bounds=(3, 9), method="bounded")
    fit = latency_parametric.fit_exponential(onset, truncation)
    assert np.log(fit.scale) == pytest.approx(plain.x, abs=1e-5)
    for limit in (fit.scale_lower, fit.scale_upper):
        lost = 2 * (negative(float(np.log(limit))) - plain.fun)
        assert lost == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-6)


def test_not_identifiable_is_answered_as_often_as_the_likelihood_is_monotone() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        truncation = rng.uniform(1, 10, 6)
        onset = truncation * rng.beta(1, 1, 6)
        fit = latency_parametric.fit_exponential(onset, truncation)
        assert (fit.state == "estimated") == (onset.sum() < truncation.sum() / 2)
