"""The SQL files of the first two steps, by name."""

from typing import Any

import duckdb

from pv import resources
from pv.warehouse.numbered import run_file


def run(con: duckdb.DuckDBPyConnection, name: str, params: dict[str, Any]) -> None:
    """Run `sql/<name>.sql`, e.g. `staging/faers_demo`, with those params that it uses."""
    run_file(con, resources.root() / "sql" / f"{name}.sql", params)
