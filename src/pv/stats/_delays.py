"""The check that time-to-onset functions share."""

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._result import FloatArray


def delays(
    name: str, onset: ArrayLike, truncation: ArrayLike, truncation_name: str = "truncation"
) -> tuple[FloatArray, FloatArray]:
    """Two lists of equal length: delays >= 0, none above its truncation; else ``ValueError``."""
    x = np.atleast_1d(check.counts(name, onset))
    r = np.atleast_1d(check.counts(truncation_name, truncation))
    if x.ndim != 1 or x.shape != r.shape:
        raise ValueError(
            f"{name} and {truncation_name} must be two lists of equal length: {x.shape}, {r.shape}"
        )
    check.not_above(name, x, truncation_name, r)
    return x, r
