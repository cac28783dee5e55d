"""Periods of receipt: like is compared with like in time too (METHODS part 1).

Inside a stratum (a country, or what stands for one) calendar quarters are walked by first receipt.
A period is closed at the end of the first quarter at which it holds enough cases, with what was
known by that day; the last may stay open. What arrives later never cuts a closed period again, so
that a later look only appends periods, and that of a version of a case is the same at every look.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np

from pv.counts.counts import Int
from pv.warehouse.relations import put, run, take


def quarter(day: date) -> int:
    """The number of a day's quarter, through all years."""
    return day.year * 4 + (day.month - 1) // 3


def last_ended(day: date) -> int:
    """The last quarter that ends by the day."""
    return quarter(day + timedelta(days=1)) - 1


@dataclass(frozen=True, slots=True)
class Receipts:
    """What is known of receipts: from the end of quarter `known` on there are `by` more cases
    (below 0: fewer) that were received in `quarter`, of a stratum 0..`strata`-1.
    """

    strata: int
    stratum: Int
    quarter: Int
    known: Int
    by: Int

    def ends(self, least: int, last: int) -> tuple[Int, Int]:
        """Stratum and last quarter of each closed period, in this order.

        A period closes with the first quarter, up to `last`, at whose end it holds `least` cases.
        """
        first = int(self.known.min(initial=last + 1))
        quarters = np.arange(first, last + 1)
        # What was received before anything was known is in the first period, whenever it was.
        place = np.maximum(self.quarter - first, 0)
        closes = np.zeros((self.strata, quarters.size), dtype=bool)
        held = np.zeros((self.strata, max(quarters.size, place.max(initial=0) + 1)), dtype=np.int64)
        since = np.zeros((self.strata, 1), dtype=np.int64)
        order = np.argsort(self.known, kind="stable")
        stops = np.searchsorted(self.known[order], quarters, side="right")
        seen = 0
        for now, stop in enumerate(stops):
            change = order[seen:stop]
            np.add.at(held, (self.stratum[change], place[change]), self.by[change])
            seen = stop
            open_ = np.arange(held.shape[1]) >= since
            closes[:, now] = np.where(open_, held, 0).sum(1) >= least
            since[closes[:, now]] = now + 1
        stratum, at = np.nonzero(closes)
        return stratum, quarters[at]


def periods(ends: tuple[Int, Int], stratum: Int, quarter: Int) -> Int:
    """The period, from 0 on in each stratum, of what was received in a quarter."""
    width = 1 + max(ends[1].max(initial=0), quarter.max(initial=0))
    closed = ends[0] * width + ends[1]
    return np.searchsorted(closed, stratum * width + quarter) - np.searchsorted(
        closed, stratum * width
    )


def make(con: duckdb.DuckDBPyConnection, least: int) -> None:
    """Make work.receipt_quarter and work.period_end from the cases that count at some look."""
    run(con, "count/receipt")
    strata = take(con, "work.valid_stratum", "stratum_no")["stratum_no"].size
    change = take(con, "work.receipt_change")
    stratum, received = change["stratum_no"], change["quarter_no"]
    receipts = Receipts(strata, stratum, received, change["known_quarter_no"], change["delta"])
    looks: list[date] = take(con, "core.look", "as_of")["as_of"].tolist()
    ends = receipts.ends(least, last_ended(max(looks)) if looks else 0)
    period = periods(ends, stratum, received) + 1
    found = np.unique(np.stack([stratum, received, period]), axis=1)
    names = ("stratum_no", "quarter_no", "receipt_period")
    put(con, "work.receipt_quarter", dict(zip(names, found, strict=True)))
    closed = periods(ends, *ends) + 1
    put(con, "work.period_end", dict(zip(names, (*ends, closed), strict=True)))
