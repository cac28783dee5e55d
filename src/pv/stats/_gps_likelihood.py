"""Negative log-likelihood of the gamma-Poisson mixture, with its first and second derivatives.

A point is (ln m1, ln alpha1, ln m2, ln alpha2, logit weight), where m = alpha/beta is the mean of a
component: means and shapes are nearly orthogonal, shapes and rates are not. Everything is in log
space. Three likelihoods are in use in the field, and give different answers on the same table.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from pv.stats._gps_posterior import distinct
from pv.stats._result import FloatArray

# Cells whose arrays stay in the processor's cache. Products of longer arrays would also start the
# threads of BLAS, which cost more than they give.
_BLOCK = 4096
_EXACT_CELLS = 20_000
_LOG_BIN = 0.1
_STANDARD_ERRORS = 0.5

Likelihood = Literal["full", "component-truncated", "mixture-truncated"]


class Slopes(NamedTuple):
    """A function at a point, its gradient (5,) and its Hessian (5, 5)."""

    value: float
    gradient: FloatArray
    hessian: FloatArray


class _Log(NamedTuple):
    """A logarithm in each cell, with derivatives to ln m and ln alpha of a component."""

    value: FloatArray
    mean: FloatArray
    shape: FloatArray
    mean_mean: FloatArray
    mean_shape: FloatArray
    shape_shape: FloatArray

    def __sub__(self, other: "_Log") -> "_Log":
        return _Log(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


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

    def blocks(self) -> Iterator["Cells"]:
        """The cells in stretches, all with the same distinct counts."""
        for start in range(0, self.index.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            yield Cells(self.distinct, self.index[part], self.expected[part], self.weight[part])


def make_cells(n: FloatArray, expected: FloatArray, weight: FloatArray) -> Cells:
    """Cells with their counts gathered."""
    return Cells(*distinct(n), expected, weight)


def squash(cells: Cells) -> Cells:
    """Cells that share a bin become one, with their mean count and mean expectation.

    Small tables stay as they are. A bin is a tenth of a logarithm of E wide, and at most half a
    standard error of n, in n as in E: a wider one would blur a component of nearly one ratio.
    """
    if cells.expected.size <= _EXACT_CELLS:
        return cells
    # The root of a Poisson count has a standard error of 1/2.
    root, count_bin = distinct(np.floor(2 / _STANDARD_ERRORS * np.sqrt(cells.distinct)))
    width = np.minimum(_LOG_BIN, 2 / np.maximum(root, 1))
    log_expected = np.log(cells.expected)
    log_expected -= log_expected.min()
    first = np.cumsum(1 + np.floor(log_expected.max() / width))
    of_cell = count_bin[cells.index]
    _, group = distinct(first[of_cell] - np.floor(log_expected / width[of_cell]))
    weight = np.bincount(group, weights=cells.weight).astype(np.float64)
    mean_n = np.bincount(group, weights=cells.weight * cells.n) / weight
    mean_expected = np.bincount(group, weights=cells.weight * cells.expected) / weight
    return make_cells(mean_n, mean_expected, weight)


def objective(point: FloatArray, cells: Cells, likelihood: Likelihood) -> Slopes:
    """-logL at a point, with gradient and Hessian.

    full: sum ln(w f1 + (1-w) f2) over all cells, zeros included (DuMouchel 1999, eq. 5).
    component-truncated: each f_k over 1 - f_k(0), cells with n >= 1 (DuMouchel and Pregibon 2001).
    mixture-truncated: the mixture over 1 minus the mixture's own zero probability.
    """
    log_mean1, log_shape1, log_mean2, log_shape2, logit = (float(value) for value in point)
    rising1, rising2 = _Rising(log_shape1, cells), _Rising(log_shape2, cells)
    total = np.zeros(31)
    for block in cells.blocks():
        first = rising1.component(log_mean1, block)
        second = rising2.component(log_mean2, block)
        if likelihood == "full":
            total -= _mix(first, second, logit, block.weight)
            continue
        seen1 = _seen(log_mean1, log_shape1, block)
        seen2 = _seen(log_mean2, log_shape2, block)
        if likelihood == "component-truncated":
            total -= _mix(first - seen1, second - seen2, logit, block.weight)
        else:
            total -= _mix(first, second, logit, block.weight)
            total += _mix(seen1, seen2, logit, block.weight)
    return Slopes(float(total[0]), total[1:6], total[6:].reshape(5, 5))


def point_mass_objective(cells: Cells, likelihood: Likelihood) -> float:
    """-logL of the limit in which every lambda is 1: plain Poisson cells."""
    n, mean = cells.n, cells.expected
    log_f = special.xlogy(n, mean) - mean - special.gammaln(n + 1)
    if likelihood != "full":
        log_f = log_f - np.log(-np.expm1(-mean))
    return -float((cells.weight * log_f).sum())


class _Rising:
    """ln f(n) of a component: the negative binomial of size alpha and mean m E.

    With u = m E/alpha, ln f = ln Gamma(alpha+n)/(Gamma(alpha) n!) + n (ln u - ln(1+u)) - alpha
    ln(1+u). The first term depends on the count alone, and is found once for each distinct one.
    """

    def __init__(self, log_shape: float, cells: Cells) -> None:
        n, shape = cells.distinct, math.exp(log_shape)
        self._log_shape = log_shape
        self._value: FloatArray = (
            special.gammaln(shape + n) - special.gammaln(shape) - special.gammaln(n + 1)
        )
        self._slope: FloatArray = shape * (special.psi(shape + n) - special.psi(shape))
        self._bend: FloatArray = self._slope + shape * shape * (
            _trigamma(shape + n) - _trigamma(np.array(shape))
        )

    def component(self, log_mean: float, cells: Cells) -> _Log:
        """In each of these cells."""
        n, index = cells.n, cells.index
        shape = math.exp(self._log_shape)
        log_u = log_mean - self._log_shape + np.log(cells.expected)
        u = np.exp(log_u)
        log_1_u = np.log1p(u)
        part = u / (1 + u)
        by_mean = (n - shape * u) / (1 + u)
        spread = shape * log_1_u
        return _Log(
            self._value[index] + n * (log_u - log_1_u) - spread,
            by_mean,
            self._slope[index] - spread - by_mean,
            -part * (shape + n) / (1 + u),
            by_mean * part,
            self._bend[index] - spread + (shape - by_mean) * part,
        )


def _trigamma(x: FloatArray) -> FloatArray:
    """The derivative of psi to nine digits, twenty times faster than ``special.polygamma``.

    Six steps of psi'(x) = psi'(x+1) + 1/x^2, then the asymptotic series (DLMF 5.15.8).
    """
    total = np.zeros_like(x)
    for _ in range(6):
        total += 1 / (x * x)
        x = x + 1
    y = 1 / (x * x)
    return total + 1 / x + y / 2 + y / x * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y / 30)))


def _seen(log_mean: float, log_shape: float, cells: Cells) -> _Log:
    """ln(1 - f(0)) in each cell."""
    shape = math.exp(log_shape)
    u = math.exp(log_mean - log_shape) * cells.expected
    part = u / (1 + u)
    log_zero = -shape * np.log1p(u)
    by_mean = -shape * part
    by_shape = log_zero - by_mean
    not_zero = -np.expm1(log_zero)
    odds = np.exp(log_zero) / not_zero  # f(0)/(1 - f(0))
    return _Log(
        np.log(not_zero),
        -odds * by_mean,
        -odds * by_shape,
        -odds * (by_mean / (1 + u) + (1 + odds) * by_mean * by_mean),
        -odds * (by_mean * part + (1 + odds) * by_mean * by_shape),
        -odds * (by_shape - by_mean * part + (1 + odds) * by_shape * by_shape),
    )


def _mix(first: _Log, second: _Log, logit: float, cell_weight: FloatArray) -> FloatArray:
    """Sum of ln(w exp(first) + (1-w) exp(second)) over the cells: value, gradient, Hessian in one.

    With r the share of the first component in a cell, the Hessian is the mean of the components'
    own, weighted by r and 1 - r, and r (1-r) d d' with d the difference of their gradients.
    No matrix product: on long arrays BLAS would start its threads, which cost more than they give.
    """
    log_odds = logit + first.value - second.value
    small = np.exp(-np.abs(log_odds))
    larger = 1 / (1 + small)  # the share of the likelier component
    ahead = log_odds > 0
    mine = cell_weight * np.where(ahead, larger, small * larger)
    theirs = cell_weight - mine
    both = cell_weight * small * larger * larger
    value = second.value + np.maximum(log_odds, 0) + np.log1p(small)
    apart = (first.mean, first.shape, -second.mean, -second.shape, np.ones_like(mine))
    scaled = [both * row for row in apart]
    hessian = np.array([[row @ other for other in apart] for row in scaled])
    mean1, shape1, mean_mean1, mean_shape1, shape_shape1 = (mine @ row for row in first[1:])
    mean2, shape2, mean_mean2, mean_shape2, shape_shape2 = (theirs @ row for row in second[1:])
    count, weight = cell_weight.sum(), special.expit(logit)
    out = np.empty(31)
    hessian[:2, :2] += [[mean_mean1, mean_shape1], [mean_shape1, shape_shape1]]
    hessian[2:4, 2:4] += [[mean_mean2, mean_shape2], [mean_shape2, shape_shape2]]
    hessian[4, 4] -= count * weight * special.expit(-logit)
    out[0] = (cell_weight * value).sum() + count * special.log_expit(-logit)
    out[1:6] = mean1, shape1, mean2, shape2, mine.sum() - count * weight
    out[6:] = hessian.ravel()
    return out
