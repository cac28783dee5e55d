"""Counts that are added up look by look, from what each look adds and takes away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pv.counts.counts import Counts, Float, Int, Periods, read_codes
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
class Margins:
    """A margin that changes: where [R, T] it was ever above 0, by row and period, and how."""

    rows: int
    row: Int
    period: Int
    deltas: Deltas

    def now(self, n: Float, periods: int) -> sparse.csr_array:
        """The margin with the counts `n` of a look."""
        start = np.searchsorted(self.row, np.arange(self.rows + 1))
        return sparse.csr_array((n, self.period, start), shape=(self.rows, periods))

    def of_rows(self, rows: Int) -> "Margins":
        """Some of the rows only; the others stay empty."""
        kept = np.isin(self.row, rows)
        place = np.cumsum(kept) - 1
        return Margins(self.rows, self.row[kept], self.period[kept], self.deltas.only(kept, place))


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes at each of L looks, for F cells of chosen pairs and the margins they need.

    `empty` are counts without a case, which tell the codes of products, events and strata (K of
    them, in the order of their names); `is_regular` tells the looks that the rule is asked at;
    `product` [F], `event` [F] and `period` [F] are the cells that ever held a case, sorted, and
    `stratum` [T] the stratum of each period.
    """

    as_of: tuple[date, ...]
    is_regular: tuple[bool, ...]
    empty: Counts
    stratum: Int
    product: Int
    event: Int
    period: Int
    totals: Deltas
    product_margin: Margins
    event_margin: Margins
    cells: Deltas

    def looks(self, until: int) -> Iterator[tuple[int, Counts, Int]]:
        """Each regular look up to `until` with its counts, and the place of each cell in `ever`.

        The counts are those that a night of that look reads: strata without a case are left out.
        They hold until the next step only.
        """
        product = np.zeros(self.product_margin.row.size)
        event = np.zeros(self.event_margin.row.size)
        totals = np.zeros(self.stratum.size)
        a = np.zeros(self.product.size, dtype=np.int64)
        cell = self.ever.periods.cell
        for look in range(until + 1):
            self.totals.add(look, totals)
            self.product_margin.deltas.add(look, product)
            self.event_margin.deltas.add(look, event)
            self.cells.add(look, a)
            if not self.is_regular[look]:
                continue
            held, live = np.flatnonzero(a), np.flatnonzero(totals)
            periods = Periods(
                np.arange(totals.size),
                self.product_margin.now(product, totals.size),
                self.event_margin.now(event, totals.size),
                totals, self.stratum, held, self.period[held], a[held],
            ).of(live, self.stratum[live])  # fmt: skip
            # `of` leaves the cells: every cell with a case is in a period with one.
            whole = self.empty.parted(periods, self.product[held], self.event[held])
            strata = np.unique(self.stratum[live])
            if strata.size < whole.totals.size:
                whole = whole.of_strata(strata)
            yield look, whole, np.unique(cell[held])

    @property
    def ever(self) -> Counts:
        """Every cell that ever held a case, without its cases."""
        nothing = np.zeros(self.stratum.size)
        periods = Periods(
            np.arange(nothing.size),
            self.product_margin.now(np.zeros(self.product_margin.row.size), nothing.size),
            self.event_margin.now(np.zeros(self.event_margin.row.size), nothing.size),
            nothing, self.stratum, self.product[:0], self.period, np.zeros_like(self.product),
        )  # fmt: skip
        return self.empty.parted(periods, self.product, self.event)

    def of_pairs(self, product: Int, event: Int) -> "Changes":
        """The same for some of the pairs; the margins of other products and events stay empty."""
        width = self.empty.event_margin.shape[0]
        kept = np.isin(self.product * width + self.event, product * width + event)
        place = np.cumsum(kept) - 1
        return replace(
            self,
            product=self.product[kept],
            event=self.event[kept],
            period=self.period[kept],
            product_margin=self.product_margin.of_rows(product),
            event_margin=self.event_margin.of_rows(event),
            cells=self.cells.only(kept, place),
        )


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
    stratum = rank[take(con, "work.period", "stratum_no")["stratum_no"]]
    total = take(con, "work.period_delta")

    def deltas(columns: dict[str, Int], *names: str) -> tuple[Int, Deltas]:
        """The places that change, by name and period, and the changes there."""
        key = np.zeros(columns["delta"].size, dtype=np.int64)
        for name, width in zip(names, sizes[-len(names) :], strict=True):
            key = key * width + columns[name]
        places, place = np.unique(key, return_inverse=True)
        return places, Deltas.of(columns["look_no"], place, columns["delta"], len(as_of))

    def margin(name: str, rows: int) -> Margins:
        places, changes = deltas(take(con, f"work.{name}_delta"), f"{name}_no", "period_no")
        row, period = _parted(places, stratum.size)
        return Margins(rows, row, period, changes)

    events = empty.event_margin.shape[0]
    sizes = (1, events, stratum.size)
    product_margin = margin("product", empty.product_margin.shape[0])
    event_margin = margin("event", events)
    cells, changed = deltas(take(con, "work.cell_delta"), "product_no", "event_no", "period_no")
    pair, period = _parted(cells, stratum.size)
    cell_product, cell_event = _parted(pair, events)
    return Changes(
        as_of, tuple(known["is_regular"].tolist()), empty, stratum, cell_product, cell_event,
        period, Deltas.of(total["look_no"], total["period_no"], total["delta"], len(as_of)),
        product_margin, event_margin, changed,
    )  # fmt: skip


def _parted(key: Int, width: int) -> tuple[Int, Int]:
    """The two numbers of which a key was made; no keys where there is no width."""
    return (key // width, key % width) if width else (key, key)


def read_frequent(con: duckdb.DuckDBPyConnection, n_min: int) -> Changes:
    """The changes of every pair that at least `n_min` versions of cases ever had; all margins."""
    run(con, "count/frequent", {"n_min": n_min})
    pair = take(con, "work.frequent_pair")
    return read(con, pair["product_no"], pair["event_no"], margins="all")
