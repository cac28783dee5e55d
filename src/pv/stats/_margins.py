"""Pairs over strata as margins and non-zero cells, with the checks that all their users need."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pv.stats import _validate as check
from pv.stats._result import FloatArray

# Pairs handled at once, so that the gathered margin rows stay in a processor's cache.
_CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Pairs:
    """Margins ``product`` [P, K] and ``event`` [S, K], strata ``size`` [K], and pairs [n]."""

    product: FloatArray
    event: FloatArray
    size: FloatArray
    product_at: NDArray[np.intp]
    event_at: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        product_margin: ArrayLike,
        event_margin: ArrayLike,
        totals: ArrayLike,
        product_index: ArrayLike,
        event_index: ArrayLike,
    ) -> "Pairs":
        """Raises ``ValueError`` for margins above their stratum and positions out of range."""
        product = check.counts("product_margin", product_margin)
        event = check.counts("event_margin", event_margin)
        size = check.counts("totals", totals)
        for name, margin in (("product_margin", product), ("event_margin", event)):
            if size.ndim != 1 or margin.ndim != 2 or margin.shape[1] != size.size:
                raise ValueError(
                    f"{name} must have one column per stratum of totals, "
                    f"but the shapes are {margin.shape} and {size.shape}"
                )
            check.not_above(name, margin, "totals", size)
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

    def sums(self, of_product: FloatArray, of_event: FloatArray) -> FloatArray:
        """Sum over the strata of a product's terms [P, K] times an event's [S, K], by pair [n]."""
        result = np.empty(self.count)
        for start in range(0, self.count, _CHUNK):
            rows = slice(start, start + _CHUNK)
            left, right = of_product[self.product_at[rows]], of_event[self.event_at[rows]]
            result[rows] = np.einsum("ij,ij->i", left, right)
        return result

    def expected(self) -> FloatArray:
        """E = sum over all strata of n_pk n_ek / N_k."""
        return self.sums(self.product * self.inverse, self.event)


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
        with_product = pairs.product[pairs.product_at[pair], stratum]
        with_event = pairs.event[pairs.event_at[pair], stratum]
        check.not_above("cell_a", a, "the product's margin", with_product)
        check.not_above("cell_a", a, "the event's margin", with_event)
        total = pairs.size[stratum]
        if np.any(with_product + with_event - a > total):
            raise ValueError(
                "product and event margins of a cell need more cases than its stratum has"
            )
        return cls(pair, stratum, a, with_product, with_event, total)


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
