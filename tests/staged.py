"""Files given as bytes, loaded as a night loads them, and what stands in staging after it."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.sources import load_inbox


def load(folder: Path, files: Mapping[str, bytes]) -> duckdb.DuckDBPyConnection:
    """Load files, by their names below the inbox, into a warehouse in memory."""
    inbox = folder / "inbox"
    for name, content in files.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    load_inbox(con, inbox, folder / "scratch", b"key")
    return con


def rows(con: duckdb.DuckDBPyConnection, table: str, columns: str) -> list[str]:
    """Rows of a staging table in the order of lines, their values parted by |; nothing is ''."""
    query = f"select file_id, line, {columns} from staging.{table}"
    told = [
        (file_id, line, "|".join("" if value in (None, []) else str(value) for value in row))
        for file_id, line, *row in con.execute(query).fetchall()
    ]
    return [text for *_, text in sorted(told)]


def files(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int, int, int]]:
    """Of each file by its name: state, rows read, kept and in quarantine."""
    found = con.execute(
        "select name, status, rows_read, rows_kept, rows_quarantined from ops.source_file "
        "order by name"
    )
    return {name: (state, *counts) for name, state, *counts in found.fetchall()}


def aside(con: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """(line, rule) of each row in quarantine."""
    return con.execute("select line, rule from ops.quarantine order by file_id, line").fetchall()


def problem(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """What is said of a file."""
    found = con.execute(
        "select status || ': ' || message from ops.source_file where name = $name", {"name": name}
    ).fetchone()
    assert found, f"no file {name}"
    return found[0]
