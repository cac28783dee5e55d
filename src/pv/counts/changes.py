"""Counts that are added up look by look, from what each look adds and takes away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int, read_codes
from pv.warehouse.relations import put, run, take

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Deltas:
    """Changes of a table of counts, in the order of the looks: `by` at `place` (flat positions).

    The changes of look l are those from `start[l]` to `start[l + 1]`; a place comes once a look.
    """

    start: Int
    place: Int
    by: Int

    @classmethod
    def of(cls, look: Int, place: Int, by: Int, looks: int) -> "Deltas":
        """From columns sorted by look."""
        start = np.searchsorted(look, np.arange(looks + 1))
        return cls(start, place, by)

    def add(self, look: int, to: Float | Int) -> None:
        """Add the changes of one look to a flat array of counts."""
        at = slice(self.start[look], self.start[look + 1])
        to[self.place[at]] += self.by[at]

    def only(self, kept: Mask, place: Int) -> "Deltas":
        """The changes at some places, `place` being their positions after the others are gone."""
        chosen = kept[self.place]
        before = np.concatenate([[0], np.cumsum(chosen)])
        return Deltas(before[self.start], place[self.place[chosen]], self.by[chosen])


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes at each of L looks, for C cells of chosen pairs and the margins they need.

    `empty` are counts without a case, which tell the codes of products, events and strata (K of
    them, in the order of their names); `is_regular` tells the looks that the rule is asked at;
    `product` [C], `event` [C] and `stratum` [C] are the cells
    that ever held a case, sorted.
    """

    as_of: tuple[date, ...]
    is_regular: tuple[bool, ...]
    empty: Counts
    product: Int
    event: Int
    stratum: Int
    totals: Deltas
    product_margin: Deltas
    event_margin: Deltas
    cells: Deltas

    def looks(self, until: int) -> Iterator[tuple[int, Counts, Int]]:
        """Each regular look up to `until` with its counts, and the position of each cell in C.

        The counts are those that a night of that look reads: strata without a case are left out.
        They hold until the next step only.
        """
        shape = self.empty.product_margin.shape, self.empty.event_margin.shape
        product, event = np.zeros(shape[0]), np.zeros(shape[1])
        totals, a = np.zeros(self.empty.totals.size), np.zeros(self.product.size, dtype=np.int64)
        for look in range(until + 1):
            self.totals.add(look, totals)
            self.product_margin.add(look, product.reshape(-1))
            self.event_margin.add(look, event.reshape(-1))
            self.cells.add(look, a)
            if not self.is_regular[look]:
                continue
            held = np.flatnonzero(a)
            whole = replace(
                self.empty,
                product_margin=product,
                event_margin=event,
                totals=totals,
                product=self.product[held],
                event=self.event[held],
                stratum=self.stratum[held],
                a=a[held],
            )
            live = np.flatnonzero(totals)
            yield look, whole if live.size == totals.size else whole.of_strata(live), held

    @property
    def ever(self) -> Counts:
        """Every cell that ever held a case, without its cases."""
        return replace(
            self.empty,
            product=self.product,
            event=self.event,
            stratum=self.stratum,
            a=np.zeros_like(self.product),
        )

    def of_pairs(self, product: Int, event: Int) -> "Changes":
        """The same for some of the pairs; the margins of other products and events stay empty."""
        width = self.empty.event_margin.shape[0]
        kept = np.isin(self.product * width + self.event, product * width + event)
        place = np.cumsum(kept) - 1
        return replace(
            self,
            product=self.product[kept],
            event=self.event[kept],
            stratum=self.stratum[kept],
            product_margin=self._of_rows(self.product_margin, product, self.empty.product_margin),
            event_margin=self._of_rows(self.event_margin, event, self.empty.event_margin),
            cells=self.cells.only(kept, place),
        )

    @staticmethod
    def _of_rows(deltas: Deltas, rows: Int, margin: Float) -> Deltas:
        kept = np.zeros(margin.shape, dtype=bool)
        kept[rows] = True
        return deltas.only(kept.reshape(-1), np.arange(margin.size))


def read(
    con: duckdb.DuckDBPyConnection, product: Int, event: Int, *, margins: Literal["scope", "all"]
) -> Changes:
    """The changes of some pairs from sql/count/versions, with the margins of all products, or of
    theirs and those in scope, and of all events."""
    put(con, "work.chosen_pair", {"product_no": product, "event_no": event})
    known = take(con, "work.product_code", "product_no", "in_scope")
    products, events = known["product_no"], take(con, "work.event_code", "event_no")["event_no"]
    if margins == "scope":
        products = np.union1d(product, products[known["in_scope"]])
    put(con, "work.chosen_product", {"product_no": products})
    put(con, "work.chosen_event", {"event_no": events})
    run(con, "count/changes")
    known = take(con, "core.look", "as_of", "is_regular")
    as_of = tuple(known["as_of"].tolist())
    strata = take(con, "work.valid_stratum")
    # Here strata are in the order of their names, as at each look (sql/count/at_look).
    order = np.argsort(strata["stratum"])
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    empty = read_codes(con, strata["country"][order], strata["region"][order])
    found = {
        "stratum": take(con, "work.stratum_delta"),
        "product": take(con, "work.product_delta"),
        "event": take(con, "work.event_delta"),
        "cell": take(con, "work.cell_delta"),
    }

    def deltas(name: str, place: Int) -> Deltas:
        columns = found[name]
        return Deltas.of(columns["look_no"], place, columns["delta"], len(as_of))

    def margin(name: str) -> Deltas:
        row = found[name][f"{name}_no"]
        return deltas(name, row * rank.size + rank[found[name]["stratum_no"]])

    events = empty.event_margin.shape[0]
    cell = found["cell"]
    key = (cell["product_no"] * events + cell["event_no"]) * rank.size
    cells, place = np.unique(key + rank[cell["stratum_no"]], return_inverse=True)
    pair = cells // rank.size if rank.size else cells
    return Changes(
        as_of,
        tuple(known["is_regular"].tolist()),
        empty,
        pair // events if events else pair,
        pair % events if events else pair,
        cells - pair * rank.size,
        deltas("stratum", rank[found["stratum"]["stratum_no"]]),
        margin("product"),
        margin("event"),
        deltas("cell", place),
    )


def read_frequent(con: duckdb.DuckDBPyConnection, n_min: int) -> Changes:
    """The changes of every pair that at least `n_min` versions of cases ever had; all margins."""
    run(con, "count/frequent", {"n_min": n_min})
    pair = take(con, "work.frequent_pair")
    return read(con, pair["product_no"], pair["event_no"], margins="all")
