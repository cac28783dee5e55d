"""Individual case safety reports, of whatever format, into the raw relations `work.raw_icsr_*`.

A reader of a format gives the texts of a report as they are written; `sql/staging/icsr_*.sql` makes
values of them. Reports come one after the other and are kept in batches of columns.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np

from pv.dictionary import table
from pv.warehouse.relations import put, put_more

# In place of a value: why there is none (NULL_FLAVOR + "MSK"), and one that cannot be read.
NULL_FLAVOR = "\x01"
UNREADABLE = "\x02"

# What a cell holds is shown to people and compared: a narrative in it is cut, and is too long for
# the gate's rules even so.
MAX_CELL = 2_001

STAGES = (
    "raw/icsr_quarantine",
    *(f"staging/icsr_{name}" for name in ("report", "drug", "therapy", "indication", "event",
                                          "link")),
)  # fmt: skip

_KINDS = ("report", "event", "drug", "dose", "indication", "link", "problem")
_BATCH = 20_000


def cell(text: str | None) -> str | None:
    """A text in one line, or None where there is nothing."""
    return " ".join(text[: 2 * MAX_CELL].split())[:MAX_CELL] or None if text else None


class Collector:
    """Takes rows of `work.raw_icsr_*`, by the names of their columns without `_text`.

    Columns that a row lacks are null. Everything is in the database when the block is left.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._columns = {
            kind: {
                f.name: f.name.removesuffix("_text") for f in table(f"work.raw_icsr_{kind}").fields
            }
            for kind in _KINDS
        }
        self._rows: dict[str, list[Mapping[str, Any]]] = {kind: [] for kind in _KINDS}

    def __enter__(self) -> Self:
        for kind in _KINDS:
            put(self._con, f"work.raw_icsr_{kind}", self._arrays(kind))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for which in _KINDS:
                self._flush(which)

    def add(self, kind: str, row: Mapping[str, Any]) -> None:
        """A row of `work.raw_icsr_<kind>`."""
        rows = self._rows[kind]
        rows.append(row)
        if len(rows) >= _BATCH:
            self._flush(kind)

    def _flush(self, kind: str) -> None:
        if self._rows[kind]:
            put_more(self._con, f"work.raw_icsr_{kind}", self._arrays(kind))
            self._rows[kind].clear()

    def _arrays(self, kind: str) -> dict[str, np.ndarray[Any, Any]]:
        rows = self._rows[kind]
        return {
            column: np.array([row.get(column.removesuffix("_text")) for row in rows], dtype=object)
            for column in self._columns[kind]
        }
