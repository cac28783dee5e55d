"""Evidence that may be looked at whenever one likes: e-values of Poisson counts (METHODS 5.2).

An e-value has mean 1 at most without effect, under any schedule of looks: the probability that its
running maximum ever reaches x is at most 1/x (Ville 1939; Shafer 2021, J R Stat Soc A 184:407).
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._result import FloatArray

# Relative risks that are averaged over: none needs to be the true one.
RATIOS = (1.5, 2.0, 3.0, 5.0, 10.0, 20.0)


def e_value(n: ArrayLike, expected: ArrayLike, *, ratios: ArrayLike = RATIOS) -> FloatArray:
    """Mean over theta of theta^n exp(-E (theta - 1)), the likelihood ratios of RR theta against 1.

    ``n`` (counts) and ``expected`` broadcast; ``ratios`` is a list of numbers above zero. inf where
    it exceeds the largest float (see ``log_e_value``).
    """
    with np.errstate(over="ignore"):
        return np.exp(log_e_value(n, expected, ratios=ratios))


def log_e_value(n: ArrayLike, expected: ArrayLike, *, ratios: ArrayLike = RATIOS) -> FloatArray:
    """The natural logarithm of ``e_value``, for counts of any size."""
    n_, expected_ = check.counts("n", n), check.counts("expected", expected)
    check.common_shape(n=n_, expected=expected_)
    theta = np.atleast_1d(check.positive("ratios", ratios))
    if theta.ndim != 1 or not theta.size:
        raise ValueError("ratios must be a list of at least one relative risk")
    ratio = [n_ * math.log(r) - expected_ * (r - 1) for r in theta.tolist()]
    return (np.logaddexp.reduce(ratio) - math.log(theta.size))[()]
