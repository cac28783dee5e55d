"""Australia's DAEN: the TGA's list of the reports of some medicines, issued whole each time.

As text without header, one row a case and reaction term; or as the workbook that DAEN exports, one
row a case. A list is known by its name without the day of its issue.
"""

from pathlib import PurePosixPath
from typing import Literal

from pv.errors import FileProblemError
from pv.sources import delimited
from pv.sources.delivery import container, issue_day
from pv.sources.glimpse import first_line, with_suffix
from pv.sources.issues import series_of
from pv.sources.layout import Layout, folded, name_columns
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source
from pv.sources.signs import ENOUGH, check, filled, forms
from pv.sources.textfile import HEAD_LINES

_SIGNS = (
    *filled("case_id received medicines term"),
    *forms("case_id", "numbers", r"\d{4,8}"),
    *forms("received", "dates", r"\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d.*"),
    *forms("sex", "sexes", "F|M|Female|Male|-"),
    *forms("age", "ages", r"-|< ?1|\d{1,3}"),
    *forms("medicines", "medicines with a role", r".* - (Suspected|Not suspected|Interaction).*"),
)
_ROWS = Layout(
    ("case_id", "received", "age", "sex", "medicines", "term", "vaccine"),
    header=False,
    delimiter="\t",
    signs=_SIGNS,
)
_CASES = Layout(
    ("case_id", "received", "age", "sex", "medicines", "term"),
    aliases={
        "case number": "case_id",
        "report entry date": "received",
        "age (years)": "age",
        "gender": "sex",
        "medicines reported as being taken": "medicines",
        "meddra reaction terms": "term",
    },
    signs=_SIGNS,
)
_STAGES = ("staging/daen_report", "staging/daen_drug", "staging/daen_event")
# What a line break in a cell, which parts a list, becomes.
_BREAK = "\x1f"


def read_cases(intake: Intake) -> Reading:
    """The rows of the first sheet into work.raw_daen.

    Raises:
        FileProblemError: it is no workbook, or its header is not that of the list.
    """
    from pv.sources.cells import put_cells
    from pv.sources.workbook import read_sheet

    sheet = read_sheet(intake, line_break=_BREAK)
    names, more = name_columns(_CASES, sheet.header)
    cells = dict(zip(names, sheet.columns, strict=True))
    head = {name: [value or "" for value in column[:HEAD_LINES]] for name, column in cells.items()}
    check(_CASES.signs, head)
    put_cells(intake.con, "work.raw_daen", _CASES, cells, sheet.row)
    issued = intake.params.get("issued_on") or sheet.saved
    notes = (*sheet.notes, *more)
    return Reading(sheet.row.size, _STAGES, intake.params, notes, latest_receipt=issued)


def read_rows(intake: Intake) -> Reading:
    """The lines into work.raw_daen.

    Raises:
        FileProblemError: it is empty, or most of its lines have not the seven fields of the list.
    """
    from pv.warehouse.relations import run

    reading = delimited.read(intake, layout=_ROWS, stages=_STAGES, params={}, latest_receipt=None)
    run(intake.con, "raw/raw_daen", reading.params)
    return reading


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any text or workbook in the folder: each is a list of its own."""
    path = PurePosixPath(name)
    kind = path.suffix.lower()
    release = f"/{container(path)}/{path.name}"
    if kind in (".txt", ".tsv") and not path.name.lower().startswith("readme"):
        return Part(release, "rows", "staging.report_event", read_rows, series=series_of(name))
    if kind == ".xlsx":
        return Part(release, "cases", "staging.report", read_cases, series=series_of(name))
    return "ignored" if kind in (".md", ".pdf") or path.name.lower().startswith("readme") else None


def claim(glimpse: Glimpse) -> Claim | None:
    """A workbook with the columns of the list, or text with its seven fields.

    Raises:
        FileProblemError: its name does not say on which day it was issued.
    """
    if glimpse.kind == "workbook":
        is_ours = set(folded(_CASES, glimpse.header)) >= set(_CASES.required)
        name = with_suffix(glimpse.name, ".xlsx")
    else:
        is_ours = any(_is_row(first_line(head)) for head in glimpse.heads.values())
        name = with_suffix(glimpse.name, ".zip" if glimpse.kind == "zip" else ".txt")
    if not is_ours:
        return None
    if glimpse.kind != "zip" and issue_day(PurePosixPath(name)) is None:
        raise FileProblemError(
            "issue_date_unknown",
            "a list of DAEN whose name does not say when it was issued",
            "write the day into its name, as 2024-06-30",
        )
    return Claim(name, "a list of reports of Australia's DAEN")


def _is_row(line: str) -> bool:
    # A sign speaks when most of enough rows contradict it.
    cells = dict(zip(_ROWS.required, line.split("\t"), strict=False))
    return line.count("\t") == len(_ROWS.required) - 1 and all(
        sign.seen([(cells[name],) for name in sign.columns] * ENOUGH) is None for sign in _SIGNS
    )


SOURCE = Source("daen", recognise, claim=claim, reissued=True)
