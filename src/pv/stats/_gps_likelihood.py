"""Negative log-likelihood of the gamma-Poisson mixture, with its gradient.

A point is (ln m1, ln alpha1, ln m2, ln alpha2, logit weight), where m = alpha/beta is the mean of a
component: means and shapes are nearly orthogonal, shapes and rates are not. Everything is in log
space. Three likelihoods are in use in the field, and give different answers on the same table.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from pv.stats._result import FloatArray

_EXACT_CELLS = 1_000
_BINS_PER_LOG = 10
_EXACT_COUNT = 30.0

Likelihood = Literal["full", "component-truncated", "mixture-truncated"]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of the table: ``weight`` cells with count ``n`` and expectation ``expected`` each.

    Counts are held once per distinct value; ``index`` maps cells to them.
    """

    distinct: FloatArray
    index: np.ndarray[tuple[int], np.dtype[np.intp]]
    expected: FloatArray
    weight: FloatArray

    @property
    def n(self) -> FloatArray:
        return self.distinct[self.index]


def make_cells(n: FloatArray, expected: FloatArray, weight: FloatArray) -> Cells:
    """Cells with their counts gathered."""
    distinct, index = np.unique(n, return_inverse=True)
    return Cells(distinct, index, expected, weight)


def squash(cells: Cells) -> Cells:
    """Cells that share a bin become one, with their mean count and mean expectation.

    Bins are on ln E within each count, and on ln n too for large counts. It serves the search and
    the Hessian only: the optimum itself is found on all cells.
    """
    if cells.expected.size <= _EXACT_CELLS:
        return cells
    n = cells.n
    log_n = np.floor(np.log(np.maximum(n, _EXACT_COUNT)) * _BINS_PER_LOG)
    count = np.where(n < _EXACT_COUNT, n, log_n + _EXACT_COUNT).astype(np.int64)
    place = np.floor(np.log(cells.expected) * _BINS_PER_LOG).astype(np.int64)
    place -= place.min()
    _, group = np.unique(count * (place.max() + 1) + place, return_inverse=True)
    weight = np.bincount(group, weights=cells.weight).astype(np.float64)
    mean_n = np.bincount(group, weights=cells.weight * n) / weight
    mean_expected = np.bincount(group, weights=cells.weight * cells.expected) / weight
    return make_cells(mean_n, mean_expected, weight)


def objective(point: FloatArray, cells: Cells, likelihood: Likelihood) -> tuple[float, FloatArray]:
    """-logL and its gradient at a point.

    full: sum ln(w f1 + (1-w) f2) over all cells, zeros included (DuMouchel 1999, eq. 5).
    component-truncated: each f_k over 1 - f_k(0), cells with n >= 1 (DuMouchel and Pregibon 2001).
    mixture-truncated: the mixture over 1 minus the mixture's own zero probability.
    """
    first = _component(point[0], point[1], cells)
    second = _component(point[2], point[3], cells)
    if likelihood == "full":
        value, gradient = _mix(first, second, point[4], cells.weight)
        return -value, -gradient
    seen1 = _seen(point[0], point[1], cells)
    seen2 = _seen(point[2], point[3], cells)
    if likelihood == "component-truncated":
        value, gradient = _mix(first - seen1, second - seen2, point[4], cells.weight)
        return -value, -gradient
    value, gradient = _mix(first, second, point[4], cells.weight)
    value_seen, gradient_seen = _mix(seen1, seen2, point[4], cells.weight)
    return value_seen - value, gradient_seen - gradient


def point_mass_objective(cells: Cells, likelihood: Likelihood) -> float:
    """-logL of the limit in which every lambda is 1: plain Poisson cells."""
    n, mean = cells.n, cells.expected
    log_f = special.xlogy(n, mean) - mean - special.gammaln(n + 1)
    if likelihood != "full":
        log_f = log_f - np.log(-np.expm1(-mean))
    return -float(cells.weight @ log_f)


def _component(log_mean: float, log_shape: float, cells: Cells) -> FloatArray:
    """ln f(n), and its derivatives to ln m and ln alpha, as three rows.

    f is the negative binomial of size alpha and mean m E. With u = m E/alpha,
    ln f = ln Gamma(alpha+n)/(Gamma(alpha) n!) + n (ln u - ln(1+u)) - alpha ln(1+u).
    """
    shape = float(np.exp(log_shape))
    log_u = log_mean - log_shape + np.log(cells.expected)
    u = np.exp(log_u)
    log_1_u = np.log1p(u)
    rising = (
        special.gammaln(shape + cells.distinct)
        - special.gammaln(shape)
        - special.gammaln(cells.distinct + 1)
    )
    rising_slope = special.psi(shape + cells.distinct) - special.psi(shape)
    n = cells.n
    by_mean = (n - shape * u) / (1 + u)
    log_f = rising[cells.index] + n * (log_u - log_1_u) - shape * log_1_u
    by_shape = shape * (rising_slope[cells.index] - log_1_u) - by_mean
    return np.array([log_f, by_mean, by_shape])


def _seen(log_mean: float, log_shape: float, cells: Cells) -> FloatArray:
    """ln(1 - f(0)) and its derivatives, as three rows."""
    shape = np.exp(log_shape)
    u = np.exp(log_mean - log_shape) * cells.expected
    log_zero = -shape * np.log1p(u)
    odds = np.exp(log_zero) / -np.expm1(log_zero)  # f(0)/(1 - f(0))
    by_mean = shape * u / (1 + u)
    by_shape = -log_zero - by_mean
    return np.array([np.log(-np.expm1(log_zero)), odds * by_mean, odds * by_shape])


def _mix(
    first: FloatArray, second: FloatArray, logit_weight: float, cell_weight: FloatArray
) -> tuple[float, FloatArray]:
    """Sum of ln(w exp(first) + (1-w) exp(second)) over the cells, with gradient."""
    log_w, log_rest = -np.log1p(np.exp(-logit_weight)), -np.log1p(np.exp(logit_weight))
    mixture = np.logaddexp(log_w + first[0], log_rest + second[0])
    share = np.exp(log_w + first[0] - mixture) * cell_weight
    rest = cell_weight - share
    gradient = np.array(
        [
            share @ first[1],
            share @ first[2],
            rest @ second[1],
            rest @ second[2],
            share.sum() - cell_weight.sum() * np.exp(log_w),
        ]
    )
    return float(cell_weight @ mixture), gradient
