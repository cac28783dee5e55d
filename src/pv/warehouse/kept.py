"""What nothing gives back: kept with every snapshot, and where a lost warehouse begins again.

It is a warehouse itself, of the version that wrote it: migrations bring it up as any other.
"""

import os
import shutil
from pathlib import Path

import duckdb

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import create
from pv.errors import UsageError
from pv.warehouse import disk, manifest, parts
from pv.warehouse.connect import WRITING
from pv.warehouse.relations import run_script
from pv.warehouse.transaction import transaction

NAME = "kept.duckdb"
_KEYS = "core.case_key"
_NEVER = 2**63
_HAS_KEYS = (
    "from duckdb_tables() where database_name = 'made' and schema_name || '.' || table_name = $keys"
)
# What a DuckDB file has before its first block.
_HEADERS_BYTES = 3 * 4096


def keep(
    con: duckdb.DuckDBPyConnection, folder: Path, last: Path | None = None, parts_from: int = _NEVER
) -> None:
    """Write the permanent tables into `folder`, and the received ones without a row.

    The case keys are stored in parts where they are so many, which are shared with the snapshot
    `last`: then the database has no such table.
    """
    (working,) = con.execute("select current_database()").fetchone() or ("",)
    con.execute(f"attach {_quoted(folder / NAME)} as kept")
    try:
        con.execute("use kept")
        with transaction(con):
            for schema in SCHEMAS:
                con.execute(f"create schema {schema}")
            for table in TABLES:
                if table.qualified == _KEYS and parts.are_for(con, table, working, parts_from):
                    parts.write(con, table, working, folder, last or folder)
                    continue
                if table.durability != "derived":
                    con.execute(create(table))
                if table.durability == "permanent":
                    con.execute(
                        f"insert into {table.qualified} by name from {working}.{table.qualified}"
                    )
            run_script(con, "kept/source_file")
    finally:
        con.execute(f"use {working}")
        con.execute("detach kept")


def restore(database: Path, snapshot: Path) -> bool:
    """Begin the warehouse again with what `snapshot` kept, if it is lost; returns whether it was.

    `snapshot` is the current one: without it the home is new. A copy is read, so that a reader who
    has the file open does not stand in the way. Raises `UsageError` when what it kept is not there,
    damaged or not what was published: alpha that is spent would be spent again.
    """
    if _is_begun(database):
        database.unlink()
    if database.exists() or not os.path.lexists(snapshot):
        return False
    disk.make_private(database.parent)
    made, copied = (database.with_name(f".{name}.duckdb") for name in ("restored", "kept"))
    made.unlink(missing_ok=True)
    try:
        shutil.copyfile(snapshot / NAME, copied)
        said = manifest.read(snapshot)
        if said and manifest.stamp(copied) != said.files.get(NAME):
            raise _cannot_begin(database, snapshot, f"{NAME} has other bytes than were published")
        with duckdb.connect(config=WRITING) as con:
            con.execute(f"attach {_quoted(copied)} as kept (read_only)")
            con.execute(f"attach {_quoted(made)} as made")
            con.execute("copy from database kept to made")
            con.execute("use made")
            if not con.execute(_HAS_KEYS, {"keys": _KEYS}).fetchall():
                files = parts.published(snapshot, _KEYS)
                if not files:
                    raise _cannot_begin(database, snapshot, f"the parts of {_KEYS} are not whole")
                given = {"files": list(map(str, files))}
                con.execute(f"create table {_KEYS} as from read_parquet($files)", given)
    except (duckdb.Error, FileNotFoundError, NotADirectoryError) as error:
        raise _cannot_begin(database, snapshot, str(error).splitlines()[0]) from error
    finally:
        copied.unlink(missing_ok=True)
    # The log of a database that is gone says nothing of this one, so it has to be gone first.
    Path(f"{database}.wal").unlink(missing_ok=True)
    disk.sync(made)
    disk.sync(database.parent)
    made.replace(database)
    disk.sync(database.parent)
    return True


def _is_begun(database: Path) -> bool:
    """Whether the disk had no room for more than the beginning of a database without a table."""
    if not database.is_file() or database.stat().st_size >= _HEADERS_BYTES:
        return False
    with database.open("rb") as opened:
        return opened.read(12)[8:] in (b"", b"DUCK")


def _cannot_begin(database: Path, snapshot: Path, why: str) -> UsageError:
    return UsageError(
        f"{database} is not there, and what the current snapshot kept of it cannot be read: {why}. "
        f"Put one of them back; or remove the link {snapshot} to begin with an empty alpha ledger, "
        "an empty history and new case_ids"
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
