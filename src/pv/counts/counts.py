"""The counts of the mart as arrays: margins per stratum and the cells with a case of both."""

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pv.warehouse.relations import take

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Mask = NDArray[np.bool_]


def _none() -> Int:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Periods:
    """The T periods of receipt of K strata, in which like is compared with like.

    `product` [P, T], `event` [S, T] and `totals` [T] are margins, of which there are thousands and
    mostly none: sparse. `number` [T] is that of work.period, `stratum` [T] its stratum, both
    rising. `cell`, `period` and `a` [F] tell how the cases of the cells [C] lie over their
    stratum's periods, by cell and period.
    """

    number: Int

    product: sparse.csr_array
    event: sparse.csr_array
    totals: Float
    stratum: Int
    cell: Int
    period: Int
    a: Int

    @classmethod
    def one_each(
        cls, product: Float, event: Float, totals: Float, stratum: Int, a: Int
    ) -> "Periods":
        """One for each stratum, from margins and the cells' strata and cases."""
        strata = np.arange(totals.size)
        margins = sparse.csr_array(product), sparse.csr_array(event)
        return cls(strata, *margins, totals, strata, np.arange(a.size), stratum, a)

    def of(self, periods: Int, stratum: Int) -> "Periods":
        """Some periods, with the numbers that their strata have then; their cells are kept."""
        place = np.full(self.totals.size, -1)
        place[periods] = np.arange(periods.size)
        kept = place[self.period] >= 0
        return Periods(
            self.number[periods],
            _columns(self.product, periods), _columns(self.event, periods), self.totals[periods],
            stratum, self.cell[kept], place[self.period[kept]], self.a[kept],
        )  # fmt: skip

    def of_cells(self, kept: NDArray[np.bool_]) -> "Periods":
        """The same with some of the cells [C], which are numbered anew."""
        held = kept[self.cell]
        place = np.cumsum(kept) - 1
        return replace(self, cell=place[self.cell[held]], period=self.period[held], a=self.a[held])


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct cases, by dense codes. P products, S events, K strata, C cells.

    `product_margin` [P, K], `event_margin` [S, K] and `totals` [K] are whole; `product`, `event`,
    `stratum` and `a` [C] are the cells with a > 0, sorted by product, event and stratum; `periods`
    parts all of it by receipt. `country` [K] is None for a stratum that is no country, `region` [K]
    None where unknown; `monitored` [P] are products under additional monitoring, `advanced` [P]
    advanced therapies, `in_scope` [P] those of the rule's scope; `single_event` [S] events that are
    no event group, `important` [S] event groups and their members. `listed_product` and
    `listed_event` [L] are the pairs, with a case or without, that a public label lists by the day
    of the look.
    """

    product_margin: Float
    event_margin: Float
    totals: Float
    product: Int
    event: Int
    stratum: Int
    a: Int
    country: NDArray[np.object_]
    region: NDArray[np.object_]
    monitored: NDArray[np.bool_]
    advanced: NDArray[np.bool_]
    single_event: NDArray[np.bool_]
    in_scope: NDArray[np.bool_]
    important: NDArray[np.bool_]
    periods: Periods
    listed_product: Int = field(default_factory=_none)
    listed_event: Int = field(default_factory=_none)

    @property
    def is_country(self) -> NDArray[np.bool_]:
        """Which strata [K] are countries."""
        return np.array([name is not None for name in self.country], dtype=bool)

    def is_listed(self, product: Int, event: Int) -> Mask:
        """Which of some pairs, by their products and events, are listed."""
        width = self.event_margin.shape[0]
        return np.isin(product * width + event, self.listed_product * width + self.listed_event)

    def leave_out_listed(self, products: Int, events: Int, table: Float) -> None:
        """Set the listed pairs of a table [products, events] to 0; both are rising."""
        if not table.size:
            return
        row = np.searchsorted(products, self.listed_product)
        column = np.searchsorted(events, self.listed_event)
        row, column = row.clip(max=products.size - 1), column.clip(max=events.size - 1)
        there = (products[row] == self.listed_product) & (events[column] == self.listed_event)
        table[row[there], column[there]] = 0

    def parted(self, periods: Periods, product: Int, event: Int) -> "Counts":
        """The counts of some periods, and of their cells as `of_parts`."""
        strata = self.country.size
        totals = np.bincount(periods.stratum, weights=periods.totals, minlength=strata)
        whole = replace(
            self,
            product_margin=_by_stratum(periods.product, periods.stratum, strata),
            event_margin=_by_stratum(periods.event, periods.stratum, strata),
            totals=totals.astype(np.float64, copy=False),
        )
        return whole.of_parts(periods, product, event)

    def of_parts(self, periods: Periods, product: Int, event: Int) -> "Counts":
        """The same margins with other cells, of product [F], event [F] and period.

        `periods` has their `period` and `a` [F]; they are sorted by product, event and period.
        """
        stratum = periods.stratum[periods.period]
        new = np.ones(product.size, dtype=bool)
        new[1:] = reduce(np.logical_or, (np.diff(key) != 0 for key in (product, event, stratum)))
        first = np.flatnonzero(new)
        return replace(
            self,
            product=product[first],
            event=event[first],
            stratum=stratum[first],
            a=np.add.reduceat(periods.a, first) if first.size else periods.a,
            periods=replace(periods, cell=np.cumsum(new) - 1),
        )

    @classmethod
    def of_whole_strata(  # noqa: PLR0913, PLR0917
        cls, product_margin: Float, event_margin: Float, totals: Float, product: Int, event: Int,
        stratum: Int, a: Int, *codes: Any,
    ) -> "Counts":  # fmt: skip
        """Counts whose strata have one period each; the other columns in their order."""
        own = product_margin, event_margin, totals, product, event, stratum, a
        periods = Periods.one_each(product_margin, event_margin, totals, stratum, a)
        each: tuple[Any, ...] = (*own, *codes, periods)
        return cls(*each)

    def without_periods(self) -> "Counts":
        """The same counts with one period for each stratum: its own whole table."""
        margins = self.product_margin, self.event_margin, self.totals
        return replace(self, periods=Periods.one_each(*margins, self.stratum, self.a))

    def of_strata(self, strata: NDArray[np.intp]) -> "Counts":
        """The same counts restricted to some strata (a region, or one country), in rising order."""
        place = np.full(self.totals.size, -1)
        place[strata] = np.arange(strata.size)
        kept = place[self.stratum] >= 0
        stratum = place[self.periods.stratum]
        some = np.flatnonzero(stratum >= 0)
        return replace(
            self,
            product_margin=self.product_margin[:, strata],
            event_margin=self.event_margin[:, strata],
            totals=self.totals[strata],
            product=self.product[kept],
            event=self.event[kept],
            stratum=place[self.stratum[kept]],
            a=self.a[kept],
            country=self.country[strata],
            region=self.region[strata],
            periods=self.periods.of_cells(kept).of(some, stratum[some]),
        )

    def of_cells(self, kept: NDArray[np.bool_]) -> "Counts":
        """The same margins with some of the cells."""
        return replace(
            self,
            product=self.product[kept],
            event=self.event[kept],
            stratum=self.stratum[kept],
            a=self.a[kept],
            periods=self.periods.of_cells(kept),
        )

    def of_products(self, products: NDArray[np.intp]) -> "Counts":
        """The same counts restricted to some products, whose codes become their places."""
        place = np.full(self.product_margin.shape[0], -1)
        place[products] = np.arange(products.size)
        kept = place[self.product] >= 0
        on_list = place[self.listed_product] >= 0
        return replace(
            self,
            listed_product=place[self.listed_product[on_list]],
            listed_event=self.listed_event[on_list],
            product_margin=self.product_margin[products],
            monitored=self.monitored[products],
            advanced=self.advanced[products],
            in_scope=self.in_scope[products],
            product=place[self.product[kept]],
            event=self.event[kept],
            stratum=self.stratum[kept],
            a=self.a[kept],
            periods=replace(self.periods.of_cells(kept), product=self.periods.product[products]),
        )


def read(con: duckdb.DuckDBPyConnection) -> Counts:
    """Read what sql/count made on this connection, as of this look."""
    stratum = take(con, "work.counted_stratum", "country", "region")
    codes = read_codes(con, stratum["country"], stratum["region"])
    period = take(con, "work.counted_period", "period_no", "stratum_no", "n_cases")
    number, totals = period["period_no"], period["n_cases"].astype(np.float64)
    product, event = take(con, "work.product_count"), take(con, "work.event_count")
    cell = take(con, "work.cell")

    def margin(columns: dict[str, NDArray[np.int64]], name: str, rows: int) -> sparse.csr_array:
        at = columns[f"{name}_no"], np.searchsorted(number, columns["period_no"])
        n = columns[f"n_{name}"].astype(np.float64)
        return sparse.csr_array(sparse.coo_array((n, at), shape=(rows, number.size)))

    periods = Periods(
        number,
        margin(product, "product", codes.product_margin.shape[0]),
        margin(event, "event", codes.event_margin.shape[0]),
        totals, period["stratum_no"], cell["a"][:0], np.searchsorted(number, cell["period_no"]),
        cell["a"],
    )  # fmt: skip
    return codes.parted(periods, cell["product_no"], cell["event_no"])


def with_listed(con: duckdb.DuckDBPyConnection, counts: Counts) -> Counts:
    """The same counts with the pairs that are listed by the day of this look."""
    pair = take(con, "work.listed_pair", "product_no", "event_no", "listed")
    return replace(
        counts,
        listed_product=pair["product_no"][pair["listed"]],
        listed_event=pair["event_no"][pair["listed"]],
    )


def read_codes(
    con: duckdb.DuckDBPyConnection, country: NDArray[np.object_], region: NDArray[np.object_]
) -> Counts:
    """Counts without a case: what the codes of products, events and the given strata [K] mean."""
    product = take(con, "work.product_code", "product_id", "additional_monitoring", "in_scope")
    event = take(con, "work.event_code", "event_kind", "important")
    nothing = np.zeros(0, dtype=np.int64)
    products, events = product["product_id"].size, event["important"].size
    none = Periods(
        nothing,
        sparse.csr_array((products, 0)), sparse.csr_array((events, 0)),
        np.zeros(0), nothing, nothing, nothing, nothing,
    )  # fmt: skip
    return Counts(
        np.zeros((products, country.size)),
        np.zeros((events, country.size)),
        np.zeros(country.size),
        nothing,
        nothing,
        nothing,
        nothing,
        country,
        region,
        product["additional_monitoring"],
        product["product_id"] != None,  # noqa: E711  (elementwise)
        event["event_kind"] == "event",
        product["in_scope"],
        event["important"],
        none,
    )


def _columns(margin: sparse.csr_array, columns: Int) -> sparse.csr_array:
    """Some of the columns, in rising order, without zeros that are written out."""
    if columns.size == margin.shape[1] and margin.data.all():
        return margin
    place = np.full(margin.shape[1], -1)
    place[columns] = np.arange(columns.size)
    kept = (place[margin.indices] >= 0) & (margin.data != 0)
    before = np.concatenate([[0], np.cumsum(kept)])
    return sparse.csr_array(
        (margin.data[kept], place[margin.indices[kept]], before[margin.indptr]),
        shape=(margin.shape[0], columns.size),
    )


def _by_stratum(margin: sparse.csr_array, stratum: Int, strata: int) -> Float:
    """A margin by stratum, from the one by period."""
    row = np.repeat(np.arange(margin.shape[0]), np.diff(margin.indptr))
    at = row * strata + stratum[margin.indices]
    found = np.bincount(at, weights=margin.data, minlength=margin.shape[0] * strata)
    return found.astype(np.float64, copy=False).reshape(margin.shape[0], strata)
