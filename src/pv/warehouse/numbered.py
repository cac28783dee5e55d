"""Run the numbered SQL files of a step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pv import resources


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: a kill or an error inside leaves the database as it was."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def run_file(con: duckdb.DuckDBPyConnection, file: Path, params: dict[str, Any]) -> None:
    """Run the statements of one file; each gets those of the named $params that it uses."""
    for statement in duckdb.extract_statements(file.read_text(encoding="utf-8")):
        wanted = {name: params[name] for name in statement.named_parameters}
        con.execute(statement, wanted or None)


def run_step(con: duckdb.DuckDBPyConnection, step: str, params: dict[str, Any]) -> None:
    """Run the files of one step (e.g. `count/versions`) in the order of their numbers."""
    for file in resources.sql_files(step):
        run_file(con, file, params)
