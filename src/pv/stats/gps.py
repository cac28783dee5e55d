"""DuMouchel's gamma-Poisson shrinker: the posterior of a pair's relative reporting ratio.

lambda ~ P Gamma(alpha1, beta1) + (1 - P) Gamma(alpha2, beta2) (shape, rate), n ~ Poisson(lambda E).
The posterior of lambda is again a mixture of two gammas, Gamma(alpha_k + n, beta_k + E). Fitting
the prior is in ``gps_fit``. DuMouchel 1999 (Am Stat 53:177); DuMouchel and Pregibon 2001 (KDD).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import Estimate, FloatArray
from pv.stats._roots import increasing_root

_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, slots=True)
class GpsPrior:
    """The five hyperparameters; ``weight`` is the share P of the first component.

    A prior is reusable: fitted once on the whole background, it serves any smaller table.
    All shapes and rates must be positive and finite, the weight within [0, 1]; else ``ValueError``.
    """

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    weight: float

    def __post_init__(self) -> None:
        for name in ("alpha1", "beta1", "alpha2", "beta2"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be positive and finite, but is {value}")
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight must lie between 0 and 1, but is {self.weight}")


def posterior_weight(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """Q_n: the posterior probability that lambda comes from the first component.

    DuMouchel 1999, eq. 6. ``n`` (counts) and ``expected`` (cases) broadcast. At n = 0, E = 0 it is
    the prior weight. Negative, infinite or nan input raises ``ValueError``.
    """
    return _posterior(n, expected, prior).weight


def ebgm(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """Empirical Bayes geometric mean exp(E[ln lambda | n]) (DuMouchel 1999, eq. 8 to 11).

    ``n`` (counts) and ``expected`` (cases) broadcast. Finite at n = 0 and at E = 0. Negative,
    infinite or nan input raises ``ValueError``.
    """
    post = _posterior(n, expected, prior)
    log1 = special.psi(post.shape1)[post.index] - np.log(post.rate1)
    log2 = special.psi(post.shape2)[post.index] - np.log(post.rate2)
    return np.exp(post.weight * log1 + (1 - post.weight) * log2)


def cdf(n: ArrayLike, expected: ArrayLike, prior: GpsPrior, ratio: float) -> FloatArray:
    """Posterior probability that lambda is at most ``ratio`` (for instance a local null, 2).

    ``n`` (counts) and ``expected`` (cases) broadcast; ``ratio`` is one number >= 0, else
    ``ValueError``.
    """
    if not ratio >= 0:
        raise ValueError(f"ratio must not be negative, but is {ratio}")
    post = _posterior(n, expected, prior)
    below1 = special.gammainc(post.shape1[post.index], post.rate1 * ratio)
    below2 = special.gammainc(post.shape2[post.index], post.rate2 * ratio)
    return post.weight * below1 + (1 - post.weight) * below2


def quantile(n: ArrayLike, expected: ArrayLike, prior: GpsPrior, p: float) -> FloatArray:
    """The posterior quantile of lambda: the root of the mixture's distribution function.

    EB05 is ``p = 0.05``. ``n`` (counts) and ``expected`` (cases) broadcast; ``p`` is one number
    strictly between 0 and 1. Solved in ln lambda to the last digits; the root lies between the
    quantiles of the two components, which need computing only once per distinct count. Negative,
    infinite or nan input raises ``ValueError``.
    """
    p = check.level(p, "p")
    post = _posterior(n, expected, prior)
    # The smaller tail is inverted, so that no digits are lost to 1 - F.
    upper_tail = p > 0.5
    inverse = special.gammainccinv if upper_tail else special.gammaincinv
    tail = 1 - p if upper_tail else p
    # A shape near zero puts its quantile below the smallest float: the search starts there.
    q1 = np.maximum(inverse(post.shape1, tail), _TINY)
    q2 = np.maximum(inverse(post.shape2, tail), _TINY)
    log_q1 = np.log(q1)[post.index] - np.log(post.rate1)
    log_q2 = np.log(q2)[post.index] - np.log(post.rate2)
    norm1, norm2 = special.gammaln(post.shape1), special.gammaln(post.shape2)

    def above(log_x: FloatArray, *mixture: FloatArray) -> tuple[FloatArray, FloatArray]:
        weight, shape1, rate1, norm1, shape2, rate2, norm2 = mixture
        x = np.exp(log_x)
        x1, x2 = rate1 * x, rate2 * x
        one_tail = special.gammaincc if upper_tail else special.gammainc
        mass = weight * one_tail(shape1, x1) + (1 - weight) * one_tail(shape2, x2)
        density = weight * np.exp(shape1 * np.log(x1) - x1 - norm1)
        density += (1 - weight) * np.exp(shape2 * np.log(x2) - x2 - norm2)
        value = np.log(mass / tail)
        return (-value if upper_tail else value), density / mass

    root = increasing_root(
        above,
        np.minimum(log_q1, log_q2),
        np.maximum(log_q1, log_q2),
        post.weight * log_q1 + (1 - post.weight) * log_q2,
        post.weight,
        post.shape1[post.index],
        post.rate1,
        norm1[post.index],
        post.shape2[post.index],
        post.rate2,
        norm2[post.index],
    )
    return np.exp(root)


def eb05(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """The 5% posterior quantile of lambda (see ``quantile``)."""
    return quantile(n, expected, prior, 0.05)


def eb95(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """The 95% posterior quantile of lambda (see ``quantile``)."""
    return quantile(n, expected, prior, 0.95)


def ebgm_interval(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> Estimate:
    """EBGM with EB05 and EB95 as one result."""
    return Estimate(ebgm(n, expected, prior), eb05(n, expected, prior), eb95(n, expected, prior))


@dataclass(frozen=True, slots=True)
class _Posterior:
    """The mixture of each pair. Shapes are held per distinct count, ``index`` maps pairs to it."""

    weight: FloatArray
    shape1: FloatArray
    rate1: FloatArray
    shape2: FloatArray
    rate2: FloatArray
    index: np.ndarray[tuple[int, ...], np.dtype[np.intp]]


def _posterior(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> _Posterior:
    counts = check.counts("n", n)
    expected_ = check.counts("expected", expected)
    shape = check.common_shape(n=counts, expected=expected_)
    distinct, index = np.unique(counts, return_inverse=True)
    index = np.broadcast_to(index.reshape(counts.shape), shape)
    shape1, shape2 = prior.alpha1 + distinct, prior.alpha2 + distinct
    rate1 = np.broadcast_to(prior.beta1 + expected_, shape)
    rate2 = np.broadcast_to(prior.beta2 + expected_, shape)
    # ln of Gamma(alpha + n)/Gamma(alpha) beta^alpha/(beta + E)^(alpha + n): what the two negative
    # binomial likelihoods do not share. Leaving out E^n keeps E = 0 finite.
    log_f1 = (
        (special.gammaln(shape1) - special.gammaln(prior.alpha1))[index]
        + prior.alpha1 * math.log(prior.beta1)
        - shape1[index] * np.log(rate1)
    )
    log_f2 = (
        (special.gammaln(shape2) - special.gammaln(prior.alpha2))[index]
        + prior.alpha2 * math.log(prior.beta2)
        - shape2[index] * np.log(rate2)
    )
    weight = special.expit(special.logit(prior.weight) + log_f1 - log_f2)
    return _Posterior(weight, shape1, rate1, shape2, rate2, index)
