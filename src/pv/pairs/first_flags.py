"""Earlier looks: when did the pool first meet the rule, and when each country alone?"""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.changes import Changes
from pv.counts.counts import Counts, Int
from pv.pairs import pooling
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.warehouse.relations import put, run

NEVER = -1


@dataclass(frozen=True, slots=True)
class FirstFlags:
    """First looks at which the rule held, NEVER where it did not.

    `country` [C] is of the cells that `ever` held a case, `pool` [Q] of their `pairs`.
    """

    ever: Counts
    pairs: Pairs
    country: Int
    pool: Int


def sweep(changes: Changes, decide: Decision, until: int, *, pool: bool) -> FirstFlags:
    """Sweep the looks up to `until`, each with what was known then (METHODS part 7, condition 1).

    A rule that reads EB05 is decided with the prior of `decide`, tonight's, at every look: a prior
    for each would cost a fit of the whole table. Without `pool` only countries are asked.
    """
    low = decide.fewest()
    ever = changes.ever
    pairs = Pairs.of(ever)
    found = FirstFlags(
        ever,
        pairs,
        np.full(ever.product.size, NEVER, dtype=np.int64),
        np.full(pairs.product.size, NEVER, dtype=np.int64),
    )
    for look, counts, held in changes.looks(until):
        open_ = (found.country[held] == NEVER) & (counts.a >= low)
        open_ &= counts.is_country[counts.stratum]
        alone = alone_in(counts.of_cells(open_), decide)
        found.country[held[open_][alone]] = look
        if pool:
            _ask_pool(found, counts, held, decide, look)
    return found


def alone_in(counts: Counts, decide: Decision) -> NDArray[np.bool_]:
    """Which cells [C] meet the rule on their own 2x2 table."""
    cell = pooling.of_cells(counts)
    return decide(counts.product, cell["a"], cell)


def _ask_pool(found: FirstFlags, counts: Counts, held: Int, decide: Decision, look: int) -> None:
    """Note the pairs that the pool flags at this look for the first time."""
    pair = found.pairs.of_cell[held]
    n = np.bincount(pair, weights=counts.a, minlength=found.pool.size)
    ask = (found.pool == NEVER) & (n >= decide.fewest())
    part = counts.of_cells(ask[pair])
    pairs = Pairs.of(part)
    pooled = pooling.pooled(part, pairs)
    flagged = decide(pairs.product, pooled["n"], pooled)
    found.pool[np.flatnonzero(ask)[flagged]] = look


def fill(con: duckdb.DuckDBPyConnection, first: FirstFlags) -> None:
    """Fill mart.first_flag: the pool as country 'all', and each country that ever flagged."""
    cell, pool = np.flatnonzero(first.country != NEVER), np.flatnonzero(first.pool != NEVER)
    put(
        con,
        "work.first_flagged",
        {
            "product_no": np.append(first.ever.product[cell], first.pairs.product[pool]),
            "event_no": np.append(first.ever.event[cell], first.pairs.event[pool]),
            "country": np.append(
                first.ever.country[first.ever.stratum[cell]],
                np.full(pool.size, "all", dtype=object),
            ),
            "look_no": np.append(first.country[cell], first.pool[pool]),
        },
    )
    run(con, "pairs/first_flag")
