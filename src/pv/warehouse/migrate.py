"""Bring the tables of a warehouse to those of the dictionary.

What no other table can give (`Table.durability` permanent or received) is changed by numbered
migrations alone. Derived tables are made anew, and the steps that fill them are forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import duckdb

from pv import __version__, faults, resources
from pv.dictionary import SCHEMAS, TABLES, Table
from pv.dictionary.ddl import columns, create
from pv.errors import UsageError
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `sql/migrations`: `<number>_<name>.sql`, whose head says why."""

    number: int
    name: str
    file: Path


def migrations() -> list[Migration]:
    """Every migration that this version knows, in order."""
    split = [(*file.stem.split("_", 1), file) for file in resources.sql_files("migrations")]
    return [Migration(int(number), name, file) for number, name, file in split]


def migrate(
    con: duckdb.DuckDBPyConnection,
    tables: Sequence[Table] = TABLES,
    known: Sequence[Migration] | None = None,
    *,
    may_be_new: bool = True,
) -> None:
    """Make every table equal `tables` in names, types, order and not null of its columns.

    An empty database gets the tables as they are, with all migrations recorded. Killed between
    two migrations, the next call goes on with the second.

    Raises:
        UsageError: a newer version made the warehouse; it has no table and may not be new; a
            migration fails; or a table that is not derived still differs after them. Nothing of the
            failing part is in the database then.
    """
    known = migrations() if known is None else known
    found = _columns(con)
    fresh = not found
    if fresh and not may_be_new:
        raise UsageError(
            "the warehouse has none of poolvigil's tables, and a snapshot is published: "
            f"{faults.MEND_WAREHOUSE}"
        )
    done = _done(con, found, known)
    with transaction(con):
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists {schema}")
        if fresh:
            for table in tables:
                con.execute(create(table))
            _record(con, known)
    for migration in known if not fresh else ():
        if migration.number > done:
            _apply(con, migration)
    with transaction(con):
        _settle(con, tables)


def pending(con: duckdb.DuckDBPyConnection) -> int:
    """How many migrations the next night will do. Changes nothing.

    Raises:
        UsageError: a newer version made the warehouse; or it has all migrations, and a table that
            is not derived differs from the dictionary.
    """
    known, found = migrations(), _columns(con)
    done = _done(con, found, known)
    if done < known[-1].number:
        return sum(migration.number > done for migration in known)
    for table in TABLES:
        have, wanted = found.get(table.qualified, []), columns(table)
        if have != wanted and table.durability != "derived":
            raise UsageError(_difference(table, have, wanted))
    return 0


def _done(
    con: duckdb.DuckDBPyConnection, found: dict[str, list[str]], known: Sequence[Migration]
) -> int:
    """The last migration that is done; raises `UsageError` when this version does not know it."""
    done = _version(con) if "ops.schema_version" in found else 0
    if known and done > known[-1].number:
        raise UsageError(
            f"the warehouse has schema version {done}, but poolvigil {__version__} knows "
            f"{known[-1].number}: use the newer version, or put back the copy of work/ from before "
            "the upgrade"
        )
    return done


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of every table of ours, as `pv.dictionary.ddl.columns` writes them."""
    found = con.execute(
        """
        select
            schema_name || '.' || table_name as qualified,
            list(
                column_name || ' ' || lower(data_type) || if(is_nullable, '', ' not null')
                order by column_index
            ) as columns
        from duckdb_columns()
        semi join duckdb_tables() using (database_name, schema_name, table_name)
        where database_name = current_database() and list_contains($schemas, schema_name)
        group by qualified
        """,
        {"schemas": list(SCHEMAS)},
    )
    return dict(found.fetchall())


def _version(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the last migration."""
    query = "select coalesce(max(schema_version), 0) from ops.schema_version"
    (version,) = con.execute(query).fetchone() or (0,)
    return version


def _apply(con: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    try:
        with transaction(con):
            con.execute(migration.file.read_text(encoding="utf-8"))
            _record(con, [migration])
    except duckdb.IOException:
        raise  # The disk, not the tables.
    except duckdb.Error as error:
        raise UsageError(
            f"migration {migration.file.name} does not fit this warehouse, which stays as it was: "
            f"{str(error).splitlines()[0]}"
        ) from error


def _record(con: duckdb.DuckDBPyConnection, done: Sequence[Migration]) -> None:
    for migration in done:
        con.execute(
            "insert into ops.schema_version by name "
            "select $number::integer as schema_version, $name as migration",
            {"number": migration.number, "name": migration.name},
        )


def _settle(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Make derived tables that differ anew; put the columns of the others in order."""
    found = _columns(con)
    anew = False
    for table in tables:
        have, wanted = found.get(table.qualified, []), columns(table)
        if have == wanted:
            continue
        if table.durability == "derived":
            con.execute(f"drop table if exists {table.qualified}")
            con.execute(create(table))
            anew = True
        elif sorted(map(_nullable, have)) == sorted(map(_nullable, wanted)):
            _copy_in_order(con, table)
        else:
            raise UsageError(_difference(table, have, wanted))
    if anew:
        con.execute("delete from ops.step_state")


def _nullable(column: str) -> str:
    return column.removesuffix(" not null")


def _copy_in_order(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """`alter table` adds at the end, and sets no column of an altered table to not null."""
    kept = f"{table.name}_as_it_was"
    con.execute(f"alter table {table.qualified} rename to {kept}")
    con.execute(create(table))
    try:
        con.execute(f"insert into {table.qualified} by name from {table.schema}.{kept}")
    except duckdb.ConstraintException as error:
        raise UsageError(
            f"{table.qualified} holds a null that the dictionary forbids: "
            f"{str(error).splitlines()[0]}"
        ) from error
    con.execute(f"drop table {table.schema}.{kept}")


def _difference(table: Table, have: Sequence[str], wanted: Sequence[str]) -> str:
    """One line that names the table and the first column that differs."""
    pairs = zip_longest(have, wanted, fillvalue="nothing")
    was, should = next((h, w) for h, w in pairs if h != w)
    return (
        f"the warehouse does not fit poolvigil {__version__}: {table.qualified} has {was!r} where "
        f"the data dictionary has {should!r}, and no migration changes it"
    )
