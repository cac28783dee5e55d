"""The analyst's kit of a snapshot: its views and macros, each with what it is."""

import re
from collections.abc import Iterator

import duckdb

from pv import resources
from pv.dictionary import TABLES, Field, Macro, Table, View
from pv.dictionary.ddl import create
from pv.dictionary.fields import FIELDS, OF_VIEWS
from pv.warehouse import heads
from pv.warehouse.relations import run, run_script

# Macros that are values, and those that are tables: they read the snapshot's and call the others.
OF_VALUES = ("macros/statistics", "macros/pooling")
OF_ROWS = ("macros/subgroup",)
# Comment lines, then the macro that they are about.
_MACRO = re.compile(
    r"((?:^--[^\n]*\n)+)create or replace macro main\.(\w+)\(([^)]*)\) as( table\b)?", re.M
)
PUBLISHED_SCHEMAS = ("core", "mart", "ops")
# What earlier looks counted is working material of the night; mart.* tells what came of it.
NOT_PUBLISHED = (
    "core.case_key", "core.case_validity", "core.earlier_case", "core.earlier_drug",
    "core.earlier_event", "ops.failed_reading", "ops.lot_key", "ops.step_state",
)  # fmt: skip


def published_tables() -> list[Table]:
    """The tables that a snapshot holds, without their private columns."""
    return [
        t.published()
        for t in TABLES
        if t.schema in PUBLISHED_SCHEMAS and t.qualified not in NOT_PUBLISHED
    ]


def make(con: duckdb.DuckDBPyConnection) -> None:
    """Make views and macros in the database that is in use, beside the tables, with comments."""
    make_macros(con, (*OF_VALUES, *OF_ROWS))
    run(con, "views")
    run_script(con, "former/mart")
    for view in heads.folder("views"):
        con.execute(f"comment on view {view.writes} is '{_quoted(view.why)}'")
    for view, column, _ in columns(con):
        con.execute(f"comment on column {view}.{column} is '{_quoted(_field(column).describe())}'")


def make_macros(con: duckdb.DuckDBPyConnection, files: tuple[str, ...]) -> None:
    """Make the macros of some files in the database that is in use, with comments."""
    for name in files:
        run_script(con, name)
    for macro in macros(files):
        kind = "macro table" if macro.gives_rows else "macro"
        con.execute(f"comment on {kind} main.{macro.name} is '{_quoted(macro.why)}'")


def columns(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Every column of a view of the database in use: view, name and type, in their order.

    A view that stands for a table of the dictionary (`pv.warehouse.parts`) is none of them.
    """
    return con.execute(
        """
        select c.schema_name || '.' || c.table_name, c.column_name, lower(c.data_type)
        from duckdb_columns() c
        semi join duckdb_views() v
            on v.database_name = c.database_name and v.schema_name = c.schema_name
            and v.view_name = c.table_name
        where c.database_name = current_database() and not c.internal
            and not list_contains($tables, c.schema_name || '.' || c.table_name)
        order by c.schema_name, c.table_name, c.column_index
        """,
        {"tables": [table.qualified for table in published_tables()]},
    ).fetchall()


def described(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str, str]]:
    """The rows of ops.data_dictionary: each column of a table or view, and each macro."""
    for table in published_tables():
        for field in table.fields:
            yield table.qualified, field.name, field.type, field.describe()
    for view, column, type_ in columns(con):
        yield view, column, type_, _field(column).describe()
    for macro in macros():
        kind = "table macro" if macro.gives_rows else "macro"
        yield f"main.{macro.name}", f"({macro.params})", kind, macro.why


def views() -> list[View]:
    """Every view as a snapshot has it."""
    with duckdb.connect() as con:
        for schema in PUBLISHED_SCHEMAS:
            con.execute(f"create schema {schema}")
        for table in published_tables():
            con.execute(create(table))
        make(con)
        found: dict[str, list[tuple[Field, str]]] = {}
        for view, column, type_ in columns(con):
            found.setdefault(view, []).append((_field(column), type_))
    return [
        View(q.writes, q.grain, q.why, tuple(found[q.writes]))
        for q in sorted(heads.folder("views"), key=lambda q: q.name)
        if q.writes
    ]


def macros(files: tuple[str, ...] = (*OF_VALUES, *OF_ROWS)) -> list[Macro]:
    """Every macro as its file declares it, with the comment above it."""
    found: list[Macro] = []
    for name in files:
        text = (resources.root() / "sql" / f"{name}.sql").read_text(encoding="utf-8")
        for comment, macro, params, table in _MACRO.findall(text):
            lines = (line.removeprefix("--").strip() for line in comment.splitlines())
            found.append(Macro(macro, " ".join(params.split()), " ".join(lines), bool(table)))
    return found


def _field(column: str) -> Field:
    return OF_VIEWS.get(column) or FIELDS[column]


def _quoted(text: str) -> str:
    return text.replace("'", "''")
