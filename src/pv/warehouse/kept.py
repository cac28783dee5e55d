"""What nothing gives back: kept with every snapshot, and where a lost warehouse begins again.

It is a warehouse itself, of the version that wrote it: migrations bring it up as any other.
"""

from pathlib import Path

import duckdb

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import create
from pv.errors import UsageError
from pv.warehouse.relations import run_script

NAME = "kept.duckdb"


def keep(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the permanent tables into `folder`, and the received ones without a row."""
    (working,) = con.execute("select current_database()").fetchone() or ("",)
    con.execute(f"attach {_quoted(folder / NAME)} as kept")
    try:
        con.execute("use kept")
        for schema in SCHEMAS:
            con.execute(f"create schema {schema}")
        for table in TABLES:
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

    `snapshot` is the link to the current one: without it the home is new. Raises `UsageError` when
    what it kept is not there or damaged: alpha that is spent would be spent again.
    """
    if database.exists() or not snapshot.is_symlink():
        return False
    database.parent.mkdir(parents=True, exist_ok=True)
    made = database.with_name(".restored.duckdb")
    made.unlink(missing_ok=True)
    try:
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as con:
            con.execute(f"attach {_quoted(snapshot / NAME)} as kept (read_only)")
            con.execute(f"attach {_quoted(made)} as made")
            con.execute("copy from database kept to made")
    except duckdb.Error as error:
        raise UsageError(
            f"{database} is not there, and what the current snapshot kept of it cannot be read: "
            f"{str(error).splitlines()[0]}. Put one of them back; or remove the link {snapshot} to "
            "begin with an empty alpha ledger, an empty history and new case_ids"
        ) from error
    # The log of a database that is gone says nothing of this one.
    Path(f"{database}.wal").unlink(missing_ok=True)
    made.replace(database)
    return True


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
