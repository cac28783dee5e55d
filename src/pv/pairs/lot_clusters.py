"""Clusters of an event in one lot or from one sender: a defect of quality, not of the product.

The cases of a lot are compared with those of the other lots of the product in the same countries,
by the exact tail of their sum over the countries (`pv.stats.stratified_tail`); those of a sender
with those of other senders. Cases that name none are left out. The q-value is that of Benjamini and
Hochberg over all lots (or senders) and events of the product that have cases enough.
"""

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv import stats
from pv.dictionary import table
from pv.spec.rule import Rule
from pv.warehouse.relations import put, run, take

_KEY = ("product_no", "cluster_kind", "cluster_of", "event_no")


def fill(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Fill mart.lot_cluster with what has at least `rule.n_min` cases and a q-value of at most
    `rule.q_max_other`."""
    run(con, "pairs/clusters", {"roles": list(rule.roles), "n_min": rule.n_min})
    asked = take(con, "work.unit_event")
    rows = take(con, "work.unit_stratum")
    tests = take(con, "work.unit_tests")
    number = {key: i for i, key in enumerate(_keys(asked))}
    row_of = np.array([number[key] for key in _keys(rows)], dtype=np.int64)
    n = asked["n_clustered"]
    p = stats.stratified_tail(
        n, row_of, row_product=rows["n_unit"], row_event=rows["n_event"],
        row_total=rows["n_named"],
    ).p_value  # fmt: skip
    q = np.ones(n.size)
    for product, kind, n_tests in zip(*(tests[name] for name in tests), strict=True):
        own = np.flatnonzero((asked["product_no"] == product) & (asked["cluster_kind"] == kind))
        q[own] = _within(p[own], int(n_tests))

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(row_of, weights=values, minlength=n.size).astype(np.float64)

    found = q <= rule.q_max_other
    columns = {
        **{name: asked[name] for name in _KEY},
        "n_clustered": n, "n_unit": summed(rows["n_unit"]),
        "expected_clustered": summed(rows["n_unit"] * rows["n_event"] / rows["n_named"]),
        "n_event_named": summed(rows["n_event"]), "n_named": summed(rows["n_named"]),
        "cluster_p": p, "cluster_q": q,
    }  # fmt: skip
    put(con, "work.found_cluster", {name: values[found] for name, values in columns.items()})
    run(con, "pairs/clustered")


def none(con: duckdb.DuckDBPyConnection) -> None:
    """Make work.found_cluster of no cluster."""
    nothing = np.zeros(0, dtype=object)
    put(con, "work.found_cluster", {f.name: nothing for f in table("work.found_cluster").fields})


def _keys(columns: dict[str, NDArray]) -> list[tuple]:
    return list(zip(*(columns[name].tolist() for name in _KEY), strict=True))


def _within(p: NDArray[np.float64], tests: int) -> NDArray[np.float64]:
    """q-values of the smallest of so many p-values; those that are not given are 1."""
    return stats.benjamini_hochberg(np.append(p, np.ones(max(tests - p.size, 0))))[: p.size]
