"""Columns between the database and NumPy."""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.dictionary import table


def read(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, NDArray[Any]]:
    """The columns of a query without nulls, by name."""
    return {name: np.asarray(column) for name, column in con.execute(query).fetchnumpy().items()}


def insert(con: duckdb.DuckDBPyConnection, qualified: str, columns: Mapping[str, NDArray]) -> None:
    """Replace the table's rows by the columns, in their order. An undefined number is null.

    Every column of the dictionary's table must be there; others are ignored.
    """
    fields = table(qualified).fields
    con.register("columns_of", {f.name: columns[f.name] for f in fields})
    chosen = ", ".join(
        f"if(isnan({f.name}), null, {f.name})::double"
        if f.type == "double"
        else f"{f.name}::{f.type}"
        for f in fields
    )
    con.execute(f"delete from {qualified}")
    con.execute(f"insert into {qualified} select {chosen} from columns_of")
    con.unregister("columns_of")
