"""Pairs over strata as margins and non-zero cells, with the checks that all their users need."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from pv.stats import _validate as check
from pv.stats._result import FloatArray

# Margins of some rows by stratum: dense, or sparse where there are thousands of strata.
Margin = ArrayLike | sparse.csr_array
# Pairs whose strata are written out at once, and whose terms are added: so many numbers. The latter
# fit the processor's cache.
_WRITTEN_OUT, _IN_CACHE = 1 << 22, 1 << 17
# Events of a block, which are multiplied with all its products: quicker while that takes fewer than
# so many times the multiplications that its pairs need.
_BLOCK, _GATHERED = 256, 8


@dataclass(frozen=True, slots=True)
class Pairs:
    """Margins ``product`` [P, K] and ``event`` [S, K], strata ``size`` [K], and pairs [n]."""

    product: sparse.csr_array
    event: sparse.csr_array
    size: FloatArray
    product_at: NDArray[np.intp]
    event_at: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        product_margin: Margin,
        event_margin: Margin,
        totals: ArrayLike,
        product_index: ArrayLike,
        event_index: ArrayLike,
    ) -> "Pairs":
        """Raises ``ValueError`` for margins above their stratum and positions out of range."""
        size = check.counts("totals", totals)
        product = margin_of("product_margin", product_margin, size)
        event = margin_of("event_margin", event_margin, size)
        product_at = check.indices("product_index", product_index, product.shape[0])
        event_at = check.indices("event_index", event_index, event.shape[0])
        check.columns(product_index=product_at, event_index=event_at)
        return cls(product, event, size, product_at, event_at)

    @property
    def count(self) -> int:
        """Number of pairs."""
        return self.product_at.size

    @property
    def inverse(self) -> FloatArray:
        """1/N, and 0 for an empty stratum, which so contributes nothing."""
        return np.divide(1.0, self.size, out=np.zeros_like(self.size), where=self.size > 0)

    def expected(self) -> FloatArray:
        """E = sum over all strata of n_pk n_ek / N_k, by pair [n]."""
        return self._sums(1)[0]

    def screening_sums(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """E; the sum of n_p n_e (n_p + n_e) / N^2; and that of n_p n_e (N-n_p)(N-n_e) / N^3."""
        found = self._sums(4)
        return found[0], found[1] + found[2], found[3]

    def _sums(self, several: int) -> FloatArray:
        """The first of four sums over the strata [several, n], added in their order.

        With s = n_p / N they are those of n_e s, n_e s^2, (n_e^2 / N) s and
        n_e (1 - n_e / N) s (1 - s).
        Where most products meet most events, whole blocks are quicker. Both ways add the same
        numbers in the same order.
        """
        result = np.zeros((several, self.count))
        filled = np.diff(self.event.indptr)[self.event_at]
        found = np.bincount(self.event_at, minlength=self.event.shape[0])
        place = np.empty(found.size, dtype=np.intp)
        place[np.argsort(-found, kind="stable")] = np.arange(found.size)
        block = place[self.event_at] // _BLOCK
        order = np.lexsort((self.product_at, block))
        cuts = np.flatnonzero(np.diff(block[order])) + 1
        for some in np.split(order, cuts):
            products = np.unique(self.product_at[some])
            written_out = np.diff(self.product.indptr)[products].sum() * _BLOCK
            way = self._by_block if written_out < filled[some].sum() * _GATHERED else self._by_pair
            way(some, result)
        return result

    def _by_block(self, some: NDArray[np.intp], result: FloatArray) -> None:
        """Fill ``result`` [several, n] at ``some`` places, from all their products and events."""
        products, row = np.unique(self.product_at[some], return_inverse=True)
        events, column = np.unique(self.event_at[some], return_inverse=True)
        product, m = self.product[products], self.event[events].toarray().T.copy()
        share, scale = product.data * self.inverse[product.indices], self.inverse[:, None]
        for k, (of_product, of_event) in enumerate(_terms(share, m, scale, len(result))):
            weights = sparse.csr_array((of_product, product.indices, product.indptr), product.shape)
            result[k, some] = np.asarray(weights @ of_event)[row, column]

    def _by_pair(self, some: NDArray[np.intp], result: FloatArray) -> None:
        """Fill ``result`` [several, n] at ``some`` places, from the strata of each one's event."""
        filled = np.cumsum(np.diff(self.event.indptr)[self.event_at[some]])
        steps = np.arange(0, int(filled[-1:].sum()), _IN_CACHE)
        cuts = np.unique(np.searchsorted(filled, steps))
        for begin, end in pairwise([*cuts.tolist(), some.size]):
            part = some[begin:end]
            products, row = np.unique(self.product_at[part], return_inverse=True)
            share = (self.product[products].toarray() * self.inverse).ravel()
            event = self.event[self.event_at[part]]
            # A pair reads the strata of its event in the row of its product.
            at = event.indices + np.repeat(row * self.size.size, np.diff(event.indptr))
            scale = self.inverse[event.indices]
            shape = (part.size, share.size)
            for k, (of_product, of_event) in enumerate(
                _terms(share, event.data, scale, len(result))
            ):
                weights = sparse.csr_array((of_event, at, event.indptr), shape)
                result[k, part] = np.asarray(weights @ of_product)

    def strata(
        self, chosen: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]:
        """The strata in which both occur, of some pairs: place in ``chosen``, stratum, margins."""
        parts: list[tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]] = []
        step = max(1, _WRITTEN_OUT // max(1, self.size.size))
        for begin in range(0, chosen.size, step):
            some = chosen[begin : begin + step]
            product = self.product[self.product_at[some]].toarray()
            event = self.event[self.event_at[some]].toarray()
            row, stratum = np.nonzero((product > 0) & (event > 0))
            parts.append((row + begin, stratum, product[row, stratum], event[row, stratum]))
        none = np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0)
        columns = list(zip(*(parts or [none]), strict=True))
        return tuple(np.concatenate(column) for column in columns)  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells with cases: the pair and stratum of each, its ``a``, its margins and its stratum."""

    pair: NDArray[np.intp]
    stratum: NDArray[np.intp]
    a: FloatArray
    with_product: FloatArray
    with_event: FloatArray
    total: FloatArray

    @classmethod
    def of(
        cls, pairs: Pairs, cell_pair: ArrayLike, cell_stratum: ArrayLike, cell_a: ArrayLike
    ) -> "Cells":
        """Raises ``ValueError`` for repeated cells and for counts that do not fit their margins."""
        pair = check.indices("cell_pair", cell_pair, pairs.count)
        stratum = check.indices("cell_stratum", cell_stratum, pairs.size.size)
        a = check.counts("cell_a", cell_a)
        check.columns(cell_pair=pair, cell_stratum=stratum, cell_a=a)
        _refuse_repeats(pair, stratum, pairs.size.size)
        with_product = _values(pairs.product, pairs.product_at[pair], stratum)
        with_event = _values(pairs.event, pairs.event_at[pair], stratum)
        check.not_above("cell_a", a, "the product's margin", with_product)
        check.not_above("cell_a", a, "the event's margin", with_event)
        total = pairs.size[stratum]
        if np.any(with_product + with_event - a > total):
            raise ValueError(
                "product and event margins of a cell need more cases than its stratum has"
            )
        return cls(pair, stratum, a, with_product, with_event, total)


def margin_of(name: str, values: Margin, size: FloatArray) -> sparse.csr_array:
    """The margins as a sparse matrix in the order of the strata."""
    given = values if isinstance(values, sparse.csr_array) else check.counts(name, values)
    shape: tuple[int, ...] = given.shape
    if size.ndim != 1 or len(shape) != 2 or shape[1] != size.size:
        raise ValueError(
            f"{name} must have one column per stratum of totals, "
            f"but the shapes are {shape} and {size.shape}"
        )
    margin = sparse.csr_array(given, dtype=np.float64)  # pyright: ignore[reportCallIssue, reportArgumentType]
    margin.sum_duplicates()
    check.counts(name, margin.data)
    check.not_above(name, margin.data, "totals", size[margin.indices])
    return margin


def _terms(
    share: FloatArray, m: FloatArray, scale: FloatArray, several: int
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Factors of the first of four sums: what the product brings, what the event brings.

    ``share`` is n_p/N, ``m`` n_e, ``scale`` 1/N for each ``m``; their shapes are kept.
    """
    yield share, m
    if several > 1:
        yield share * share, m
        yield share, m * m * scale
        yield share * (1 - share), m * (1 - m * scale)


def _values(
    margin: sparse.csr_array, row: NDArray[np.intp], column: NDArray[np.intp]
) -> FloatArray:
    """Single values of a margin."""
    if not row.size:
        return np.zeros(0)
    return np.asarray(margin[row, column], dtype=np.float64).ravel()


def _refuse_repeats(pair: NDArray[np.intp], stratum: NDArray[np.intp], n_strata: int) -> None:
    key = pair * n_strata + stratum
    if np.all(key[1:] > key[:-1]):  # already in order, the usual case: no sort needed
        return
    key.sort()
    repeated = key[1:] == key[:-1]
    if repeated.any():
        first = int(key[1:][repeated][0])
        raise ValueError(
            f"cell of pair {first // n_strata}, stratum {first % n_strata} comes twice"
        )
