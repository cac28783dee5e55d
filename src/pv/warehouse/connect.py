"""Open the warehouse and bring its tables into being."""

from pathlib import Path

import duckdb

from pv.dictionary import TABLES
from pv.dictionary.ddl import create
from pv.warehouse.migrate import migrate


def empty(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Make the derived tables of a schema anew, empty: quicker than deleting millions of rows."""
    for table in TABLES:
        if table.schema == schema and table.durability == "derived":
            con.execute(f"drop table if exists {table.qualified}")
            con.execute(create(table))


def connect(database: Path, *, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    """The writer's connection. One process at a time: the caller holds the home's lock.

    The tables are the dictionary's then, whichever version made the database. `memory_limit` in
    DuckDB's words ("6GB"). What does not fit goes to a folder beside the database; no extension is
    fetched from a network. Raises `UsageError` when `migrate` cannot bring the tables there.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(database))
    con.execute("set autoinstall_known_extensions = false")
    con.execute("set memory_limit = $limit", {"limit": memory_limit})
    con.execute("set threads = $threads", {"threads": threads})
    con.execute("set temp_directory = $folder", {"folder": str(database.parent / "spill")})
    # An as-of join whose left side is thought small becomes a nested loop: minutes, not seconds.
    con.execute("set asof_loop_join_threshold = 0")
    try:
        migrate(con)
    except BaseException:
        con.close()
        raise
    return con
