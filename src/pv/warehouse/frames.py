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


def register(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, NDArray[Any]]
) -> None:
    """Make the columns a temporary view: nan is null there, and objects are text or null.

    None goes in as empty text, because DuckDB cannot scan every object array that holds None.
    """
    given: dict[str, NDArray[Any]] = {}
    chosen: list[str] = []
    for column, values in columns.items():
        if values.dtype.kind == "O":
            text = ["" if value is None else str(value) for value in values]
            given[column] = np.array(text, dtype=object)
            chosen.append(f"nullif({column}::varchar, '') as {column}")
        elif values.dtype.kind == "f":
            given[column] = values
            chosen.append(f"if(isnan({column}), null, {column}) as {column}")
        else:
            given[column] = values
            chosen.append(column)
    con.register(f"{name}_as_given", given)
    con.execute(
        f"create or replace temp view {name} as select {', '.join(chosen)} from {name}_as_given"
    )


def insert(
    con: duckdb.DuckDBPyConnection, qualified: str, columns: Mapping[str, NDArray[Any]]
) -> None:
    """Append the columns to an empty table; every column of the dictionary must be there."""
    fields = table(qualified).fields
    register(con, "columns_of", {f.name: columns[f.name] for f in fields})
    chosen = ", ".join(f"{f.name}::{f.type}" for f in fields)
    con.execute(f"insert into {qualified} select {chosen} from columns_of")
