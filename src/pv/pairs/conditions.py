"""The finer conditions of a pooled-only verdict, asked of what conditions 1 to 3 have left."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float
from pv.pairs import notices, suspects
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.spec.linkage import Linkage
from pv.warehouse.frames import register

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pool:
    """What the pool says of P pairs: where its rule seems to hold alone, and of which flagged pairs
    the same is `also` asked, as evidence.
    """

    alone: Mask
    also: Mask
    homogeneity_p: Float


def fill(  # noqa: PLR0913, PLR0917
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, pool: Pool, decide: Decision,
    linkage: Linkage, as_of: date,
) -> None:  # fmt: skip
    """Register condition_columns, one row per pair asked; fill mart.suspected_duplicate.

    Conditions 4 (suspected duplicates) and 6 (stimulated reporting) of METHODS part 7; condition
    5, homogeneity, is in `pool`. Reads the temporary tables that sql/count/versions made.
    """
    asked = pool.alone | pool.also
    joined = suspects.joined(con, counts, pairs, asked, decide, linkage)
    noticed = notices.before(con, counts, pairs, asked, decide, as_of)
    at = np.flatnonzero(asked)
    register(
        con,
        "condition_columns",
        {
            "product_no": pairs.product[at],
            "event_no": pairs.event[at],
            "n_joined": joined.n_joined[at],
            "survives_joining": joined.holds[at],
            "homogeneous": ~(pool.homogeneity_p[at] < decide.rule.homogeneity_alpha),
            "notice_id": noticed.notice_id[at],
            "n_before_notice": noticed.n_before[at],
            "survives_notice": noticed.holds[at],
        },
    )
    suspects.fill(con, pairs, joined)
