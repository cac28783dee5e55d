"""Small tables that were read in Python: their cells as text into a work relation."""

from collections.abc import Mapping

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.sources.layout import Layout
from pv.warehouse.relations import put

Text = NDArray[np.object_]


def put_cells(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    layout: Layout,
    columns: Mapping[str, Text],
    line: NDArray[np.int64],
) -> None:
    """Make `relation` of the layout's columns; those that the file lacks are null.

    Each column has one text or None for each of `line`, the numbers of the rows in the file.
    """
    lacking = np.full(line.size, None, dtype=object)
    names = (*layout.required, *layout.optional)
    cells = {f"{name}_text": columns.get(name, lacking) for name in names}
    put(con, relation, {"line": line, **cells})
