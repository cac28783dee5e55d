"""Exports of FDA's FAERS Public Dashboard: one workbook a search, one row a case.

A case found by several searches is in several workbooks; its source_report_id, the case number,
is the same in all of them. Case numbers are those of FAERS.
"""

from typing import Literal

from pv.sources.layout import Layout, name_columns
from pv.sources.model import Intake, Part, Reading, Source

LAYOUT = Layout(
    required=(
        "case_id", "suspect_names", "suspect_ingredients", "reactions", "latest_fda_date",
    ),
    optional=(
        "reason_for_use", "serious", "outcomes", "sex", "event_date", "case_priority", "age",
        "sender", "reporter_type", "report_source", "concomitant_names", "initial_fda_date",
        "country", "manufacturer_number",
    ),
    unread=(
        "patient weight", "latest manufacturer received date", "reported to manufacturer?",
        "literature reference", "compounded flag",
    ),
    aliases={
        "case id": "case_id",
        "suspect product names": "suspect_names",
        "suspect product active ingredients": "suspect_ingredients",
        "reason for use": "reason_for_use",
        "event date": "event_date",
        "latest fda received date": "latest_fda_date",
        "case priority": "case_priority",
        "patient age": "age",
        "reporter type": "reporter_type",
        "report source": "report_source",
        "concomitant product names": "concomitant_names",
        "initial fda received date": "initial_fda_date",
        "country where event occurred": "country",
        "manufacturer control number": "manufacturer_number",
    },
)  # fmt: skip
_STAGES = tuple(
    f"staging/faers_dashboard_{table}"
    for table in ("report", "drug", "event", "outcome", "source", "indication")
)


def read(intake: Intake) -> Reading:
    """The rows of the first sheet into work.raw_dashboard; its lists are parted in SQL.

    The day of the export, on which the workbook was made, is the last that it can hold.

    Raises:
        FileProblemError: it is no workbook, or its header is not the dashboard's.
    """
    from pv.sources.cells import by_name, put_cells
    from pv.sources.workbook import created_on, read_sheet

    exported = created_on(intake)
    header, columns, line, notes = read_sheet(intake)
    names, more = name_columns(LAYOUT, header)
    put_cells(intake.con, "work.raw_dashboard", LAYOUT, by_name(names, columns), line)
    return Reading(line.size, _STAGES, intake.params, (*notes, *more), latest_receipt=exported)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any workbook in the folder; a file is a delivery of its own."""
    if not name.lower().endswith(".xlsx"):
        return "ignored" if name.lower().endswith((".md", "readme.txt", "readme")) else None
    return Part(name, "workbook", "staging.report", read)


SOURCE = Source("faers_dashboard", recognise)
