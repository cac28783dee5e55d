"""Open the warehouse and bring its tables into being."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from pv import faults
from pv.dictionary import TABLES
from pv.dictionary.ddl import create
from pv.errors import LockedError, UsageError
from pv.warehouse import disk
from pv.warehouse.migrate import migrate

# How long a night waits for another who has the warehouse open.
PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.2
# Bytes that the log of the warehouse may hold before its tables are written.
LOG_BYTES = 256 * 10**6
# No extension is fetched from a network.
OFFLINE: dict[str, Any] = {"autoinstall_known_extensions": "false"}
# What is made can be read by every DuckDB since 1.0, also where DuckDB 2 makes it.
WRITING: dict[str, Any] = {**OFFLINE, "storage_compatibility_version": "v1.0.0"}
# DuckDB's words for a database that another has open.
_LOCKED = re.compile(
    r'Could not set lock on file ".*":\s*(Conflicting lock is held in )?'
    r"(?P<who>.*?)(\. (See also|However)|$)"
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
    may_be_new: bool = True,
) -> duckdb.DuckDBPyConnection:
    """The writer's connection. One process at a time: the caller holds the home's lock.

    The tables are the dictionary's then, whichever version made the database. `memory_limit` in
    DuckDB's words ("6GB"). What does not fit goes to a folder beside the database; no extension is
    fetched from a network. `waiting` is told who has the database open, if another has. Raises
    `UsageError` when the database is damaged, when `migrate` cannot bring the tables there, or when
    it has no table and may not be new; `LockedError` when another keeps it open.
    """
    disk.make_private(database.parent)
    con = _opened(database, waiting)
    # The folder goes first: with too low a limit something is in the one of before already.
    con.execute("set temp_directory = $folder", {"folder": str(database.parent / "spill")})
    con.execute("set threads = $threads", {"threads": threads})
    con.execute("set memory_limit = $limit", {"limit": memory_limit})
    # What is committed goes to the log; at DuckDB's 16 MB nearly every file's commit would write
    # its tables' last row groups anew: half the time of a load.
    con.execute("set checkpoint_threshold = $size", {"size": f"{LOG_BYTES}B"})
    # An as-of join whose left side is thought small becomes a nested loop: minutes, not seconds.
    con.execute("set asof_loop_join_threshold = 0")
    try:
        migrate(con, may_be_new=may_be_new)
    except BaseException:
        con.close()
        raise
    return con


@contextmanager
def in_memory(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory for a library that makes tables of its own, closed at the end.

    It shares the limit of `con` half and half, has its threads, and spills into a folder of its own
    beside the other's. After an error `con` may keep its half: in a transaction that has failed no
    limit can be set, and saying so would hide what failed.
    """
    limit, threads, spill = con.execute(
        "select current_setting('memory_limit'), current_setting('threads'), "
        "current_setting('temp_directory')"
    ).fetchone() or ("1GB", 1, ".tmp")
    half = f"{_bytes(limit) // 2}B"
    settings = {"memory_limit": half, "threads": threads, "temp_directory": f"{spill}/memory"}
    con.execute("set memory_limit = $half", {"half": half})
    memory = duckdb.connect(":memory:", config={**OFFLINE, **settings})
    try:
        yield memory
    finally:
        memory.close()
        with suppress(duckdb.TransactionException):
            con.execute("set memory_limit = $limit", {"limit": limit})


def lower(con: duckdb.DuckDBPyConnection, size: int, least: int) -> None:
    """Take so many bytes from the limit of a connection; `least` stay, or what it has if less."""
    (limit,) = con.execute("select current_setting('memory_limit')").fetchone() or ("0 bytes",)
    have = _bytes(limit)
    con.execute("set memory_limit = $left", {"left": f"{min(have, max(have - size, least))}B"})


def _bytes(limit: str) -> int:
    """Bytes of a size as DuckDB says it: 3.7 GiB."""
    number, unit = limit.split()
    return int(float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB").index(unit))


def opened_by(error: duckdb.IOException) -> str | None:
    """The process that has the database open, if this is why it cannot be opened."""
    locked = _LOCKED.search(str(error))
    return locked and (locked["who"] or "another process")


def _opened(database: Path, waiting: Callable[[str], None] | None) -> duckdb.DuckDBPyConnection:
    """Open the database, if need be after another who has it open between two steps."""
    if database.exists() and not _is_database(database):
        raise _damaged(database, "it is no DuckDB database file")
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return duckdb.connect(str(database), config=WRITING)
        except duckdb.IOException as error:
            who = opened_by(error)
            if who is None:
                if faults.is_damage(error):
                    raise _damaged(database, faults.first_line(error)) from error
                raise
            told = f"{database} is open in {who}"
            if time.monotonic() >= until:
                raise LockedError(f"{told}: close it there and start again") from error
            if waiting is not None:
                waiting(f"{told}: waiting up to {PATIENCE_SECONDS} s until it is closed")
                waiting = None
        time.sleep(_POLL_SECONDS)


def _is_database(database: Path) -> bool:
    """Whether it begins as DuckDB's files do. DuckDB waits at a pipe, and fetches an extension from
    the network for other kinds of databases."""
    if not database.is_file():
        return False
    with database.open("rb") as opened:
        return opened.read(12)[8:] == b"DUCK"


def _damaged(database: Path, why: str) -> UsageError:
    return UsageError(f"{database} is damaged: {why}; {faults.MEND_WAREHOUSE}")
