"""Rows of a published snapshot as records whose fields are the query's columns."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol, TypeVar

import duckdb


class _Keyed(Protocol):
    @property
    def key(self) -> int: ...


Row = TypeVar("Row")
Keyed = TypeVar("Keyed", bound=_Keyed)


def rows(con: duckdb.DuckDBPyConnection, row: type[Row], query: str, **params: object) -> list[Row]:
    """The rows of a query as `row`."""
    return [row(**found) for found in dicts(con, query, **params)]


def one(con: duckdb.DuckDBPyConnection, row: type[Row], query: str, **params: object) -> Row:
    """The row of a query that has exactly one."""
    (found,) = rows(con, row, query, **params)
    return found


def grouped(found: list[Row], name: str) -> dict[str, list[Row]]:
    """Rows that stand in the order of a column, by the values of it."""
    return {key: list(group) for key, group in groupby(found, key=attrgetter(name))}


def dicts(con: duckdb.DuckDBPyConnection, query: str, **params: object) -> list[dict[str, Any]]:
    """The rows of a query by the names of its columns."""
    found = con.execute(query, params)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def by_key(found: Sequence[Keyed]) -> dict[int, list[Keyed]]:
    """Rows in the order of their key, by it."""
    return {key: list(group) for key, group in groupby(found, key=attrgetter("key"))}
