"""Groups of cases taken for the same one: connected components over shared keys."""

import duckdb
import numpy as np

from pv.warehouse.frames import read


def group(con: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table duplicate_group (case_id, duplicate_group, match_rule).

    Reads duplicate_key: each case and the first case that shares the key. Links are transitive;
    a group is named by its smallest case_id. Returns the number of cases that have a group.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = read(con, "select case_id, first_case_id from duplicate_key")
    cases, position = np.unique(
        np.concatenate([links["case_id"], links["first_case_id"]]), return_inverse=True
    )
    left, right = position[: links["case_id"].size], position[links["case_id"].size :]
    graph = coo_array((np.ones(left.size), (left, right)), shape=(cases.size, cases.size))
    count, label = connected_components(graph, directed=False)
    # `cases` is sorted, so the first member of each component is its smallest case_id.
    _, first = np.unique(label, return_index=True)
    member = {"case_id": cases, "duplicate_group": cases[first][label] if count else cases}
    con.register("member", member)
    con.execute(
        """
        create or replace temp table duplicate_group as
        select m.case_id, m.duplicate_group, string_agg(distinct k.rule, ', ' order by k.rule)
            as match_rule
        from member m
        left join duplicate_key k using (case_id)
        group by all
        """
    )
    con.unregister("member")
    return int(cases.size)
