"""Groups of cases taken for the same one: connected components over shared keys, look by look."""

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.warehouse.relations import put, take

Int = NDArray[np.int64]


def find_components(con: duckdb.DuckDBPyConnection) -> None:
    """Make work.component from work.key_link.

    A component holds the cases that are linked at any look, so that each look's groups lie inside
    one.
    """
    links = take(con, "work.key_link")
    cases, position = np.unique(
        np.concatenate([links["case_id"], links["first_case_id"]]), return_inverse=True
    )
    left, right = np.split(position, 2)
    label = _components(left, right, cases.size)
    put(con, "work.component", {"case_id": cases, "component": label})


def group(con: duckdb.DuckDBPyConnection) -> None:
    """Make work.linked_group from work.linked_version and work.link.

    Links are transitive inside a stretch of looks.
    """
    node = take(con, "work.linked_version", "node")["node"]
    links = take(con, "work.link")
    label = _components(links["node"], links["other"], node.size)
    put(con, "work.linked_group", {"node": node, "group_no": label})


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
