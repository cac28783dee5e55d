"""Which engine counts: DuckDB itself, unless a connection was given another."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

import duckdb

from pv.warehouse.heads import Query

# The folders below sql/ that another engine can run: the counting, and the blocking of duplicates.
COUNTED = (
    "core/compared", "count/at_look", "count/changes", "count/frequent", "count/margins",
    "count/receipt", "count/versions",
)  # fmt: skip


class Engine(Protocol):
    """What makes the relations of some files as DuckDB would, and lets DuckDB read them."""

    def run(
        self, con: duckdb.DuckDBPyConnection, queries: Sequence[Query], params: Mapping[str, Any]
    ) -> None:
        """Make the relations of the files, in their order."""


_CHOSEN: ContextVar[Engine | None] = ContextVar("engine", default=None)


@contextmanager
def using(engine: Engine) -> Iterator[None]:
    """Let the engine run what is counted on the connection of this block."""
    token = _CHOSEN.set(engine)
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def of(name: str) -> Engine | None:
    """The engine that runs a folder or a file below sql/; None is DuckDB."""
    return _CHOSEN.get() if name.startswith(COUNTED) else None
