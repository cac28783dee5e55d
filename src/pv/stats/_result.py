"""The small named results that the statistics return.

Every field is a float64 array with the broadcast shape of the inputs; scalar inputs give NumPy
scalars (shape ``()``). ``nan`` means "undefined for this input", as each function documents.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point estimate and its two-sided interval, on the natural scale of the statistic."""

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True)
class LogEstimate(Estimate):
    """A ratio whose interval is normal on the log scale, with the variance of its logarithm."""

    log_variance: FloatArray


@dataclass(frozen=True, slots=True)
class EstimateWithP(Estimate):
    """An estimate, its interval, and the two-sided p-value of no effect."""

    p_value: FloatArray


@dataclass(frozen=True, slots=True)
class ExactEstimate(EstimateWithP):
    """An exact conditional estimate: the two-sided p-value is central, twice the smaller tail."""

    p_lower: FloatArray
    p_upper: FloatArray
