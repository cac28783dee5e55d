"""Other comparators than all products: of the therapeutic area, and unmasked (METHODS part 1).

An area's comparator are the cases of its products, in countries where these are enough. Unmasked
are the cases without those of other products that list the event; and, of product and comparator
alike, the cases that name some event that the product does not list.
"""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pv.counts.counts import Counts, Float, Int
from pv.pairs.pooling import Pairs, dense
from pv.warehouse.relations import put, run, take

Mask = NDArray[np.bool_]

# Cases that an area needs in a country to be compared with there.
AREA_MIN_CASES = 500


@dataclass(frozen=True, slots=True)
class Area:
    """Cases of A therapeutic areas.

    `of_product` [P] is the area of each product, -1 for none; `totals` [A, K] the cases of an area
    where it has enough of them, else 0, and `event_margin` those with an event, by area [S, K].
    """

    of_product: Int
    totals: Float
    event_margin: tuple[sparse.csr_array, ...]

    def compared(self, kind: int, product_margin: Float) -> Mask:
        """Where some products of an area are compared with it, by their margins [M, K].

        A stratum where the area has no other product's case would compare a product with itself.
        """
        return (product_margin > 0) & (product_margin < self.totals[kind])

    def tables(self, counts: Counts, pairs: Pairs, chosen: Int) -> Float:
        """The 2x2 tables [4, M, K] of the chosen pairs [M] that have a comparator."""
        a, b, _, _ = dense(counts, pairs, chosen)
        area, event = self.of_product[pairs.product[chosen]], pairs.event[chosen]
        with_event, compared = np.zeros_like(a), np.zeros(a.shape, dtype=bool)
        for kind, margin in enumerate(self.event_margin):
            own = area == kind
            with_event[own] = margin[event[own]].toarray()
            compared[own] = self.compared(kind, (a + b)[own])
        c = with_event - a
        return np.where(compared, np.stack([a, b, c, self.totals[area] - a - b - c]), 0.0)


@dataclass(frozen=True, slots=True)
class Left:
    """Cases that leave the tables of pairs, by pair and stratum [R], sorted: of both, of the
    product, of the event, and all."""

    pair: Int
    stratum: Int
    a: Float
    n_product: Float
    n_event: Float
    n_cases: Float

    @classmethod
    def of(cls, found: dict[str, NDArray[Any]]) -> "Left":
        """From the columns of a relation."""
        return cls(
            found["pair_no"], found["stratum_no"],
            *(found[name].astype(np.float64) for name in ("a", "n_product", "n_event", "n_cases")),
        )  # fmt: skip

    def tables(self, counts: Counts, pairs: Pairs, chosen: Int) -> Float:
        """The 2x2 tables [4, M, K] of the chosen pairs [M], sorted, without these cases."""
        tables = dense(counts, pairs, chosen)
        here = np.flatnonzero(np.isin(self.pair, chosen))
        at = np.searchsorted(chosen, self.pair[here]), self.stratum[here]
        a = self.a[here]
        b, c = self.n_product[here] - a, self.n_event[here] - a
        for cell, left in enumerate((a, b, c, self.n_cases[here] - a - b - c)):
            tables[cell][at] -= left
        return tables


@dataclass(frozen=True, slots=True)
class Comparators:
    """Comparators of the pairs in scope: of the area, and without other products that list it.

    Of P pairs `n_area` and `expected_area` are the cases and the expectation where the area is
    compared with, `expected_unmasked` the expectation of all cases: nan where there is none.
    """

    area: Area
    unmasked: Left
    n_area: Float
    expected_area: Float
    expected_unmasked: Float


def read(
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, expected: Float
) -> Comparators:
    """Of the pairs in scope; `expected` [P] is that of all products.

    Reads what counts at the look (sql/count).
    """
    scope = np.flatnonzero(counts.in_scope[pairs.product])
    _put_pairs(con, "work.scope_pair", pairs, scope)
    run(con, "pairs/comparators")
    area = _area(con, counts)
    n_area, expected_area = _expected_area(area, counts, pairs, scope)
    unmasked, change = _unmasked(con)
    result = np.full(expected.size, np.nan)
    result[scope] = expected[scope]
    np.add.at(result, unmasked.pair, change)
    return Comparators(area, unmasked, n_area, expected_area, result)


