"""Exports of FDA's FAERS Public Dashboard: one workbook a search, one row a case.

A case found by several searches is in several workbooks; its source_report_id, the case number,
is the same in all of them. Case numbers are those of FAERS.
"""

from collections.abc import Sequence
from typing import Literal

from pv.sources.glimpse import with_suffix
from pv.sources.layout import Layout, name_columns
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source
from pv.sources.signs import LOOKED_AT, before, check, filled, form, forms, fuller, marked
from pv.sources.textfile import HEAD_LINES

_DAY = r"((\d{1,2}-)?[a-z]{3}-)?\d{4}|\d{4}-\d\d-\d\d.*"
# Words of reactions and of reasons for use that names of drugs hardly have.
_TERM = (
    r"\b(disease|disorder|syndrome|pain|infection|increased|decreased|abnormal|impaired|therapy|"
    r"unknown indication|prophylaxis|depression|hypertension|diabetes|arthritis|anxiety|insomnia|"
    r"nausea|death|use|ineffective|reaction|disturbance)\b"
)
# Ingredients and reactions are in every row of an export; a tenth or more of the others is empty.
_SIGNS = (
    *filled("case_id latest_fda_date reactions suspect_ingredients"),
    *forms("case_id", "numbers", r"\d{1,20}(\.0)?"),
    form("latest manufacturer received date", "dates", _DAY),
    *forms("event_date latest_fda_date initial_fda_date", "dates", _DAY),
    before("event_date", "latest_fda_date"),
    before("event_date", "initial_fda_date"),
    before("event_date", "latest manufacturer received date"),
    before("initial_fda_date", "latest_fda_date"),
    before("latest manufacturer received date", "latest_fda_date"),
    *forms("serious", "Serious or Non-Serious", r"(Non-)?Serious"),
    *forms("sex", "Female or Male", r"Female|Male"),
    *forms("outcomes", "outcomes", r"(Non-Serious|Died|Life|Hosp|Disab|Cong|Req|Other).*"),
    *forms("case_priority", "priorities", r"(Non-)?Expedited|Direct"),
    *forms("age", "ages with a unit", r"-?\d{1,3}(\.\d+)? (YR|DEC|MON|MTH|WK|WEEK|DY|DAY|HR)"),
    *forms("weight", "weights", r"[\d.]+\s*(LB|LBS|KG|GMS)"),
    *forms("reporter_type", "reporters", r"Consumer|Healthcare.*|Other.*"),
    *forms(
        "report_source",
        "origins",
        r"(Health|Consumer|Foreign|Literat|Study|Company|User|Distr|Other).*",
    ),
    *forms("country", "country codes", r"[a-z][a-z\d]|\D*country\D*"),
    form("reported to manufacturer?", "Y or N", r"Y|N"),
    form("compounded flag", "Yes or No", r"Yes|No"),
    *forms("manufacturer_number", "manufacturers' numbers", r".*\d.*"),
    marked("manufacturer_number", "sender", "a number of four digits", r"\d{4}"),
    *forms("suspect_names suspect_ingredients reactions", "names", r".*[a-z].{2,}"),
    *(
        fuller(often, seldom)
        for often in ("suspect_ingredients", "reactions")
        for seldom in ("suspect_names", "reason_for_use", "sender", "concomitant_names")
    ),
    *(
        marked(terms, drugs, "a word of terms", _TERM)
        for terms in ("reactions", "reason_for_use")
        for drugs in ("suspect_names", "suspect_ingredients", "concomitant_names")
    ),
)

LAYOUT = Layout(
    required=(
        "case_id", "suspect_names", "suspect_ingredients", "reactions", "latest_fda_date",
    ),
    optional=(
        "reason_for_use", "serious", "outcomes", "sex", "event_date", "case_priority", "age",
        "sender", "reporter_type", "report_source", "concomitant_names", "initial_fda_date",
        "country", "manufacturer_number", "weight", "literature",
    ),
    unread=(
        "latest manufacturer received date", "reported to manufacturer?", "compounded flag",
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
        "patient weight": "weight",
        "literature reference": "literature",
        "reporter type": "reporter_type",
        "report source": "report_source",
        "concomitant product names": "concomitant_names",
        "initial fda received date": "initial_fda_date",
        "country where event occurred": "country",
        "manufacturer control number": "manufacturer_number",
    },
    signs=_SIGNS,
)  # fmt: skip
_STAGES = tuple(
    f"staging/faers_dashboard_{table}"
    for table in ("report", "drug", "event", "outcome", "source", "indication")
)


def read(intake: Intake) -> Reading:
    """The rows of the first sheet into work.raw_dashboard; its lists are parted in SQL.

    The day on which the workbook was saved, that of the export, is the last that it can hold.

    Raises:
        FileProblemError: it is no workbook, or its header is not the dashboard's.
    """
    from pv.sources.cells import put_cells
    from pv.sources.workbook import read_sheet

    sheet = read_sheet(intake)
    names, more = name_columns(LAYOUT, sheet.header)
    cells = dict(zip(names, sheet.columns, strict=True))
    head = {name: _said(column[:HEAD_LINES].tolist()) for name, column in cells.items()}
    check(LAYOUT.signs, head)
    put_cells(intake.con, "work.raw_dashboard", LAYOUT, cells, sheet.row)
    notes = (*sheet.notes, *more)
    return Reading(sheet.row.size, _STAGES, intake.params, notes, latest_receipt=sheet.saved)


def _said(values: Sequence[str | None]) -> list[str]:
    """The values without the dashboard's marks for nothing."""
    return ["" if text in ("-", "Not Specified") else text for text in map(_strip, values)]


def _strip(value: str | None) -> str:
    return (value or "")[:LOOKED_AT].strip()


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any workbook in the folder; a file is a delivery of its own."""
    if not name.lower().endswith(".xlsx"):
        return "ignored" if name.lower().endswith((".md", "readme.txt", "readme")) else None
    return Part(name, "workbook", "staging.report", read)


def claim(glimpse: Glimpse) -> Claim | None:
    """A workbook whose first row has the columns of the dashboard's export."""
    folded = (" ".join(name.lower().split()) for name in glimpse.header)
    names = {LAYOUT.aliases.get(name, name) for name in folded}
    if not names >= set(LAYOUT.required):
        return None
    return Claim(with_suffix(glimpse.name, ".xlsx"), "an export of the FAERS Public Dashboard")


SOURCE = Source("faers_dashboard", recognise, claim=claim)
