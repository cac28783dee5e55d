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
from pv.pairs.pooling import Pairs, Tables
from pv.stats._stratum_sums import TableSums
from pv.warehouse.relations import put, run, take

Mask = NDArray[np.bool_]

# Cases that an area needs in a country to be compared with there.
AREA_MIN_CASES = 500


@dataclass(frozen=True, slots=True)
class Area:
    """Cases of A therapeutic areas.

    `of_product` [P] is the area of each product, -1 for none; `totals` [A, T] the cases of an area
    in the periods of countries where it has enough of them, else 0, and `event_margin` those with
    an event, by area [S, T].
    """

    of_product: Int
    totals: Float
    event_margin: tuple[sparse.csr_array, ...]

    def sums(self, counts: Counts, pairs: Pairs, chosen: Int) -> TableSums:
        """The sums of the chosen pairs [M], sorted, over the periods in which the product is
        compared with its area.

        Where the area has no other product's case a product would be compared with itself.
        """
        tables = Tables.of(counts, pairs, chosen)
        n_product, _, _ = tables.margins
        area, event = self.of_product[pairs.product[chosen]], pairs.event[chosen]
        n_event = np.zeros(n_product.size)
        for kind, margin in enumerate(self.event_margin):
            own = np.flatnonzero(area[tables.pair] == kind)
            n_event[own] = _at(margin, event[tables.pair[own]], tables.period[own])
        total = self.totals[area[tables.pair], tables.period]
        at = n_product < total
        a, b = tables.a[at], tables.b[at]
        c = n_event[at] - a
        found = TableSums.of_tables(a, b, c, total[at] - n_product[at] - c)
        return found.by(tables.pair[at], chosen.size)


@dataclass(frozen=True, slots=True)
class Left:
    """Cases that leave the tables of pairs, by pair and period [R], sorted: of both, of the
    product, of the event, and all."""

    pair: Int
    period: Int
    a: Float
    n_product: Float
    n_event: Float
    n_cases: Float

    @classmethod
    def of(cls, counts: Counts, found: dict[str, NDArray[Any]]) -> "Left":
        """From the columns of a relation."""
        return cls(
            found["pair_no"], np.searchsorted(counts.periods.number, found["period_no"]),
            *(found[name].astype(np.float64) for name in ("a", "n_product", "n_event", "n_cases")),
        )  # fmt: skip

    def sums(self, counts: Counts, pairs: Pairs, chosen: Int) -> TableSums:
        """The sums of the chosen pairs [M], sorted, without these cases."""
        tables = Tables.of(counts, pairs, chosen)
        width = counts.periods.totals.size
        known = tables.pair * width + tables.period
        key = np.searchsorted(chosen, self.pair) * width + self.period
        # What leaves a period in which one of the two does not occur changes nothing.
        here = np.flatnonzero(np.isin(self.pair, chosen) & np.isin(key, known))
        at = np.searchsorted(known, key[here])
        a = self.a[here]
        b, c = self.n_product[here] - a, self.n_event[here] - a
        for cells, left in (
            (tables.a, a), (tables.b, b), (tables.c, c),
            (tables.d, self.n_cases[here] - a - b - c),
        ):  # fmt: skip
            cells[at] -= left
        return tables.sums()


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
    unmasked, change = _unmasked(con, counts)
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


def beyond_listed(
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, chosen: Mask
) -> tuple[Left, Mask]:
    """The cases of the chosen pairs [P] that name only listed events of the product, and the pairs
    [P] of products that list any."""
    _put_pairs(con, "work.sensitive_pair", pairs, np.flatnonzero(chosen))
    run(con, "pairs/beyond_listed")
    lists_any = take(con, "work.listing_bit", "product_no")["product_no"]
    return Left.of(counts, take(con, "work.beyond_left")), np.isin(pairs.product, lists_any)


def _put_pairs(con: duckdb.DuckDBPyConnection, into: str, pairs: Pairs, chosen: Int) -> None:
    columns = {
        "pair_no": chosen,
        "product_no": pairs.product[chosen],
        "event_no": pairs.event[chosen],
    }
    put(con, into, columns)