def fill(con: duckdb.DuckDBPyConnection, pairs: Pairs, found: Comparators) -> None:
    """Make work.pair_comparator."""
    at = np.flatnonzero(~np.isnan(found.expected_unmasked))
    put(
        con,
        "work.pair_comparator",
        {
            "product_no": pairs.product[at],
            "event_no": pairs.event[at],
            "n_area": found.n_area[at],
            "expected_area": found.expected_area[at],
            "expected_unmasked": found.expected_unmasked[at],
        },
    )


def none(con: duckdb.DuckDBPyConnection) -> None:
    """Make work.pair_comparator of no pair."""
    nothing = np.zeros(0)
    names = ("product_no", "event_no", "n_area", "expected_area", "expected_unmasked")
    put(con, "work.pair_comparator", dict.fromkeys(names, nothing))


def beyond_listed(con: duckdb.DuckDBPyConnection, pairs: Pairs, chosen: Mask) -> tuple[Left, Mask]:
    """The cases of the chosen pairs [P] that name only listed events of the product, and the pairs
    [P] of products that list any."""
    _put_pairs(con, "work.sensitive_pair", pairs, np.flatnonzero(chosen))
    run(con, "pairs/beyond_listed")
    lists_any = take(con, "work.listing_bit", "product_no")["product_no"]
    return Left.of(take(con, "work.beyond_left")), np.isin(pairs.product, lists_any)


def _put_pairs(con: duckdb.DuckDBPyConnection, into: str, pairs: Pairs, chosen: Int) -> None:
    columns = {
        "pair_no": chosen,
        "product_no": pairs.product[chosen],
        "event_no": pairs.event[chosen],
    }
    put(con, into, columns)


def _area(con: duckdb.DuckDBPyConnection, counts: Counts) -> Area:
    known, total = take(con, "work.product_area"), take(con, "work.area_count")
    found = take(con, "work.area_event_count")
    events, strata = counts.event_margin.shape
    of_product = np.full(counts.product_margin.shape[0], -1)
    of_product[known["product_no"]] = known["area_no"]
    areas = int(known["area_no"].max(initial=-1)) + 1
    totals = np.zeros((areas, strata))
    totals[total["area_no"], total["stratum_no"]] = total["n_cases"]
    totals[totals < AREA_MIN_CASES] = 0.0
    margin: list[sparse.csr_array] = []
    for area in range(areas):
        own = found["area_no"] == area
        at = found["event_no"][own], found["stratum_no"][own]
        cases = found["n_event"][own].astype(np.float64)
        margin.append(sparse.csr_array((cases, at), shape=(events, strata)))
    return Area(of_product, totals, tuple(margin))


def _expected_area(area: Area, counts: Counts, pairs: Pairs, scope: Int) -> tuple[Float, Float]:
    """Cases and expectation of the pairs [P] where the area is compared with; nan elsewhere."""
    n, expected = (np.full(pairs.product.size, np.nan) for _ in range(2))
    for kind, margin in enumerate(area.event_margin):
        own = scope[area.of_product[pairs.product[scope]] == kind]
        products = np.unique(pairs.product[own])
        margins = counts.product_margin[products]
        compared = area.compared(kind, margins)
        has = compared.any(1)
        own = own[has[np.searchsorted(products, pairs.product[own])]]
        place = np.searchsorted(products, pairs.product[own])
        weight = np.where(compared, margins / np.maximum(area.totals[kind], 1), 0.0)
        # One product of matrices; the strata of each pair are added in their order.
        table = sparse.csr_array(sparse.csr_array(weight) @ sparse.csr_array(margin.T))
        expected[own] = np.asarray(table[place, pairs.event[own]]).ravel()
        cell = np.flatnonzero(np.isin(counts.product, products))
        cell = cell[compared[np.searchsorted(products, counts.product[cell]), counts.stratum[cell]]]
        cases = np.bincount(
            pairs.of_cell[cell], weights=counts.a[cell], minlength=pairs.product.size
        )
        n[own] = cases[own]
    return n, expected


def _unmasked(con: duckdb.DuckDBPyConnection) -> tuple[Left, Float]:
    """What leaves the comparators, and by how much the expectation of its pair changes [R]."""
    found = take(con, "work.masked_left")
    nothing = np.zeros(found["pair_no"].size)
    left = Left(
        found["pair_no"], found["stratum_no"], nothing, nothing,
        found["n_event_left"].astype(np.float64), found["n_cases_left"].astype(np.float64),
    )  # fmt: skip
    rest = (found["n_event"] - left.n_event) / (found["n_cases"] - left.n_cases)
    return left, found["n_product"] * (rest - found["n_event"] / found["n_cases"])
