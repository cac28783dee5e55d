"""DuMouchel's gamma-Poisson shrinker: the posterior of a pair's relative reporting ratio.

lambda ~ P Gamma(alpha1, beta1) + (1 - P) Gamma(alpha2, beta2) (shape, rate), n ~ Poisson(lambda E).
The posterior of lambda is again a mixture of two gammas, Gamma(alpha_k + n, beta_k + E). Fitting
the prior is in ``gps_fit``. DuMouchel 1999 (Am Stat 53:177); DuMouchel and Pregibon 2001 (KDD).
"""

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._gamma_mixture import Tail
from pv.stats._gps_posterior import GpsPrior, Posteriors, blocks
from pv.stats._gps_quantile import Grid
from pv.stats._result import Estimate, FloatArray

__all__ = [
    "GpsPrior",
    "cdf",
    "eb05",
    "eb95",
    "ebgm",
    "ebgm_interval",
    "posterior_weight",
    "quantile",
]


def posterior_weight(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """Q_n: the posterior probability that lambda comes from the first component.

    DuMouchel 1999, eq. 6. ``n`` (counts) and ``expected`` (cases) broadcast. At n = 0, E = 0 it is
    the prior weight. Negative, infinite or nan input raises ``ValueError``.
    """
    shape, posteriors = _posteriors(n, expected, prior)
    weight = np.empty(posteriors.n.size)
    for block in blocks(posteriors.n.size):
        weight[block] = posteriors.mixture(block).weight
    return weight.reshape(shape)[()]


def ebgm(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """Empirical Bayes geometric mean exp(E[ln lambda | n]) (DuMouchel 1999, eq. 8 to 11).

    ``n`` (counts) and ``expected`` (cases) broadcast. Finite at n = 0 and at E = 0. Negative,
    infinite or nan input raises ``ValueError``.
    """
    shape, posteriors = _posteriors(n, expected, prior)
    return np.exp(posteriors.log_mean().reshape(shape))


def cdf(n: ArrayLike, expected: ArrayLike, prior: GpsPrior, *, ratio: float) -> FloatArray:
    """Posterior probability that lambda is at most ``ratio`` (for instance a local null, 2).

    ``n`` (counts) and ``expected`` (cases) broadcast; ``ratio`` is one number >= 0, else
    ``ValueError``.
    """
    if not ratio >= 0:
        raise ValueError(f"ratio must not be negative, but is {ratio}")
    shape, posteriors = _posteriors(n, expected, prior)
    below = np.empty(posteriors.n.size)
    for block in blocks(posteriors.n.size):
        below[block] = posteriors.mixture(block).below(ratio)
    return below.reshape(shape)[()]


def quantile(n: ArrayLike, expected: ArrayLike, prior: GpsPrior, *, p: float) -> FloatArray:
    """The posterior quantile of lambda: the root of the mixture's distribution function.

    EB05 is ``p = 0.05``. ``n`` (counts) and ``expected`` (cases) broadcast; ``p`` is one number
    strictly between 0 and 1. Solved in ln lambda to 1e-13, and the other pairs of a batch
    do not change a bit of it. A quantile below the smallest normal float
    is given as that float. Negative, infinite or nan input raises ``ValueError``.
    """
    p = check.level(p, "p")
    shape, posteriors = _posteriors(n, expected, prior)
    return np.exp(Grid(posteriors).log_quantile(Tail.beside(p)).reshape(shape))


def eb05(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """The 5% posterior quantile of lambda (see ``quantile``)."""
    return quantile(n, expected, prior, p=0.05)


def eb95(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> FloatArray:
    """The 95% posterior quantile of lambda (see ``quantile``)."""
    return quantile(n, expected, prior, p=0.95)


def ebgm_interval(n: ArrayLike, expected: ArrayLike, prior: GpsPrior) -> Estimate:
    """EBGM with EB05 and EB95 as one result: the same bits as from the three functions."""
    shape, posteriors = _posteriors(n, expected, prior)
    grid = Grid(posteriors)
    lower, upper = (grid.log_quantile(Tail.beside(p)) for p in (0.05, 0.95))
    logs = (posteriors.log_mean(), lower, upper)
    return Estimate(*(np.exp(log.reshape(shape)) for log in logs))


def _posteriors(
    n: ArrayLike, expected: ArrayLike, prior: GpsPrior
) -> tuple[tuple[int, ...], Posteriors]:
    """The common shape, and the posteriors of the flat pairs."""
    counts = check.counts("n", n)
    expected_ = check.counts("expected", expected)
    shape = check.common_shape(n=counts, expected=expected_)
    counts, expected_ = (np.broadcast_to(values, shape).ravel() for values in (counts, expected_))
    return shape, Posteriors(counts, expected_, prior)
