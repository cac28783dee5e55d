"""The figures of a reaction monitoring report: who the cases of a pair are, and where.

Whether a pair stands out more among children, or among the elderly, than among the others is asked
of the ratio of two odds ratios, each stratified like the pair's own, on cases whose age is known.
"""

from collections.abc import Collection
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pv.spec.rule import Rule
from pv.stats._result import LogEstimate
from pv.stats.meta import ratio_of_ratios
from pv.stats.stratified import mh_or_sparse
from pv.warehouse.relations import put, run, take

AGE_GROUPS = ("paediatric", "adult", "geriatric")
Columns = dict[str, NDArray[Any]]


def fill(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Fill mart.reaction_monitoring with the pairs of products in scope and advanced therapies."""
    run(con, "pairs/monitored")
    names = ("total", "product", "event", "cell")
    aged = {name: take(con, f"work.aged_{name}") for name in names}
    pair = take(con, "work.monitored_pair")
    columns: Columns = {"pair_no": pair["pair_no"]}
    for group in ("paediatric", "geriatric"):
        others = [name for name in AGE_GROUPS if name != group]
        inside, outside = _odds(aged, pair, [group]), _odds(aged, pair, others)
        found = ratio_of_ratios(
            inside.estimate, inside.log_variance, outside.estimate, outside.log_variance
        )
        columns[f"relative_ror_{group}"] = found.estimate
        columns[f"relative_ror025_{group}"] = found.lower
    put(con, "work.age_contrast", columns)
    run(con, "pairs/reaction_monitoring", {"roles": list(rule.roles), "n_min": rule.n_min})


def _odds(aged: dict[str, Columns], pair: Columns, groups: Collection[str]) -> LogEstimate:
    """The odds ratio of each pair over the periods of all countries, on cases of these ages."""
    of = {name: _of(columns, groups) for name, columns in aged.items()}
    width = 1 + int(aged["total"]["period_no"].max(initial=-1))
    products, product = np.unique(pair["product_no"], return_inverse=True)
    events, event = np.unique(pair["event_no"], return_inverse=True)
    totals = np.bincount(of["total"]["period_no"], weights=of["total"]["n_cases"], minlength=width)
    cells = _sums(of["cell"], "pair_no", "a", np.arange(product.size), width).tocoo()
    return mh_or_sparse(
        _sums(of["product"], "product_no", "n_product", products, width),
        _sums(of["event"], "event_no", "n_event", events, width),
        totals.astype(np.float64),
        product_index=product, event_index=event, cell_pair=cells.row, cell_stratum=cells.col,
        cell_a=cells.data,
    )  # fmt: skip


def _of(columns: Columns, groups: Collection[str]) -> Columns:
    kept = np.isin(columns["age_group"], list(groups))
    return {name: values[kept] for name, values in columns.items()}


def _sums(
    columns: Columns, code: str, count: str, codes: NDArray[Any], width: int
) -> sparse.csr_array:
    """Cases by code and period, those of several age groups added."""
    at = np.searchsorted(codes, columns[code]), columns["period_no"]
    values = columns[count].astype(np.float64)
    return sparse.csr_array((values, at), shape=(codes.size, width))
