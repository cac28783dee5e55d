"""Publish: build a snapshot beside the current one, check it, and swap by one rename."""

import shutil
from pathlib import Path

import duckdb
import numpy as np

from pv.dictionary import TABLES, Table
from pv.dictionary.ddl import comments, create
from pv.dictionary.fields import FIELDS, FORMER
from pv.errors import PublishError
from pv.warehouse import heads
from pv.warehouse.kept import keep
from pv.warehouse.relations import put, rows, run, run_script

DATABASE = "poolvigil.duckdb"
PUBLISHED_SCHEMAS = ("core", "mart", "ops")
# What earlier looks counted is working material of the night; mart.* tells what came of it.
NOT_PUBLISHED = (
    "core.case_key", "core.case_validity", "core.earlier_case", "core.earlier_drug",
    "core.earlier_event", "ops.step_state",
)  # fmt: skip


def published_tables() -> list[Table]:
    """The tables that a snapshot holds, without their private columns."""
    return [
        t.published()
        for t in TABLES
        if t.schema in PUBLISHED_SCHEMAS and t.qualified not in NOT_PUBLISHED
    ]


def build(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """Write a whole snapshot (DuckDB, Parquet, what is kept) into a new `folder`.

    Returns the database.
    Raises `PublishError` when an audit finds a row.
    """
    if folder.exists():
        shutil.rmtree(folder)
    parquet = folder / "parquet"
    parquet.mkdir(parents=True)
    database = folder / DATABASE
    _audit(con, "rows_add_up")
    (working,) = con.execute("select current_database()").fetchone() or ("",)
    con.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as snapshot")
    try:
        con.execute("use snapshot")
        _fill(con, working)
        run_script(con, "macros/statistics")
        run(con, "views")
        run_script(con, "former/mart")
        _comment_views(con)
        _audit(con, "snapshot_is_whole")
        _audit(con, "alpha_is_kept")
        for table in published_tables():
            target = str(parquet / f"{table.qualified}.parquet").replace("'", "''")
            con.execute(f"copy {table.qualified} to '{target}' (format parquet)")
    finally:
        con.execute(f"use {working}")
        con.execute("detach snapshot")
    keep(con, folder)
    return database


def _fill(con: duckdb.DuckDBPyConnection, working: str) -> None:
    for schema in PUBLISHED_SCHEMAS:
        con.execute(f"create schema {schema}")
    for table in published_tables():
        con.execute(create(table))
        columns = ", ".join(f.name for f in table.fields)
        con.execute(
            f"insert into {table.qualified} by name "
            f"select {columns} from {working}.{table.qualified}"
        )
        for statement in comments(table):
            con.execute(statement)
    described = [(t, f) for t in published_tables() for f in t.fields]
    put(
        con,
        "ops.data_dictionary",
        {
            "table_name": np.array([t.qualified for t, _ in described]),
            "column_name": np.array([f.name for _, f in described]),
            "type": np.array([f.type for _, f in described]),
            "meaning": np.array([f.describe() for _, f in described]),
        },
    )


def _comment_views(con: duckdb.DuckDBPyConnection) -> None:
    """A view says what its file says of it; its columns mean what the fields of their name mean."""
    for view in heads.folder("views"):
        con.execute(f"comment on view {view.writes} is '{_quoted(view.why)}'")
    columns = con.execute(
        """
        select c.schema_name || '.' || c.table_name, c.column_name
        from duckdb_columns() c
        semi join duckdb_views() v
            on v.database_name = c.database_name and v.schema_name = c.schema_name
            and v.view_name = c.table_name
        where c.database_name = current_database() and not c.internal
        order by all
        """
    ).fetchall()
    for view, column in columns:
        meaning = _quoted(FORMER.get(column) or FIELDS[column].describe())
        con.execute(f"comment on column {view}.{column} is '{meaning}'")


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _audit(con: duckdb.DuckDBPyConnection, name: str) -> None:
    found = rows(con, f"audit/{name}")
    if found:
        first = ", ".join(str(value) for value in found[0])
        raise PublishError(
            f"not published: audit {name} found {len(found)} rows, the first: {first}"
        )


def release(building: Path, published: Path, run_id: str, keep: int) -> Path:
    """Make a built snapshot the current one: a rename, then one atomic swap of the link.

    Whatever fails or dies here leaves a whole snapshot behind `current`, and a second call with the
    same arguments goes on where the first was. The newest `keep` stay. Raises `PublishError` when
    there is neither a candidate nor its snapshot.
    """
    target, link = published / run_id, published / "current"
    named = link.is_symlink() and link.readlink() == Path(run_id)
    if not (named and (target / DATABASE).exists()):
        if building.exists():
            # A folder of that name was left by a night that died: never trusted.
            _set_aside(target)
            building.replace(target)
        elif not (target / DATABASE).exists():
            raise PublishError(f"not published: {building} is gone; start the night again")
        made = published / ".current"
        made.unlink(missing_ok=True)
        made.symlink_to(run_id)
        made.replace(link)
    _prune(published, keep)
    return target


def _set_aside(folder: Path) -> None:
    """Take a snapshot out of the published names at once; the next pruning deletes it."""
    if folder.exists():
        gone = folder.with_name(f".gone-{folder.name}")
        shutil.rmtree(gone, ignore_errors=True)
        folder.replace(gone)


def _prune(published: Path, keep: int) -> None:
    current = (published / "current").readlink().name
    folders = [p for p in published.iterdir() if p.is_dir() and not p.is_symlink()]
    folders.sort(key=lambda p: (p.stat().st_mtime_ns, p.name), reverse=True)
    whole = [p for p in folders if not p.name.startswith(".")]
    for stale in whole[keep:]:
        if stale.name != current:
            _set_aside(stale)
    for left in published.glob(".*-*"):
        shutil.rmtree(left)
