"""The workbook of a night: the reaction monitoring report, a line a pair, to sort and filter.

Every cell has its type: a number is a number, a text is never a formula, a link or a number. The
same snapshot gives the same bytes.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pv.dictionary.fields import FIELDS
from pv.dictionary.verdicts import BY_KEY
from pv.report.headline import Headline
from pv.report.monitored import COLUMNS, Column, Row, read

NAME = "poolvigil.xlsx"
REACTIONS, ABOUT = "Reactions", "About"
BANNER = "SIMULATED DATA: do not use for decisions about real medicines"
# Above the heads stands one line, which says what the sheet is of.
HEAD_ROW = 1
_FROZEN_COLUMNS = 2
# The most that a cell holds.
_MOST = 32_767
# What no reader shows as it stands: control characters, and marks that turn the order of letters.
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "banner": {"bold": True, "font_color": "#9c0006", "bg_color": "#ffc7ce"},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "wrap": {"text_wrap": True, "valign": "top"},
    "text": {},
    "whole": {"num_format": "#,##0"},
    "ratio": {"num_format": "0.00"},
    "level": {"num_format": '"P"0'},
    "yes": {},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
}  # fmt: skip

Pair = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Night:
    """What the workbook says of the night that it is of."""

    run_id: str
    as_of: date
    code_version: str
    simulated: bool


def write(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    night: Night,
    headlines: Mapping[Pair, Headline],
) -> Path:
    """Write the workbook of a snapshot to `target` and return it.

    `headlines` are those of the triage, which knows their level and what has become of them. The
    file appears whole or not at all.
    """
    lines = read(con, headlines)
    partial = target.with_name(f".{target.name}.partial")
    book = xlsxwriter.Workbook(
        str(partial),
        {
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )  # fmt: skip
    try:
        made = datetime(night.as_of.year, night.as_of.month, night.as_of.day)
        book.set_properties({"title": f"poolvigil {night.run_id}", "created": made})
        formats = {name: book.add_format(form) for name, form in _FORMATS.items()}
        for name, fill in ((REACTIONS, _reactions), (ABOUT, _about)):
            sheet = book.add_worksheet(name)
            _paper(sheet, night)
            fill(sheet, formats, night, lines)
    finally:
        book.close()
    os.replace(partial, target)  # noqa: PTH105  (says that an existing file is replaced)
    return target


def shown(text: str) -> str:
    """A text as a cell shows it: on one line, in the order of its letters, and not too long."""
    clean = " ".join(_UNSHOWN.sub(" ", text).split())
    return clean.encode("utf-16", "replace").decode("utf-16")[:_MOST]


def _reactions(
    sheet: Worksheet, formats: Mapping[str, Format], night: Night, lines: Sequence[Row]
) -> None:
    said = f"Reaction monitoring report, {_of(night)}"
    sheet.write_string(0, 0, f"{BANNER}. {said}" if night.simulated else said,
                       formats["banner" if night.simulated else "title"])  # fmt: skip
    for at, column in enumerate(COLUMNS):
        sheet.write_string(HEAD_ROW, at, column.head, formats["head"])
        sheet.set_column(at, at, column.width)
    for row, line in enumerate(lines, HEAD_ROW + 1):
        for at, column in enumerate(COLUMNS):
            _cell(sheet, row, at, column, line[column.name], formats[column.kind])
    sheet.freeze_panes(HEAD_ROW + 1, _FROZEN_COLUMNS)
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(1, len(lines)), len(COLUMNS) - 1)
    sheet.repeat_rows(HEAD_ROW)


def _cell(  # noqa: PLR0913, PLR0917  (where, what, and how it looks)
    sheet: Worksheet, row: int, at: int, column: Column, value: Any, form: Format
) -> None:
    if value is None:
        return
    if column.kind == "yes":
        sheet.write_string(row, at, "yes" if value else "no", form)
    elif column.kind == "text":
        sheet.write_string(row, at, shown(str(value)), form)
    elif column.kind == "date":
        sheet.write_datetime(row, at, value, form)
    else:
        sheet.write_number(row, at, value, form)


def _about(
    sheet: Worksheet, formats: Mapping[str, Format], night: Night, lines: Sequence[Row]
) -> None:
    facts = [
        ("Run", night.run_id),
        ("Data lock point", night.as_of.isoformat()),
        ("Program", night.code_version),
        ("Pairs", len(lines)),
    ]
    row = 0
    if night.simulated:
        sheet.write_string(0, 0, BANNER, formats["banner"])
        row = 1
    for name, value in facts:
        sheet.write_string(row, 0, name, formats["title"])
        if isinstance(value, int):
            sheet.write_number(row, 1, value, formats["whole"])
        else:
            sheet.write_string(row, 1, shown(value), formats["text"])
        row += 1
    row += 1
    for at, head in enumerate(("Column", "Meaning")):
        sheet.write_string(row, at, head, formats["head"])
    for at, column in enumerate(COLUMNS, row + 1):
        sheet.write_string(at, 0, column.head, formats["text"])
        sheet.write_string(at, 1, meaning(column), formats["wrap"])
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 100)


def meaning(column: Column) -> str:
    """What a column says, with the words for the verdicts where it has some."""
    said = column.meaning or FIELDS[column.name].describe()
    if column.name == "verdict":
        said += ": " + "; ".join(f"{v.name}: {v.meaning}" for v in BY_KEY.values())
    return said


def _paper(sheet: Worksheet, night: Night) -> None:
    """Each printed page says what it is of, and that it is simulated."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    # An ampersand begins a command in a header.
    of = _of(night).replace("&", "&&")
    sheet.set_header(f"&L&B{BANNER}" if night.simulated else "")
    sheet.set_footer(f"&L{of}&RPage &P of &N")


def _of(night: Night) -> str:
    return shown(f"run {night.run_id}, data lock point {night.as_of.isoformat()}")
