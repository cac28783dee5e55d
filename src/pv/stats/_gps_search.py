"""The search for the best mixture: Newton descents from many starts, and how many of them agree.

Points are those of ``_gps_likelihood``. The starts run on squashed cells where the table is large;
the best optima that they find are then sought on all cells, and compared there.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.stats._gps_likelihood import Cells, Likelihood, Slopes, objective, squash
from pv.stats._result import FloatArray

LARGEST_SHAPE = 1e4
LOW = np.array([-10.0, math.log(1e-4), -10.0, math.log(1e-4), -14.0])
HIGH = np.array([10.0, math.log(LARGEST_SHAPE), 10.0, math.log(LARGEST_SHAPE), 14.0])

# alpha1, beta1, alpha2, beta2, weight: the usual published starts and others far from them.
STARTS = (
    (0.2, 0.1, 2.0, 4.0, 1 / 3),
    (0.2, 0.06, 1.4, 1.8, 0.1),
    (3.0, 0.4, 2.0, 2.0, 0.07),
    (0.5, 0.5, 2.0, 2.0, 0.5),
    (1.0, 0.1, 5.0, 5.0, 0.02),
    (0.1, 0.1, 10.0, 10.0, 0.1),
    (2.0, 0.5, 1.0, 2.0, 0.3),
    (0.01, 0.01, 2.0, 2.0, 0.5),
    (4.0, 4.0, 0.5, 5.0, 0.5),
    (1.0, 1.0, 1.0, 0.01, 0.9),
    (20.0, 2.0, 20.0, 20.0, 0.01),
    (0.3, 0.03, 0.3, 0.3, 0.5),
    # The bulk is sharp: a table whose comparator stands among its products has cells of n = E.
    (0.2, 0.2, 1000.0, 1000.0, 0.8),
    (2.0, 0.5, 1000.0, 1000.0, 0.1),
    (0.3, 0.3, 1000.0, 1000.0, 0.5),
    (1.0, 1.0, 200.0, 300.0, 0.7),
    (0.5, 0.1, 100.0, 50.0, 0.3),
    # The rare component is sharp: some cells share a high ratio, or a low one.
    (20.0, 1.6, 1.7, 1.6, 0.035),
    (20.0, 5.0, 1.5, 1.5, 0.05),
    (200.0, 100.0, 1.0, 1.0, 0.1),
    (100.0, 5.0, 0.5, 1.0, 0.02),
    (2.0, 2.0, 30.0, 100.0, 0.9),
)

_AGREE = 1e-3  # ends within this of the best -logL are the same optimum
_POLISHED = 3  # optima of the squashed cells that are sought on all cells
_ROUGH, _EXACT = 1e-5, 1e-10  # a descent ends when a step would win less
_REACH = 2.0  # of one step, on the logarithms
_STEPS = 100
_HALVINGS = 20


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where a descent ended; ``gain`` is what another Newton step would still win."""

    point: FloatArray
    slopes: Slopes
    gain: float

    @property
    def value(self) -> float:
        """-logL."""
        return self.slopes.value

    @property
    def bound_distance(self) -> FloatArray:
        """Of each coordinate, from the nearest bound of the search."""
        return np.minimum(self.point - LOW, HIGH - self.point)

    @property
    def information(self) -> float:
        """On the logit of the weight, the components given."""
        return float(self.slopes.hessian[4, 4])

    def curvature(self, known: NDArray[np.bool_]) -> float:
        """The smallest eigenvalue of the Hessian in the coordinates that are to be known."""
        return float(np.linalg.eigvalsh(self.slopes.hessian[np.ix_(known, known)])[0])


@dataclass(frozen=True, slots=True)
class Found:
    """The best optimum on all cells, and how many starts came to it."""

    best: Optimum
    agreeing: int


def search(cells: Cells, likelihood: Likelihood) -> Found:
    """The best optimum that any start finds."""
    small = squash(cells)
    ends = [descend(_from_theta(theta), small, likelihood, enough=_ROUGH) for theta in STARTS]
    ends.sort(key=lambda end: end.value)
    # One end of each optimum, with the number of its starts.
    optima: list[tuple[Optimum, int]] = []
    while ends:
        same = sum(end.value <= ends[0].value + _AGREE for end in ends)
        optima.append((ends[0], same))
        ends = ends[same:]
    if len(optima) > _POLISHED and small is not cells:
        optima.sort(key=lambda one: objective(one[0].point, cells, likelihood).value)
    polished = [(descend(end.point, cells, likelihood), n) for end, n in optima[:_POLISHED]]
    best = min((end for end, _ in polished), key=lambda end: end.value)
    return Found(best, sum(n for end, n in polished if end.value <= best.value + _AGREE))


def descend(
    point: FloatArray, cells: Cells, likelihood: Likelihood, enough: float = _EXACT
) -> Optimum:
    """Newton's descent of -logL from a point, within the bounds.

    A negative eigenvalue of the Hessian is taken by its absolute value, which leads away from
    saddles. The descent ends when a step would win less than ``enough``, or than rounding can show.
    """
    point = np.clip(point, LOW, HIGH)
    slopes, gain = objective(point, cells, likelihood), math.inf
    for _ in range(_STEPS):
        uphill = slopes.gradient > 0
        free = ~np.where(uphill, point <= LOW, point >= HIGH)
        step, gain = _newton(slopes, free)
        if gain <= enough + 1e-14 * abs(slopes.value):
            break
        for _ in range(_HALVINGS):
            there = np.clip(point + step, LOW, HIGH)
            new = objective(there, cells, likelihood)
            if new.value < slopes.value + 1e-4 * slopes.gradient @ (there - point):
                break
            step /= 2
        else:
            break
        point, slopes = there, new
    return Optimum(point, slopes, gain)


def _newton(slopes: Slopes, free: NDArray[np.bool_]) -> tuple[FloatArray, float]:
    """The step in the free coordinates, not longer than the reach, and what it should win."""
    step = np.zeros(5)
    eigenvalues, axes = np.linalg.eigh(slopes.hessian[np.ix_(free, free)])
    along = axes.T @ slopes.gradient[free]
    step[free] = -axes @ (along / np.maximum(np.abs(eigenvalues), 1e-10))
    gain = -float(slopes.gradient @ step) / 2
    return step / max(1.0, float(np.abs(step).max()) / _REACH), gain


def _from_theta(theta: tuple[float, float, float, float, float]) -> FloatArray:
    alpha1, beta1, alpha2, beta2, weight = theta
    return np.array(
        [
            math.log(alpha1 / beta1),
            math.log(alpha1),
            math.log(alpha2 / beta2),
            math.log(alpha2),
            math.log(weight / (1 - weight)),
        ]
    )
