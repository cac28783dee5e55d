"""What counts at each look: versions of cases with dense codes and their periods of receipt."""

from collections.abc import Mapping
from typing import Any

import duckdb

from pv.counts import periods
from pv.warehouse.relations import run


def make(con: duckdb.DuckDBPyConnection, counted: Mapping[str, Any], min_cases: int) -> None:
    """Make the relations of sql/count/versions.

    `counted` are its params (roles and scope); a period of receipt closes with `min_cases`.
    """
    periods.make(con, min_cases)
    run(con, "count/versions", counted)
