"""The table of signals of a periodic report (ICH E2C(R2), tabular summary of safety signals)."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pv.decisions.cells import harmless
from pv.errors import UsageError
from pv.warehouse.relations import rows

# The columns of the guideline's appendix, after the product.
HEADER = (
    "Product", "Signal term", "Date detected", "Status (ongoing or closed)", "Date closed",
    "Source of signal", "Reason for evaluation and summary of key data",
    "Method of signal evaluation", "Action(s) taken or planned",
)  # fmt: skip


def table(
    con: duckdb.DuckDBPyConnection, product: str | None, first: date, last: date
) -> list[dict[str, str]]:
    """The signals of an interval, by the columns of `HEADER`. Raises `UsageError` where it ends
    before it begins."""
    if last < first:
        raise UsageError(f"the interval ends on {last}, before it begins on {first}")
    given = {"product": product, "first_day": first, "last_day": last}
    found = rows(con, "decisions/asked/psur", given)
    return [dict(zip(HEADER, _line(*row), strict=True)) for row in found]


def write(file: Path, found: list[dict[str, str]]) -> None:
    """Write the table as CSV or, where the file is called so, as a workbook; never over another."""
    if file.exists():
        raise UsageError(f"{file} is there already: give another name")
    if file.suffix.lower() == ".xlsx":
        _workbook(file, found)
        return
    # Spreadsheets take UTF-8 for it only behind its mark.
    with file.open("x", encoding="utf-8-sig", newline="") as opened:
        written: csv.DictWriter[str] = csv.DictWriter(opened, HEADER)
        written.writeheader()
        written.writerows({name: harmless(text) for name, text in row.items()} for row in found)


def _workbook(file: Path, found: list[dict[str, str]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("Signals")
        for place, row in enumerate([dict(zip(HEADER, HEADER, strict=True)), *found]):
            for column, name in enumerate(HEADER):
                # Text, whatever it begins with.
                sheet.write_string(place, column, row[name])


def _line(*row: Any) -> Iterator[str]:
    (
        product, event, kind, detected, status, outcome, closed, n, n_fatal, n_countries, verdict,
        reasons, methods, actions, rule,
    ) = row  # fmt: skip
    yield product
    yield f"{event} (group)" if kind == "event_group" else event
    yield f"{detected:%Y-%m}"
    yield "closed" if status == "closed" else f"ongoing ({status.replace('_', ' ')})"
    yield f"{closed:%Y-%m}" if closed else ""
    yield f"Spontaneous reports of {n_countries} countries, screened by the rule {rule}"
    fatal = f", {n_fatal} of them fatal" if n_fatal else ""
    yield f"{n} cases{fatal}; verdict {verdict.replace('_', ' ')}. {reasons}"
    yield methods or "Disproportionality of reports by country and pooled"
    done = "; ".join(filter(None, [outcome and f"outcome: {outcome.replace('_', ' ')}", actions]))
    yield done or "none recorded"
