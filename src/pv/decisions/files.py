"""decisions/*.csv: what officers write in a spreadsheet, read with the line of each decision."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pv.decisions.cells import as_meant, harmless
from pv.decisions.signals import Said
from pv.errors import UsageError, shortened

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


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions of a file, and what is wrong with its other rows, by line."""

    lines: list[Line] = field(default_factory=list)
    wrong: dict[int, str] = field(default_factory=dict)


def read(file: Path) -> Decided:
    """The decisions of a file; rows that nobody has filled in are left out.

    Comma or semicolon parts the columns. Raises `UsageError` where it is no table of decisions.
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
    found = Decided()
    try:
        header = [name.strip().lower() for name in next(parted, [])]
        _check_header(header)
        for cells in parted:
            try:
                said = _said(header, cells)
            except UsageError as error:
                found.wrong[parted.line_num] = str(error)
            else:
                if said is not None:
                    found.lines.append(Line(parted.line_num, said))
    except csv.Error as error:
        raise UsageError(f"line {parted.line_num}: {error}") from error
    return found


def write_form(file: Path, found: Sequence[Mapping[str, Any]]) -> None:
    """A file with a row a signal, to be filled in; never over another."""
    if file.exists():
        raise UsageError(f"{file} is there already: give another name")
    file.parent.mkdir(exist_ok=True)
    # Spreadsheets take UTF-8 for it only behind its mark.
    with file.open("x", encoding="utf-8-sig", newline="") as opened:
        form = csv.DictWriter(opened, [*COLUMNS, *SHOWN])
        form.writeheader()
        for each in found:
            row = {
                "product": each["product"], "event": each["event"], "kind": each["event_kind"],
                "now": each["signal_status"], "changed": each["changed_since"],
                "verdict": each["verdict"], "n": each["n"], "fatal": each["n_fatal"],
                "countries": " ".join(each["countries"]),
            }  # fmt: skip
            form.writerow(
                {k: harmless(text) if isinstance(text, str) else text for k, text in row.items()}
            )


def _said(header: Sequence[str], cells: Sequence[str]) -> Said | None:
    """The decision of a row; none where nobody has filled it in."""
    row = {name: as_meant(cell.strip()) for name, cell in zip(header, cells, strict=False)}
    if not any(row.get(name) for name in _DECIDED):
        return None
    if len(cells) != len(header):
        raise UsageError(f"{len(cells)} columns, the header has {len(header)}")
    for name in _ASKED:
        if not row[name]:
            raise UsageError(f"{name} is empty")
    given = {field_: row.get(name) or None for name, field_ in COLUMNS.items()}
    days = {name: _day(name, row.get(name)) for name in ("next_review", "decided_on")}
    return Said(**{**given, **days})  # pyright: ignore[reportArgumentType]


def _check_header(header: list[str]) -> None:
    if missing := [name for name in _ASKED if name not in header]:
        raise UsageError(f"line 1: no column {', '.join(missing)}")
    if strange := [name for name in header if name not in COLUMNS and name not in SHOWN]:
        name = shortened(strange[0], 60)
        raise UsageError(f"line 1: column {name!r} is unknown; known are {', '.join(COLUMNS)}")
    if len(set(header)) < len(header):
        raise UsageError("line 1: a column is there twice")


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{name} {shortened(text, 60)!r} is no day (2026-03-31)") from error
