"""Posterior quantiles of many pairs, at a cost of far less than one root a pair.

For a given count, prior and tail, ln of the quantile is a smooth function of E. For the small
counts that most pairs have, it is solved at nodes equally spaced in ln(1 + E/c), c the smaller
rate of the prior; in between it is the polynomial through the nearest nodes. A cell between two
nodes is read off only if the polynomial is exact there, as tested inside of it. Other pairs take
one step from the polynomial's value, which checks itself, and what is open then is bracketed.
Nodes and tests are the same whichever pairs are asked for. So none depends on the other pairs of
its batch: a night replayed gives the same bits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.stats._gamma_mixture import Tail, bracketed, one_step
from pv.stats._gps_posterior import Posteriors, blocks
from pv.stats._result import FloatArray

_LARGEST_COUNT = 64
_NODES_PER_UNIT = 64
_CELLS = 32 * _NODES_PER_UNIT  # of each count: up to E = 8e13 c
_POINTS = 12
_BEFORE = (_POINTS - 2) // 2  # of the nodes of a cell's polynomial, those before its lower end
_NODES = _CELLS + _POINTS - 1  # of each count
# The error of a polynomial inside its cell is largest in the middle and hardly less at these.
_TESTED = (0.3, 0.7)
_EXACT = 1e-13


@dataclass(frozen=True, slots=True)
class _Polynomials:
    """Newton coefficients [order, cell] of ln of the quantile, and where they are exact [cell]."""

    coefficients: FloatArray
    exact: NDArray[np.bool_]


class Grid:
    """The cells in (count, ln(1 + E/c)) that hold pairs."""

    def __init__(self, posteriors: Posteriors) -> None:
        self._pairs = posteriors
        self._scale = min(posteriors.prior.beta1, posteriors.prior.beta2)
        size = posteriors.n.size
        self._cell, self._place = np.empty(size, dtype=np.intp), np.empty(size)
        held = np.zeros((_LARGEST_COUNT + 1) * _NODES, dtype=np.bool_)
        for block in blocks(size):
            self._cell[block], self._place[block] = self._find(block)
            held[self._cell[block]] = True
        self._first_node, rank = _ranked(held)
        for block in blocks(size):
            self._cell[block] = rank[self._cell[block]]

    def log_quantile(self, tail: Tail) -> FloatArray:
        """ln of the quantile beside the tail, for all pairs: right to 1e-13 and better."""
        polynomials = self._polynomials(tail)
        found = np.empty(self._cell.size)
        open_ = np.empty(found.size, dtype=np.bool_)
        for block in blocks(found.size):
            cell, place = self._cell[block], self._place[block]
            found[block] = _read(polynomials.coefficients, cell, place)
            open_[block] = ~polynomials.exact[cell] | np.isnan(place)
        rest = np.flatnonzero(open_)
        for block in blocks(rest.size):
            chosen = rest[block]
            mixture = self._pairs.mixture(chosen)
            found[chosen], ended = one_step(mixture, tail, found[chosen])
            open_[chosen] = ~ended
        rest = np.flatnonzero(open_)
        if rest.size:
            found[rest] = bracketed(self._pairs.mixture(rest), tail)
        return found

    def _find(self, block: slice) -> tuple[NDArray[np.intp], FloatArray]:
        """The first node of each pair's cell, and its place there from 0 to 1: nan off the grid."""
        n, expected = self._pairs.n[block], self._pairs.expected[block]
        with np.errstate(over="ignore"):
            along = np.log1p(expected / self._scale) * _NODES_PER_UNIT
        on_grid = (n <= _LARGEST_COUNT) & (along < _CELLS) & (n == np.floor(n))
        column = np.where(on_grid, along, 0.0).astype(np.intp)
        row = np.where(on_grid, n, 0.0).astype(np.intp)
        return row * _NODES + column, np.where(on_grid, along - column, np.nan)

    def _polynomials(self, tail: Tail) -> _Polynomials:
        needed = np.zeros((_LARGEST_COUNT + 1) * _NODES, dtype=np.bool_)
        nodes = self._first_node + np.arange(_POINTS)[:, None]
        needed[nodes] = True
        node, rank = _ranked(needed)
        table = bracketed(self._at(node, -_BEFORE).mixture(slice(None)), tail)[rank[nodes]]
        for k in range(1, _POINTS):
            table[k:] = np.diff(table[k - 1 :], axis=0) / k
        # The places tested in every cell, one row each.
        shape = len(_TESTED), table.shape[1]
        cell = np.tile(np.arange(shape[1], dtype=np.intp), shape[0])
        place = np.repeat(np.array(_TESTED), shape[1])
        read = _read(table, cell, place)
        tested = self._at(self._first_node[cell], place).mixture(slice(None))
        root, ended = one_step(tested, tail, read)
        right = (ended & (np.abs(root - read) <= _EXACT)).reshape(shape)
        return _Polynomials(table, np.logical_and.reduce(right, axis=0))

    def _at(self, node: NDArray[np.intp], offset: FloatArray | float) -> Posteriors:
        """The posteriors at places in the grid; some nodes lie a little below E = 0."""
        n, along = np.divmod(node, _NODES)
        expected = self._scale * np.expm1((along + offset) / _NODES_PER_UNIT)
        return Posteriors(n.astype(np.float64), expected, self._pairs.prior)


def _ranked(marked: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The marked places, and at each of them its rank (elsewhere nothing is written)."""
    places = np.flatnonzero(marked)
    rank = np.empty(marked.size, dtype=np.intp)
    rank[places] = np.arange(places.size)
    return places, rank


def _read(coefficients: FloatArray, cell: NDArray[np.intp], place: FloatArray) -> FloatArray:
    value = coefficients[-1].take(cell)
    for k in range(_POINTS - 2, -1, -1):
        value *= place + (_BEFORE - k)
        value += coefficients[k].take(cell)
    return value
