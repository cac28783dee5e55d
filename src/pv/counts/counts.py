"""The counts of the mart as arrays: margins per stratum and the cells with a case of both."""

from dataclasses import dataclass, field, replace

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.warehouse.relations import take

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Mask = NDArray[np.bool_]


def _none() -> Int:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct cases, by dense codes. P products, S events, K strata, C cells.

    `product_margin` [P, K], `event_margin` [S, K] and `totals` [K] are whole; `product`, `event`,
    `stratum` and `a` [C] are the cells with a > 0, sorted by product and event. `country` [K] is
    None for a stratum that is no country, `region` [K] None where unknown; `monitored` [P] are
    products under additional monitoring, `advanced` [P] advanced therapies, `in_scope` [P] those of
    the rule's scope; `single_event` [S] events that are no event group, `important` [S] event
    groups and their members. `listed_product` and `listed_event` [L] are the pairs, with a case or
    without, that a public label lists by the day of the look.
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

    def of_strata(self, strata: NDArray[np.intp]) -> "Counts":
        """The same counts restricted to some strata (a region, or one country)."""
        place = np.full(self.totals.size, -1)
        place[strata] = np.arange(strata.size)
        kept = place[self.stratum] >= 0
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
        )

    def of_cells(self, kept: NDArray[np.bool_]) -> "Counts":
        """The same margins with some of the cells."""
        return replace(
            self,
            product=self.product[kept],
            event=self.event[kept],
            stratum=self.stratum[kept],
            a=self.a[kept],
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
        )


def read(con: duckdb.DuckDBPyConnection) -> Counts:
    """Read what sql/count made on this connection, as of this look."""
    stratum = take(con, "work.counted_stratum", "country", "region", "n_cases")
    codes = read_codes(con, stratum["country"], stratum["region"])
    cell = take(con, "work.cell")
    product, event = take(con, "work.product_count"), take(con, "work.event_count")
    product_margin, event_margin = codes.product_margin, codes.event_margin
    product_margin[product["product_no"], product["stratum_no"]] = product["n_product"]
    event_margin[event["event_no"], event["stratum_no"]] = event["n_event"]
    return replace(
        codes,
        product_margin=product_margin,
        event_margin=event_margin,
        totals=stratum["n_cases"].astype(np.float64),
        product=cell["product_no"],
        event=cell["event_no"],
        stratum=cell["stratum_no"],
        a=cell["a"],
    )


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
    return Counts(
        np.zeros((product["product_id"].size, country.size)),
        np.zeros((event["important"].size, country.size)),
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
    )
