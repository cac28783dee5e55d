"""decisions/*.csv: what officers write in a spreadsheet, read with the line of each decision."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pv.decisions.signals import Said
from pv.errors import UsageError

# A column of the file with the field of a decision that it gives.
COLUMNS: Mapping[str, str] = {
    "product": "product", "event": "event", "kind": "event_kind", "state": "signal_status",
    "outcome": "signal_outcome", "reason": "reason", "method": "evaluation_method",
    "action": "action_taken", "next_review": "next_review", "decided_on": "decided_on",
    "decided_by": "decided_by",
}  # fmt: skip
# To be read by the officer alone: `poolvigil signal list --csv` writes them.
SHOWN = ("now", "changed", "verdict", "n", "fatal", "countries")
_ASKED = ("product", "event", "state", "reason", "decided_on", "decided_by")
# A row without any of these is not decided yet.
_DECIDED = ("state", "outcome", "reason", "method", "action", "decided_on", "decided_by")
_MOST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A decision and the line of the file that says so."""

    number: int
    said: Said


def read(file: Path) -> list[Line]:
    """The decisions of a file; rows that nobody has filled in are left out.

    Comma or semicolon parts the columns. Raises `UsageError` with the line of what is wrong.
    """
    if file.stat().st_size > _MOST_BYTES:
        raise UsageError(f"the file has more than {_MOST_BYTES:,} bytes")
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"byte {error.start} is not UTF-8: save it as CSV in UTF-8") from error
    first = text.partition("\n")[0]
    parted = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True
    )
    try:
        return list(_lines(parted))
    except csv.Error as error:
        raise UsageError(f"line {parted.line_num}: {error}") from error


def _lines(parted: Any) -> Iterator[Line]:
    header = [name.strip().lower() for name in next(parted, [])]
    _check_header(header)
    for cells in parted:
        number = parted.line_num
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        if not any(row.get(name) for name in _DECIDED):
            continue
        if len(cells) != len(header):
            raise UsageError(f"line {number}: {len(cells)} columns, the header has {len(header)}")
        for name in _ASKED:
            if not row[name]:
                raise UsageError(f"line {number}: {name} is empty")
        given = {field: row.get(name) or None for name, field in COLUMNS.items()}
        days = {name: _day(number, name, row.get(name)) for name in ("next_review", "decided_on")}
        yield Line(number, Said(**{**given, **days}))  # pyright: ignore[reportArgumentType]


def _check_header(header: list[str]) -> None:
    if missing := [name for name in _ASKED if name not in header]:
        raise UsageError(f"line 1: no column {', '.join(missing)}")
    if strange := [name for name in header if name not in COLUMNS and name not in SHOWN]:
        raise UsageError(
            f"line 1: column {strange[0]!r} is unknown; known are {', '.join(COLUMNS)}"
        )
    if len(set(header)) < len(header):
        raise UsageError("line 1: a column is there twice")


def _day(number: int, name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"line {number}: {name} {text!r} is no day (2026-03-31)") from error
