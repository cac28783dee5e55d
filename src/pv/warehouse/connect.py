"""Open the warehouse and bring its tables into being."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from pv.dictionary import TABLES
from pv.dictionary.ddl import create
from pv.errors import LockedError
from pv.warehouse import disk
from pv.warehouse.migrate import migrate

# How long a night waits for another who has the warehouse open.
PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.2
# DuckDB's words for it.
_LOCKED = re.compile(
    r'Could not set lock on file ".*":\s*(Conflicting lock is held in )?(?P<who>.*?)(\. See also|$)'
)


def empty(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Make the derived tables of a schema anew, empty: quicker than deleting millions of rows."""
    for table in TABLES:
        if table.schema == schema and table.durability == "derived":
            con.execute(f"drop table if exists {table.qualified}")
            con.execute(create(table))


def connect(
    database: Path,
    *,
    memory_limit: str,
    threads: int,
    waiting: Callable[[str], None] | None = None,
) -> duckdb.DuckDBPyConnection:
    """The writer's connection. One process at a time: the caller holds the home's lock.

    The tables are the dictionary's then, whichever version made the database. `memory_limit` in
    DuckDB's words ("6GB"). What does not fit goes to a folder beside the database; no extension is
    fetched from a network. `waiting` is told who has the database open, if another has. Raises
    `UsageError` when `migrate` cannot bring the tables there, `LockedError` when another keeps the
    database open.
    """
    disk.make_private(database.parent)
    con = _opened(database, waiting)
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


def _opened(database: Path, waiting: Callable[[str], None] | None) -> duckdb.DuckDBPyConnection:
    """Open the database, if need be after another who has it open between two steps."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return duckdb.connect(str(database))
        except duckdb.IOException as error:
            locked = _LOCKED.search(str(error))
            if locked is None:
                raise
            told = f"{database} is open in {locked['who'] or 'another process'}"
            if time.monotonic() >= until:
                raise LockedError(f"{told}: close it there and start again") from error
            if waiting is not None:
                waiting(f"{told}: waiting up to {PATIENCE_SECONDS} s until it is closed")
                waiting = None
        time.sleep(_POLL_SECONDS)
