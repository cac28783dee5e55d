"""The zero cells of a product x event table as a histogram, without writing them out.

A table of 75 million cells has a million non-zero ones; the likelihood of the others depends on
their expectation alone and varies slowly with its logarithm. Some hundred bins hold them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from pv.stats import _validate as check
from pv.stats._margins import Margin, margin_of
from pv.stats._result import FloatArray, Result

_CHUNK_CELLS = 1 << 21


@dataclass(frozen=True, slots=True, repr=False)
class ZeroBins(Result):
    """Zero cells binned on ln E: mean expectation and number of cells of each bin, ascending."""

    expected: FloatArray
    count: FloatArray


def zero_bins(  # noqa: PLR0913 - three margins and two positions
    product_margin: Margin,
    event_margin: Margin,
    total: ArrayLike,
    *,
    observed_product: ArrayLike,
    observed_event: ArrayLike,
    bins_per_log: int = 25,
) -> ZeroBins:
    """Bin the expectations of all cells of a table but the observed ones.

    ``product_margin`` (P,) and ``event_margin`` (M,) are distinct cases, ``total`` the number of
    cases; with K strata (P, K), (M, K) and (K,), and E = sum_k n_pk n_ek / N_k. The observed cells
    (a > 0) are given by their positions on the two axes, each once. A bin spans 1/``bins_per_log``
    of a natural logarithm and is represented by its mean, so that the summed expectation is
    exact. Cells without expectation cannot hold a case and say nothing: they are left out.

    Memory is bounded: products and events with the same margins are one row each, and rows are
    taken in chunks. Raises ``ValueError`` for bad margins or an observed cell given twice.
    """
    totals = np.atleast_1d(check.positive("total", total))
    products, events = _two_axes(product_margin), _two_axes(event_margin)
    sizes: list[tuple[int, ...]] = [products.shape[1:], events.shape[1:], totals.shape]
    if not sizes[0] == sizes[1] == sizes[2]:
        raise ValueError(
            "product_margin, event_margin and total must have the same strata, but have "
            f"{', '.join(str(size) for size in sizes)}"
        )
    products = margin_of("product_margin", products, totals)
    events = margin_of("event_margin", events, totals)
    row = check.indices("observed_product", observed_product, products.shape[0])
    column = check.indices("observed_event", observed_event, events.shape[0])
    if row.shape != column.shape or row.ndim != 1:
        raise ValueError("observed_product and observed_event must be two lists of equal length")
    _once(row * events.shape[0] + column)
    bins_per_log = check.whole("bins_per_log", bins_per_log)

    row_kinds, row_kind, row_number = _kinds(products)
    column_kinds, column_kind, column_number = _kinds(events)
    width = column_kinds.shape[0]
    key = row_kind[row] * width + column_kind[column]
    key.sort()
    scaled = column_kinds.multiply(1 / totals).tocsr().T.tocsr()
    histogram = _Histogram(bins_per_log)
    step = max(1, _CHUNK_CELLS // max(width, 1))
    for start in range(0, row_kinds.shape[0], step):
        stop = min(start + step, row_kinds.shape[0])
        expected = (row_kinds[start:stop] @ scaled).toarray().ravel()
        number = np.outer(row_number[start:stop], column_number).ravel().astype(np.float64)
        first, last = np.searchsorted(key, (start * width, stop * width))
        number -= np.bincount(key[first:last] - start * width, minlength=number.size)
        possible = (expected > 0) & (number > 0)
        histogram.add(expected[possible], number[possible])
    return histogram.result()


class _Histogram:
    """Sums over bins of ln E. The exponents of float64 bound the bins, not the data."""

    def __init__(self, bins_per_log: int) -> None:
        self._per_log = bins_per_log
        self._offset = int(np.floor(np.log(np.finfo(np.float64).tiny) * bins_per_log)) - 1
        bins = int(np.ceil(np.log(np.finfo(np.float64).max) * bins_per_log)) - self._offset + 1
        self._count = np.zeros(bins)
        self._sum = np.zeros(bins)

    def add(self, expected: FloatArray, number: FloatArray) -> None:
        place = np.floor(np.log(expected) * self._per_log).astype(np.int64) - self._offset
        self._count += np.bincount(place, weights=number, minlength=self._count.size)
        self._sum += np.bincount(place, weights=number * expected, minlength=self._sum.size)

    def result(self) -> ZeroBins:
        filled = self._count > 0
        return ZeroBins(self._sum[filled] / self._count[filled], self._count[filled])


def _once(cells: NDArray[np.intp]) -> None:
    """Refuse a cell that is given twice: cells of like margins would hide it in their number."""
    cells.sort()
    if np.any(cells[1:] == cells[:-1]):
        raise ValueError("observed cells must be given once each")


def _kinds(
    margin: sparse.csr_array,
) -> tuple[sparse.csr_array, NDArray[np.intp], NDArray[np.int64]]:
    """The distinct rows, which of them each row is, and how many rows each of them is."""
    known: dict[bytes, int] = {}
    first: list[int] = []
    kind = np.zeros(margin.shape[0], dtype=np.intp)
    ends = zip(margin.indptr[:-1].tolist(), margin.indptr[1:].tolist(), strict=True)
    for row, (low, high) in enumerate(ends):
        said = margin.indices[low:high].tobytes() + margin.data[low:high].tobytes()
        kind[row] = known.setdefault(said, len(known))
        if kind[row] == len(first):
            first.append(row)
    return margin[first], kind, np.bincount(kind, minlength=len(first))


def _two_axes(values: Margin) -> FloatArray | sparse.csr_array:
    """The margins with an axis of strata, also where there is one stratum only."""
    if isinstance(values, sparse.csr_array):
        return values
    dense = np.asarray(check.unmasked("margin", values))
    return dense[:, None] if dense.ndim == 1 else dense
