"""Stimulated reporting: was a pair flagged before a public notice made people report?"""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float, Int
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.stats._stratum_sums import TableSums
from pv.warehouse.relations import put, run, take


@dataclass(frozen=True, slots=True)
class Noticed:
    """For P pairs the earliest notice and the cases first received by its day.

    `day`, `issuer` and `title` [P] are text, empty where there is no notice, and `n_before` [P] is
    nan there; `holds` [P] tells whether the rule held on what had been received by then (True
    without a notice). `noticed` [Q] are the pairs with a notice, sorted, and `sums` [Q] those
    over the tables of what had been received by then.
    """

    day: NDArray[np.object_]
    issuer: NDArray[np.object_]
    title: NDArray[np.object_]
    n_before: Float
    holds: NDArray[np.bool_]
    noticed: Int
    sums: TableSums

    def of_pairs(self, chosen: Int) -> TableSums:
        """The sums of some pairs [M] with a notice."""
        at = np.searchsorted(self.noticed, chosen)
        return self.sums.map(lambda values: values[at])


def before(
    con: duckdb.DuckDBPyConnection, pairs: Pairs, flagged: NDArray[np.bool_],
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
    a = found["a"].astype(np.float64)
    b, c = found["n_product"] - a, found["n_event"] - a
    sums = TableSums.of_tables(a, b, c, found["n_cases"] - a - b - c).by(
        np.searchsorted(noticed, found["pair_no"]), noticed.size
    )
    day, issuer, title = (np.full(flagged.size, "", dtype=object) for _ in range(3))
    n_before, holds = np.full(flagged.size, np.nan), np.ones(flagged.size, dtype=bool)
    if noticed.size:
        for column, name in ((day, "notice_date"), (issuer, "issuer"), (title, "title")):
            column[noticed] = first[name].astype(str)
        n_before[noticed] = sums.n
        holds[noticed] = decide.on_sums(sums, pairs.product[noticed])
    return Noticed(day, issuer, title, n_before, holds, noticed, sums)
