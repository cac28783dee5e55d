"""Groups of cases taken for the same one: connected components over shared keys, look by look."""

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.warehouse.frames import read

Int = NDArray[np.int64]


def find_components(con: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table component (case_id, component).

    Reads key_member: each case and the first case that shares the key at some look. A component
    holds the cases that are linked at any look, so that each look's groups lie inside one.
    Returns the number of cases.
    """
    links = read(con, "select distinct case_id, first_case_id from key_member order by all")
    cases, position = np.unique(
        np.concatenate([links["case_id"], links["first_case_id"]]), return_inverse=True
    )
    left, right = np.split(position, 2)
    label = _components(left, right, cases.size)
    _table(con, "component", {"case_id": cases, "component": label})
    return int(cases.size)


def group(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table linked_group (node, group_no).

    Reads linked_case and link: at each stretch of looks the cases of a component and which of
    them share a key. Links are transitive inside a stretch.
    """
    (nodes,) = con.execute("select count(*) from linked_case").fetchone() or (0,)
    links = read(con, "select node, other from link order by all")
    label = _components(links["node"], links["other"], nodes)
    _table(con, "linked_group", {"node": np.arange(nodes), "group_no": label})


def _components(left: Int, right: Int, size: int) -> Int:
    """The connected component of each of `size` nodes, named by its smallest node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not size:
        return np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(left.size), (left, right)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    _, first = np.unique(label, return_index=True)
    return first[label].astype(np.int64)


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, Int]) -> None:
    con.register("columns_of_groups", columns)
    con.execute(_MADE[name])
    con.unregister("columns_of_groups")


_MADE = {
    "component": "create or replace temp table component as select * from columns_of_groups",
    "linked_group": "create or replace temp table linked_group as select * from columns_of_groups",
}
