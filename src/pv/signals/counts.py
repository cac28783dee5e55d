"""The counts of the mart as arrays: margins per stratum and the cells with a case of both."""

from dataclasses import dataclass, replace

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.warehouse.frames import read as read_columns

Int = NDArray[np.int64]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct cases, by dense codes. P products, S events, K strata, C cells.

    `product_margin` [P, K], `event_margin` [S, K] and `totals` [K] are whole; `product`, `event`,
    `stratum` and `a` [C] are the cells with a > 0, sorted by product and event. `country` [K] is
    None for a stratum that is no country, `region` [K] None where unknown; `monitored` [P] are
    products under additional monitoring, `advanced` [P] advanced therapies, `single_event` [S]
    events that are no event group.
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

    @property
    def is_country(self) -> NDArray[np.bool_]:
        """Which strata [K] are countries."""
        return np.array([name is not None for name in self.country], dtype=bool)

    def of_strata(self, strata: NDArray[np.intp]) -> "Counts":
        """The same counts restricted to some strata (a region, or one country)."""
        place = np.full(self.totals.size, -1)
        place[strata] = np.arange(strata.size)
        kept = place[self.stratum] >= 0
        return Counts(
            self.product_margin[:, strata],
            self.event_margin[:, strata],
            self.totals[strata],
            self.product[kept],
            self.event[kept],
            place[self.stratum[kept]],
            self.a[kept],
            self.country[strata],
            self.region[strata],
            self.monitored,
            self.advanced,
            self.single_event,
        )

    def of_products(self, products: NDArray[np.intp]) -> "Counts":
        """The same counts restricted to some products, whose codes become their places."""
        place = np.full(self.product_margin.shape[0], -1)
        place[products] = np.arange(products.size)
        kept = place[self.product] >= 0
        return replace(
            self,
            product_margin=self.product_margin[products],
            monitored=self.monitored[products],
            advanced=self.advanced[products],
            product=place[self.product[kept]],
            event=self.event[kept],
            stratum=self.stratum[kept],
            a=self.a[kept],
        )


def read(con: duckdb.DuckDBPyConnection) -> Counts:
    """Read the temporary tables that sql/40_mart made on this connection."""
    stratum = con.execute(
        "select country, region, n_cases from counted_stratum order by stratum_no"
    ).fetchall()
    product = read_columns(
        con,
        """
        select
            coalesce(p.additional_monitoring, false) as monitored,
            c.product_id is not null as advanced
        from product_code c
        left join core.product p using (product_id)
        order by c.product_no
        """,
    )
    monitored = product["monitored"].astype(bool)
    single = read_columns(
        con, "select event_kind = 'event' as single from event_code order by event_no"
    )["single"].astype(bool)
    cell = read_columns(
        con,
        "select product_no, event_no, stratum_no, a from cell "
        "order by product_no, event_no, stratum_no",
    )
    shape = len(stratum)
    return Counts(
        _margin(con, "product", monitored.size, shape),
        _margin(con, "event", single.size, shape),
        np.array([row[2] for row in stratum], dtype=np.float64),
        cell["product_no"].astype(np.int64),
        cell["event_no"].astype(np.int64),
        cell["stratum_no"].astype(np.int64),
        cell["a"].astype(np.int64),
        np.array([row[0] for row in stratum], dtype=object),
        np.array([row[1] for row in stratum], dtype=object),
        monitored,
        product["advanced"].astype(bool),
        single,
    )


_MARGIN = {
    "product": "select product_no as code, stratum_no, count(*) as n from counted_product "
    "group by all",
    "event": "select event_no as code, stratum_no, count(*) as n from counted_event group by all",
}


def _margin(con: duckdb.DuckDBPyConnection, kind: str, rows: int, strata: int) -> Float:
    found = read_columns(con, _MARGIN[kind])
    margin = np.zeros((rows, strata))
    margin[found["code"], found["stratum_no"]] = found["n"]
    return margin
