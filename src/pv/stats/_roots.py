"""Root finding: bracketed Newton on whole arrays, and a scalar wrapper for design questions."""

from collections.abc import Callable

import numpy as np
from scipy import optimize

from pv.stats._result import FloatArray

# Bisection alone needs some 60 halvings; Newton steps that do not halve the bracket alternate
# with bisections, so that twice that is never reached.
_MAX_STEPS = 200
_TOLERANCE = 4e-15
# Newton's error after a step is of the order of the step's square: below this one it is done.
_LAST_NEWTON_STEP = 1e-9

ValueAndSlope = Callable[..., tuple[FloatArray, FloatArray]]


def increasing_root(
    function: ValueAndSlope,
    lower: FloatArray,
    upper: FloatArray,
    start: FloatArray,
    *arguments: FloatArray,
) -> FloatArray:
    """Roots of an increasing function, one per element, between ``lower`` and ``upper``.

    ``function(x, *arguments)`` returns value and slope element by element; ``arguments`` are
    arrays of the shape of ``lower``. A value of -inf or +inf is fine (it tells the side), a slope
    that is zero or not finite falls back to bisection. Where the signs at the ends do not
    differ, the nearer end is the answer. The result is exact to a few units in the last place
    of ``max(1, |x|)``: pass logarithms of quantities that span orders of magnitude.
    """
    shape = np.shape(lower)
    low = np.array(lower, dtype=np.float64).ravel()
    high = np.array(upper, dtype=np.float64).ravel()
    x = np.clip(np.asarray(start, dtype=np.float64).ravel(), low, high)
    flat = [np.asarray(argument, dtype=np.float64).ravel() for argument in arguments]
    root = x.copy()
    active = np.arange(x.size)
    last_step = high - low
    for _ in range(_MAX_STEPS):
        if not active.size:
            return root.reshape(shape)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value, slope = function(x, *flat)
            newton = x - value / slope
        if np.isnan(value).any():
            raise ArithmeticError("root finding met a value that is not a number")
        low = np.where(value < 0, x, low)
        high = np.where(value > 0, x, high)
        good = (newton >= low) & (newton <= high) & (np.abs(newton - x) <= 0.5 * last_step)
        new = np.where(good, newton, 0.5 * (low + high))
        new = np.where(value == 0, x, new)
        step = np.abs(new - x)
        root[active] = new
        enough = np.where(good, _LAST_NEWTON_STEP, _TOLERANCE)
        open_ = step > enough * np.maximum(1.0, np.abs(new))
        active = active[open_]
        x, low, high, last_step = new[open_], low[open_], high[open_], step[open_]
        flat = [argument[open_] for argument in flat]
    raise ArithmeticError("root finding did not converge")


def scalar_root(function: Callable[[float], float], lower: float, upper: float) -> float:
    """The root of a continuous function of one number whose signs differ at the two ends."""
    return float(optimize.brentq(function, lower, upper, xtol=1e-13))


def smallest_within(
    error: Callable[[float], float], low: float, high: float, alpha: float
) -> float:
    """The smallest argument whose ``error``, decreasing and with jumps, is at most ``alpha``.

    ``error(high) <= alpha`` is required. The answer is the upper end of the last bracket: where the
    error jumps over alpha, it is the conservative side.
    """
    f_low, f_high = error(low) - alpha, error(high) - alpha
    if f_low <= 0:
        return low
    for _ in range(_MAX_STEPS):
        if high - low <= 1e-12 * max(1.0, high):
            break
        # The secant through the ends lands near a smooth root; a jump or a slow end needs halves.
        for point in (low + (high - low) * f_low / (f_low - f_high), (low + high) / 2):
            if low < point < high:
                f_point = error(point) - alpha
                if f_point > 0:
                    low, f_low = point, f_point
                else:
                    high, f_high = point, f_point
    return high
