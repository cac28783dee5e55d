"""DDL and comments from the dictionary."""

from collections.abc import Iterable
from typing import Literal

from pv.dictionary.model import Field, Table

PROVENANCE = ("source", "file_id", "line")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _not_null(table: Table, column: Field) -> bool:
    """Staging holds rows before they are checked: there only the provenance is forced."""
    return column.required and (table.schema != "staging" or column.name in PROVENANCE)


def columns(table: Table) -> list[str]:
    """The columns of a table as `create table` names them: `name type [not null]`, in order."""
    return [f"{f.name} {f.type}{' not null' if _not_null(table, f) else ''}" for f in table.fields]


def create(table: Table, *, exists_ok: bool = True) -> str:
    """`create table` for one table; a work relation is made anew, as a temporary table."""
    guard = "if not exists " if exists_ok else ""
    listed = ",\n".join(f"  {column}" for column in columns(table))
    if table.schema == "work":
        return f"create or replace temp table {table.name} (\n{listed}\n)"
    return f"create table {guard}{table.qualified} (\n{listed}\n)"


def comments(table: Table, kind: Literal["table", "view"] = "table") -> list[str]:
    """`comment on` statements for a table, or the view that stands for it, and each column."""
    statements = [f"comment on {kind} {table.qualified} is {_literal(table.describe())}"]
    statements += [
        f"comment on column {table.qualified}.{f.name} is {_literal(f.describe())}"
        for f in table.fields
    ]
    return statements


def script(schemas: Iterable[str], tables: Iterable[Table]) -> list[str]:
    """Every statement that makes an empty database, in order."""
    made = [f"create schema if not exists {schema}" for schema in schemas]
    for table in tables:
        made.append(create(table))
        made.extend(comments(table))
    return made
