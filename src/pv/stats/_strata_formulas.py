"""Pooled statistics from sums over strata; their inputs are checked by the callers."""

import numpy as np

from pv.stats._intervals import log_normal
from pv.stats._result import FloatArray, LogEstimate


def robins_breslow_greenland(  # noqa: PLR0913, PLR0917  (the five sums of the paper and the level)
    sum_r: FloatArray,
    sum_s: FloatArray,
    sum_pr: FloatArray,
    sum_cross: FloatArray,
    sum_qs: FloatArray,
    level: float,
) -> LogEstimate:
    """The common odds ratio from its sums (Biometrics 42:311)."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        variance = (
            sum_pr / (2 * sum_r**2) + sum_cross / (2 * sum_r * sum_s) + sum_qs / (2 * sum_s**2)
        )
        defined = (sum_r > 0) & (sum_s > 0)
        return log_normal(sum_r / sum_s, np.where(defined, variance, np.nan), level)


def chi2_yates(n: FloatArray, expected: FloatArray, variance: FloatArray) -> FloatArray:
    """max(|n - E| - 1/2, 0)^2 / variance; ``nan`` without variance."""
    deviation = np.maximum(np.abs(n - expected) - 0.5, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, deviation**2 / variance, np.nan)
