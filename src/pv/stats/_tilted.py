"""Exact inference in a one-parameter discrete family, P(x) proportional to w(x) exp(theta x).

The conditional distributions of a two-by-two table (hypergeometric weights), of several tables
(their convolution) and of rates (binomial weights) all have this form with theta = ln of the ratio.
Rows are separate problems. ``x`` counts from the observed value, so the observation is x = 0.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.stats._result import FloatArray

# A bracket of ln(ratio) is at most a few hundred wide; 70 halvings end below its last digit.
_HALVINGS = 70
_DOUBLINGS = 40


@dataclass(frozen=True, slots=True)
class Tilted:
    """Rows of the family: ``log_weights`` [R, W] (-inf outside the support) at ``x`` [W]."""

    log_weights: FloatArray
    x: FloatArray

    def upper_tail(self, theta: FloatArray, observed_share: float = 1.0) -> FloatArray:
        """P(X > 0) + observed_share P(X = 0) for each row (1 is exact, 1/2 is mid-p)."""
        mass = self._mass(theta)
        above = mass[:, self.x > 0].sum(axis=1)
        return above + observed_share * mass[:, self.x == 0].sum(axis=1)

    def lower_tail(self, theta: FloatArray, observed_share: float = 1.0) -> FloatArray:
        """P(X < 0) + observed_share P(X = 0) for each row."""
        mass = self._mass(theta)
        below = mass[:, self.x < 0].sum(axis=1)
        return below + observed_share * mass[:, self.x == 0].sum(axis=1)

    def mean(self, theta: FloatArray) -> FloatArray:
        """Mean distance from the observation."""
        return self._mass(theta) @ self.x

    def _mass(self, theta: FloatArray) -> FloatArray:
        exponent = self.log_weights + theta[:, None] * self.x
        exponent -= exponent.max(axis=1, keepdims=True)
        mass = np.exp(exponent, out=exponent)
        return mass / mass.sum(axis=1, keepdims=True)


def ratio_limits(
    family: Tilted, level: float, *, midp: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Conditional maximum likelihood ratio and its central exact (or mid-p) limits, per row.

    An observation at the low end of its support gives estimate and lower limit 0, at the high end
    estimate and upper limit ``inf``; at both ends (nothing can vary) the estimate is ``nan`` and
    the interval 0 to ``inf``.
    """
    alpha = (1 - level) / 2
    share = 0.5 if midp else 1.0
    possible = np.isfinite(family.log_weights)
    below: NDArray[np.bool_] = np.asarray(possible[:, family.x < 0].any(axis=1))
    above: NDArray[np.bool_] = np.asarray(possible[:, family.x > 0].any(axis=1))

    estimate = np.where(below, np.inf, np.where(above, 0.0, np.nan))
    lower = np.zeros(below.size)
    upper = np.full(below.size, np.inf)

    def solve(rows: NDArray[np.bool_], result: FloatArray, name: str) -> None:
        part = Tilted(family.log_weights[rows], family.x)
        rising: dict[str, Callable[[FloatArray], FloatArray]] = {
            "estimate": part.mean,
            "lower": lambda theta: part.upper_tail(theta, share) - alpha,
            "upper": lambda theta: alpha - part.lower_tail(theta, share),
        }
        result[rows] = np.exp(_rising_root(rising[name], int(rows.sum())))

    solve(below & above, estimate, "estimate")
    solve(below, lower, "lower")
    solve(above, upper, "upper")
    return estimate, lower, upper


def _rising_root(function: Callable[[FloatArray], FloatArray], size: int) -> FloatArray:
    """Where each row of a rising function crosses zero."""
    low, high = np.full(size, -1.0), np.full(size, 1.0)
    for _ in range(_DOUBLINGS):
        too_high, too_low = function(low) > 0, function(high) < 0
        if not (too_high.any() or too_low.any()):
            break
        low[too_high] *= 2
        high[too_low] *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        positive = function(middle) > 0
        high = np.where(positive, middle, high)
        low = np.where(positive, low, middle)
    return (low + high) / 2
