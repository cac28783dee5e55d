"""The fewest cases at which a rule fires."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pv.stats._result import FloatArray


def smallest_count(
    fires: Callable[[FloatArray], NDArray[np.bool_]], least: FloatArray, shape: tuple[int, ...]
) -> FloatArray:
    """The smallest whole n >= ``least`` that ``fires(n)``, by bisection (it is monotone)."""
    low = np.broadcast_to(least - 1, shape).astype(np.float64)
    high = low + 1
    while True:
        short = ~fires(high)
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, 2 * high + 1, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        # A bracket of two neighbours is done: its middle is its lower end, known not to fire.
        hit = fires(np.maximum(middle, 1.0)) & (middle > low)
        high, low = np.where(hit, middle, high), np.where(hit, low, middle)
    return high
