"""GPS against quadrature, plain-number likelihoods, and vigipy where it is right.

vigipy adds 1e-7 to every mixture density and bisects quantiles until the distribution function is
within 1e-5: it is an oracle to those tolerances.
"""

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats
from vigipy.GPS.GPS import non_truncated_likelihood, truncated_likelihood
from vigipy.utils.distribution_funcs.quantile_funcs import quantiles

from pv.stats import gps, gps_fit

PRIOR = gps.GpsPrior(3.25379356, 0.39988854, 2.02612692, 1.9080797, 0.06534557)
THETA = (0.2, 0.06, 1.4, 1.8, 0.1)


def prior_density(ratio: float) -> float:
    first = stats.gamma.pdf(ratio, PRIOR.alpha1, scale=1 / PRIOR.beta1)
    second = stats.gamma.pdf(ratio, PRIOR.alpha2, scale=1 / PRIOR.beta2)
    return float(PRIOR.weight * first + (1 - PRIOR.weight) * second)


@pytest.mark.parametrize(("n", "expected"), [(0, 0.3), (2, 0.01), (7, 3.5), (16, 0.40643623)])
def test_posterior_is_prior_times_likelihood_by_quadrature(n: int, expected: float) -> None:
    def weighted(ratio: float) -> float:
        return prior_density(ratio) * float(stats.poisson.pmf(n, ratio * expected))

    top = 40 * (n + 3) / (expected + 0.4)
    total = integrate.quad(weighted, 0, top, limit=400)[0]
    log_mean = integrate.quad(lambda r: np.log(r) * weighted(r), 1e-12, top, limit=400)[0] / total
    assert gps.ebgm(n, expected, PRIOR) == pytest.approx(np.exp(log_mean), rel=1e-5)
    for p in (0.05, 0.5, 0.95):
        root = float(gps.quantile(n, expected, PRIOR, p=p))
        assert integrate.quad(weighted, 0, root, limit=400)[0] / total == pytest.approx(p, rel=1e-5)


def test_quantiles_are_those_of_vigipy_to_its_tolerance() -> None:
    rng = np.random.default_rng(1)
    n, expected = rng.integers(0, 40, 500), rng.gamma(0.5, 4, 500)
    weight = gps.posterior_weight(n, expected, PRIOR)
    for p in (0.05, 0.95):
        theirs = quantiles(
            p,
            weight,
            PRIOR.alpha1 + n,
            PRIOR.beta1 + expected,
            PRIOR.alpha2 + n,
            PRIOR.beta2 + expected,
        )
        ours = gps.quantile(n, expected, PRIOR, p=p)
        assert ours == pytest.approx(theirs, rel=2e-3)


@pytest.mark.parametrize(
    "prior",
    [
        PRIOR,
        gps.GpsPrior(0.84, 0.155, 2.99, 2.989, 0.049),
        gps.GpsPrior(0.02, 0.02, 30.0, 60.0, 0.3),  # far apart: quantiles jump between components
    ],
)
def test_quantiles_are_brents_roots_of_the_distribution_function(prior: gps.GpsPrior) -> None:
    rng = np.random.default_rng(3)
    n = rng.negative_binomial(0.5, 0.03, 700).astype(float)
    expected = rng.lognormal(0, 2, 700)
    weight = gps.posterior_weight(n, expected, prior)
    for p, found in (
        (0.05, gps.eb05(n, expected, prior)),
        (0.95, gps.eb95(n, expected, prior)),
        (0.5, gps.quantile(n, expected, prior, p=0.5)),
    ):
        assert found == pytest.approx(brent(n, expected, prior, weight, p), rel=1e-11)


def brent(
    n: np.ndarray, expected: np.ndarray, prior: gps.GpsPrior, weight: np.ndarray, p: float
) -> list[float]:
    one_tail = special.gammaincc if p > 0.5 else special.gammainc
    mass = 1 - p if p > 0.5 else p
    roots: list[float] = []
    for k, e, w in zip(n, expected, weight, strict=True):

        def tail(log_ratio: float, k: float = k, e: float = e, w: float = w) -> float:
            ratio = np.exp(log_ratio)
            first = one_tail(prior.alpha1 + k, (prior.beta1 + e) * ratio)
            return w * first + (1 - w) * one_tail(prior.alpha2 + k, (prior.beta2 + e) * ratio)

        root = optimize.brentq(lambda t: tail(t) - mass, -300, 12, xtol=1e-15, rtol=1e-15)
        roots.append(float(np.exp(root)))
    return roots


def table() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    expected = rng.lognormal(0.5, 1.2, 3000)
    high = rng.random(3000) < 0.1
    ratio = np.where(high, rng.gamma(0.5, 10, 3000), rng.gamma(3, 1 / 3, 3000))
    return rng.poisson(ratio * expected), expected


def plain_likelihood(prior: gps.GpsPrior, n: np.ndarray, expected: np.ndarray, form: str) -> float:
    first = stats.nbinom(prior.alpha1, prior.beta1 / (prior.beta1 + expected))
    second = stats.nbinom(prior.alpha2, prior.beta2 / (prior.beta2 + expected))
    w = prior.weight
    if form == "component-truncated":
        mixture = w * first.pmf(n) / first.sf(0) + (1 - w) * second.pmf(n) / second.sf(0)
    else:
        mixture = w * first.pmf(n) + (1 - w) * second.pmf(n)
    if form == "mixture-truncated":
        mixture /= w * first.sf(0) + (1 - w) * second.sf(0)
    return -float(np.log(mixture).sum())


@pytest.mark.parametrize("form", ["full", "component-truncated", "mixture-truncated"])
def test_fitted_likelihood_is_the_plain_one_and_no_neighbour_beats_it(
    form: gps_fit.Likelihood,
) -> None:
    n, expected = table()
    result = gps_fit.fit(n, expected, likelihood=form)
    if form != "full":
        n, expected = n[n > 0], expected[n > 0]
    best = plain_likelihood(result.prior, n, expected, form)
    assert result.neg_log_likelihood == pytest.approx(best, rel=1e-10)
    theta = np.array([getattr(result.prior, name) for name in gps.GpsPrior.__slots__])
    for i in range(5):
        for factor in (0.97, 1.03):
            moved = theta.copy()
            moved[i] *= factor
            assert plain_likelihood(gps.GpsPrior(*moved), n, expected, form) > best


def test_fit_is_no_worse_than_vigipys_and_its_likelihoods_agree() -> None:
    n, expected = table()
    seen = n > 0
    for form, theirs in (
        ("full", lambda t: non_truncated_likelihood(t, n, expected)),
        ("mixture-truncated", lambda t: truncated_likelihood(t, n[seen], expected[seen], 0)),
    ):
        prior = gps_fit.fit(n, expected, likelihood=form).prior
        theta = [getattr(prior, name) for name in gps.GpsPrior.__slots__]
        cells = (n, expected) if form == "full" else (n[seen], expected[seen])
        assert theirs(theta) == pytest.approx(plain_likelihood(prior, *cells, form), rel=1e-5)
        assert theirs(theta) < theirs(list(THETA))