def _area(con: duckdb.DuckDBPyConnection, counts: Counts) -> Area:
    known, total = take(con, "work.product_area"), take(con, "work.area_count")
    found, periods = take(con, "work.area_event_count"), counts.periods
    of_product = np.full(counts.product_margin.shape[0], -1)
    of_product[known["product_no"]] = known["area_no"]
    areas = int(known["area_no"].max(initial=-1)) + 1
    totals = np.zeros((areas, periods.totals.size))
    totals[total["area_no"], np.searchsorted(periods.number, total["period_no"])] = total["n_cases"]
    for cases in totals:
        in_stratum = np.bincount(periods.stratum, weights=cases, minlength=counts.totals.size)
        cases[in_stratum[periods.stratum] < AREA_MIN_CASES] = 0.0
    shape = counts.event_margin.shape[0], periods.totals.size
    margin: list[sparse.csr_array] = []
    for area in range(areas):
        own = found["area_no"] == area
        at = found["event_no"][own], np.searchsorted(periods.number, found["period_no"][own])
        cases = found["n_event"][own].astype(np.float64)
        margin.append(sparse.csr_array(sparse.coo_array((cases, at), shape=shape)))
    return Area(of_product, totals, tuple(margin))


def _expected_area(area: Area, counts: Counts, pairs: Pairs, scope: Int) -> tuple[Float, Float]:
    """Cases and expectation of the pairs [P] where the area is compared with; nan elsewhere."""
    n, expected = (np.full(pairs.product.size, np.nan) for _ in range(2))
    periods = counts.periods
    product, pair = counts.product[periods.cell], pairs.of_cell[periods.cell]
    for kind, margin in enumerate(area.event_margin):
        own = scope[area.of_product[pairs.product[scope]] == kind]
        products = np.unique(pairs.product[own])
        row, period = (at.astype(np.int64) for at in periods.product[products].nonzero())
        cases = _at(periods.product, products[row], period)
        total = area.totals[kind][period]
        at = cases < total
        weight = sparse.coo_array(
            (cases[at] / total[at], (row[at], period[at])), (products.size, periods.totals.size)
        )
        has = np.bincount(row[at], minlength=products.size) > 0
        own = own[has[np.searchsorted(products, pairs.product[own])]]
        # One product of matrices; the periods of each pair are added in their order.
        table = sparse.csr_array(sparse.csr_array(weight) @ sparse.csr_array(margin.T))
        place = np.searchsorted(products, pairs.product[own])
        expected[own] = _at(table, place, pairs.event[own])
        cell = np.flatnonzero(np.isin(product, products))
        margins = _at(periods.product, product[cell], periods.period[cell])
        cell = cell[margins < area.totals[kind][periods.period[cell]]]
        found = np.bincount(pair[cell], weights=periods.a[cell], minlength=n.size)
        n[own] = found[own]
    return n, expected


def _unmasked(con: duckdb.DuckDBPyConnection, counts: Counts) -> tuple[Left, Float]:
    """What leaves the comparators, and by how much the expectation of its pair changes [R]."""
    found = take(con, "work.masked_left")
    nothing = np.zeros(found["pair_no"].size)
    left = Left(
        found["pair_no"], np.searchsorted(counts.periods.number, found["period_no"]), nothing,
        nothing, found["n_event_left"].astype(np.float64), found["n_cases_left"].astype(np.float64),
    )  # fmt: skip
    rest = (found["n_event"] - left.n_event) / (found["n_cases"] - left.n_cases)
    return left, found["n_product"] * (rest - found["n_event"] / found["n_cases"])


def _at(margin: sparse.csr_array, row: Int, column: Int) -> Float:
    """Single values of a sparse table; zeros where none is written."""
    if not row.size:
        return np.zeros(0)
    return np.asarray(margin[row, column], dtype=np.float64).ravel()
