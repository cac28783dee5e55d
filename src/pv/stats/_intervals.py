"""Intervals that several statistics share; their inputs are checked by the callers."""

import numpy as np
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import Estimate, FloatArray, LogEstimate

# Counts up to this size are tabulated directly; larger or fractional ones are sorted first.
_TABULATED = 10_000_000


def log_normal(estimate: FloatArray, variance: FloatArray, level: float) -> LogEstimate:
    """A ratio with the interval estimate x exp(-+ z sqrt(variance)) of its logarithm."""
    z = special.ndtri((1 + check.level(level)) / 2)
    with np.errstate(over="ignore", invalid="ignore"):
        width = np.exp(z * np.sqrt(variance))
        return LogEstimate(estimate, estimate / width, estimate * width, variance)


def shrunk_log2_ratio(n: FloatArray, expected: FloatArray, level: float) -> Estimate:
    """log2[(n+1/2)/(E+1/2)] and its exact gamma limits.

    A gamma quantile scales with its rate, log2 q(n+1/2, rate) = log2 q(n+1/2) - log2 rate, so that
    one quantile per distinct count serves millions of pairs.
    """
    tail = (1 - level) / 2
    distinct, position = _distinct(n)
    shape = distinct + 0.5
    rate = np.log2(expected + 0.5)
    bits = [
        np.log2(shape),
        np.log2(special.gammaincinv(shape, tail)),
        np.log2(special.gammainccinv(shape, tail)),
    ]
    return Estimate(*(table[position] - rate for table in bits))


def _distinct(n: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Values that hold every count of ``n``, and the position of each count among them."""
    if n.size and n.max() < _TABULATED:
        whole = n.astype(np.int64)
        if np.array_equal(whole, n):
            present = np.bincount(whole.ravel()) > 0
            rank = np.cumsum(present) - 1
            return np.flatnonzero(present).astype(np.float64), rank[whole]
    distinct, position = np.unique(n, return_inverse=True)
    return distinct, position.reshape(n.shape)
