"""Stimulated reporting: was a pair flagged before a public notice made people report?"""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.warehouse.relations import put, run, take


@dataclass(frozen=True, slots=True)
class Noticed:
    """For P pairs the earliest notice and the cases first received by its day.

    `day`, `issuer` and `title` [P] are text, empty where there is no notice, and `n_before` [P] is
    nan there; `holds` [P] tells whether the rule held on what had been received by then (True
    without a notice). `noticed` [Q] are the pairs with a notice, sorted, and `tables` [4, Q, K] the
    2x2 tables of what had been received by then.
    """

    day: NDArray[np.object_]
    issuer: NDArray[np.object_]
    title: NDArray[np.object_]
    n_before: Float
    holds: NDArray[np.bool_]
    noticed: Int
    tables: Float

    def of_pairs(self, chosen: Int) -> Float:
        """The tables [4, M, K] of some pairs [M] with a notice."""
        return self.tables[:, np.searchsorted(self.noticed, chosen)]


def before(  # noqa: PLR0913, PLR0917
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, flagged: NDArray[np.bool_],
    decide: Decision, as_of: date,
) -> Noticed:  # fmt: skip
    """Ask the rule again for flagged pairs [P] with a notice by `as_of`, as at the notice's day.

    Reads core.notice and the temporary tables that sql/count/versions made.
    """
    chosen = np.flatnonzero(flagged)
    put(
        con,
        "work.notice_pair",
        {
            "pair_no": chosen,
            "product_no": pairs.product[chosen],
            "event_no": pairs.event[chosen],
        },
    )
    run(con, "pairs/notices", {"as_of": as_of})
    first = take(con, "work.noticed", "pair_no", "notice_date", "issuer", "title")
    noticed = first["pair_no"]
    found = take(con, "work.noticed_count")
    at = (np.searchsorted(noticed, found["pair_no"]), found["stratum_no"])

    def dense(column: str) -> Float:
        table = np.zeros((noticed.size, counts.totals.size))
        table[at] = found[column]
        return table

    a = dense("a")
    b, c = dense("n_product") - a, dense("n_event") - a
    tables = np.stack([a, b, c, dense("n_cases") - a - b - c])
    day, issuer, title = (np.full(flagged.size, "", dtype=object) for _ in range(3))
    n_before, holds = np.full(flagged.size, np.nan), np.ones(flagged.size, dtype=bool)
    if noticed.size:
        for column, name in ((day, "notice_date"), (issuer, "issuer"), (title, "title")):
            column[noticed] = first[name].astype(str)
        n_before[noticed] = a.sum(1)
        holds[noticed] = decide.on_tables(tables, pairs.product[noticed])
    return Noticed(day, issuer, title, n_before, holds, noticed, tables)
