"""Possible duplicates: would a pair still be flagged, were cases that look the same one case?

Here the dozens of cases of one pair are compared with one another, in SQL. The linkage of the
whole database, by identifiers, is in `pv.cases.duplicates`.
"""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int
from pv.pairs.conditions import spread
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs, Tables, chunks
from pv.spec.linkage import Linkage
from pv.stats._stratum_sums import TableSums
from pv.warehouse.relations import put, run, take

# With more cases than this a pair does not fall by a few duplicates, and comparing each with each
# would cost too much.
_COMPARE_ALL = 100


@dataclass(frozen=True, slots=True)
class PossibleDuplicates:
    """What joining possible duplicates does to P pairs, and the L links found.

    `n_joined` [P] are the cases when each group counts once (nan where nothing was compared) and
    `holds` [P] whether the pair still is what it was. `pair` [L] is the position of each link's
    pair; `says` has for each field a column [L] of what agrees in words, empty where it does not.
    Of each group but one case is left out: `left_pair` and `left_period` [X] are those cases.
    """

    n_joined: Float
    holds: NDArray[np.bool_]
    pair: Int
    case_id: Int
    other_case_id: Int
    probability: Float
    says: dict[str, NDArray[np.object_]]
    left_pair: Int
    left_period: Int

    def without(self, counts: Counts, pairs: Pairs, chosen: Int) -> TableSums:
        """The sums of the chosen pairs [M], sorted, without what is left out.

        Each case leaves the pair, and with it the margins of its product, its event and its period.
        """
        tables = Tables.of(counts, pairs, chosen)
        here = np.isin(self.left_pair, chosen)
        width = counts.periods.totals.size
        key = np.searchsorted(chosen, self.left_pair[here]) * width + self.left_period[here]
        np.subtract.at(tables.a, np.searchsorted(tables.pair * width + tables.period, key), 1)
        return tables.sums()


def joined(  # noqa: PLR0913, PLR0917
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, candidates: NDArray[np.bool_],
    decide: Decision, linkage: Linkage,
) -> PossibleDuplicates:  # fmt: skip
    """Join the possible duplicates of each candidate pair [P] and ask the rule again.

    Links with at least the rule's `duplicate_probability` join cases transitively within their
    pair. Of a group the case whose authority's number comes first counts, in its own stratum; the
    others leave all margins of theirs. The pair holds where the rule does and the cases still are
    of enough countries. Reads the temporary tables that sql/count/versions made.
    """
    chosen = np.flatnonzero(candidates)
    found = _links(con, pairs, chosen, decide.rule.duplicate_probability, linkage)
    pair, number = _surplus(found)
    period = np.searchsorted(counts.periods.number, number)
    cell = _cells(counts, pairs, pair, counts.periods.stratum[period])
    a = counts.a.copy()
    np.subtract.at(a, cell, 1)

    n = np.bincount(pairs.of_cell, weights=a, minlength=pairs.product.size)
    fewer = np.unique(pair)
    holds = candidates.copy()
    holds[fewer] = spread(counts, pairs, a, decide.rule).holds[fewer]
    result = PossibleDuplicates(
        np.where(candidates, n, np.nan), holds, found["pair_no"], found["case_id"],
        found["other_case_id"], found["probability"],
        {name: found[name] for name in linkage.fields}, pair, period,
    )  # fmt: skip
    for part in chunks(counts, fewer):
        holds[part] &= decide.on_sums(result.without(counts, pairs, part), pairs.product[part])
    return result


def fill(con: duckdb.DuckDBPyConnection, pairs: Pairs, found: PossibleDuplicates) -> None:
    """Fill mart.possible_duplicate with the links."""
    put(
        con,
        "work.linked_pair",
        {
            "product_no": pairs.product[found.pair],
            "event_no": pairs.event[found.pair],
            "case_id": found.case_id,
            "other_case_id": found.other_case_id,
            "match_probability": found.probability,
            **{f"says_{name}": column for name, column in found.says.items()},
        },
    )
    run(con, "pairs/possible_duplicates")


def _links(
    con: duckdb.DuckDBPyConnection, pairs: Pairs, chosen: Int, probability: float, model: Linkage
) -> dict[str, NDArray[Any]]:
    """The links of the chosen pairs: pair_no, cases, strata, probability and the words."""
    put(
        con,
        "work.compared_pair",
        {
            "pair_no": chosen,
            "product_no": pairs.product[chosen],
            "event_no": pairs.event[chosen],
        },
    )
    run(con, "pairs/compared", {"compare_all": _COMPARE_ALL})
    compared = take(con, "work.compared")
    compared |= {name: compared[f"{name}_level"] for name in model.fields}
    weight = model.weight(compared)
    kept = np.flatnonzero(weight >= model.least_weight(probability))
    name = ("product_no", "case_id", "other_case_id")
    heavy = {key: compared[key][kept] for key in name}
    put(con, "work.heavy", {**heavy, "place": kept, "match_weight": weight[kept]})
    run(con, "pairs/matched")
    matched = take(con, "work.matched")
    matched["probability"] = model.probability(matched["match_weight"], matched["n"])
    linked = matched["probability"] >= probability
    result = {key: values[linked] for key, values in matched.items()}
    return {**result, **model.says({key: compared[key][result["place"]] for key in model.fields})}


def _surplus(found: dict[str, NDArray[Any]]) -> tuple[Int, Int]:
    """Pair and period of each case that an earlier one (`case_order`) of its group stands for."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = np.concatenate(
        [
            np.stack([found["pair_no"], found["case_order"], found["period_no"]]),
            np.stack([found["pair_no"], found["other_case_order"], found["other_period_no"]]),
        ],
        axis=1,
    ).astype(np.int64)
    # Sorted by pair and order: the first node of each component is its first case.
    node, position = np.unique(ends, axis=1, return_inverse=True)
    left, right = np.split(position.ravel(), 2)
    size = node.shape[1]
    if not size:
        return node[0], node[2]
    graph = coo_array((np.ones(left.size), (left, right)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    stands = np.zeros(size, dtype=bool)
    stands[np.unique(label, return_index=True)[1]] = True
    return node[0][~stands], node[2][~stands]


def _cells(counts: Counts, pairs: Pairs, pair: Int, stratum: Int) -> Int:
    """Positions of the cells of some pairs and strata."""
    strata = counts.totals.size
    return np.searchsorted(pairs.of_cell * strata + counts.stratum, pair * strata + stratum)
