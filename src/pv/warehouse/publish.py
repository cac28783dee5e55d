"""Publish: build a snapshot beside the current one, check it, and swap by one rename."""

import shutil
from pathlib import Path

import duckdb

from pv import resources
from pv.dictionary import TABLES, Table
from pv.dictionary.ddl import comments, create
from pv.dictionary.fields import FIELDS, FORMER
from pv.errors import PublishError
from pv.warehouse.numbered import run_file

PUBLISHED_SCHEMAS = ("core", "mart", "ops")
# What earlier looks counted is working material of the night; mart.* tells what came of it.
NOT_PUBLISHED = (
    "core.case_key", "core.case_span", "core.earlier_case", "core.earlier_drug",
    "core.earlier_event", "ops.step_state",
)  # fmt: skip


def published_tables() -> list[Table]:
    """The tables that a snapshot holds."""
    return [t for t in TABLES if t.schema in PUBLISHED_SCHEMAS and t.qualified not in NOT_PUBLISHED]


def build(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """Write a whole snapshot (DuckDB, Parquet) into an empty `folder`; returns the database.

    Raises `PublishError` when an audit finds a row.
    """
    shutil.rmtree(folder, ignore_errors=True)
    parquet = folder / "parquet"
    parquet.mkdir(parents=True)
    database = folder / "poolvigil.duckdb"
    _audit(con, "rows_add_up")
    (working,) = con.execute("select current_database()").fetchone() or ("",)
    con.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as snapshot")
    try:
        con.execute("use snapshot")
        _fill(con, working)
        for file in (resources.root() / "sql" / "macros.sql", *resources.sql_files("views")):
            run_file(con, file, {})
        _comment_views(con)
        _audit(con, "snapshot_is_whole")
        _audit(con, "alpha_is_kept")
        for table in published_tables():
            target = str(parquet / f"{table.qualified}.parquet").replace("'", "''")
            con.execute(f"copy {table.qualified} to '{target}' (format parquet)")
    finally:
        con.execute(f"use {working}")
        con.execute("detach snapshot")
    return database


def _fill(con: duckdb.DuckDBPyConnection, working: str) -> None:
    for schema in PUBLISHED_SCHEMAS:
        con.execute(f"create schema {schema}")
    for table in published_tables():
        con.execute(create(table))
        con.execute(f"insert into {table.qualified} select * from {working}.{table.qualified}")
        for statement in comments(table):
            con.execute(statement)
    con.executemany(
        "insert into ops.data_dictionary values ($table_name, $column_name, $type, $meaning)",
        [
            {
                "table_name": t.qualified,
                "column_name": f.name,
                "type": f.type,
                "meaning": f.describe(),
            }
            for t in published_tables()
            for f in t.fields
        ],
    )


def _comment_views(con: duckdb.DuckDBPyConnection) -> None:
    """Columns of views mean what the fields of their name mean."""
    columns = con.execute(
        """
        select table_name, column_name
        from duckdb_columns()
        where database_name = current_database() and schema_name = 'main' and not internal
        order by all
        """
    ).fetchall()
    for view, column in columns:
        meaning = FORMER.get(column) or FIELDS[column].describe()
        meaning = meaning.replace("'", "''")
        con.execute(f"comment on column main.{view}.{column} is '{meaning}'")


def _audit(con: duckdb.DuckDBPyConnection, name: str) -> None:
    file = resources.root() / "sql" / "audit" / f"{name}.sql"
    found = con.execute(file.read_text(encoding="utf-8")).fetchall()
    if found:
        first = ", ".join(str(value) for value in found[0])
        raise PublishError(
            f"not published: audit {name} found {len(found)} rows, the first: {first}"
        )


def release(building: Path, published: Path, run_id: str, keep: int) -> Path:
    """Make a built snapshot the current one: a rename, then one atomic swap of the link.

    Whatever dies here leaves a whole snapshot behind `current`. The newest `keep` stay.
    """
    target = published / run_id
    # A folder of that name that is not current was left by a night that died: never trusted.
    _set_aside(target)
    building.replace(target)
    link = published / ".current"
    link.unlink(missing_ok=True)
    link.symlink_to(run_id)
    link.replace(published / "current")
    _prune(published, keep)
    return target


def _set_aside(folder: Path) -> Path:
    """Take a snapshot out of the published names at once; the next pruning deletes it."""
    gone = folder.with_name(f".gone-{folder.name}")
    if folder.exists():
        shutil.rmtree(gone, ignore_errors=True)
        folder.replace(gone)
    return gone


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
