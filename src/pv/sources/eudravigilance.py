"""EudraVigilance's human line listings (adrreports.eu, EVDAS): a row a case, lists in its cells.

CSV or workbook, one search each. The public ones say of the country only whether it is one of the
European Economic Area.
"""

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Literal

import numpy as np

from pv.sources import delivery
from pv.sources.delivery import Table, issue_day
from pv.sources.glimpse import with_suffix
from pv.sources.issues import series_of
from pv.sources.layout import UNIT, Layout, folded, name_columns
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source
from pv.sources.signs import by_column, check, filled, forms
from pv.sources.textfile import HEAD_LINES
from pv.warehouse.relations import put

_DETAILS = "(drug char - indication pt - action taken - [duration - dose - route])"
# The dash of one header is an en dash, and what is left of it where its encoding was lost.
_REACTIONS = tuple(
    f"reaction list pt (duration {dash} outcome - seriousness criteria)"
    for dash in ("\u2013", "-", "\u00e2\u20ac\u201c", "?")
)
_ITEM = r"(.*\(.* - .*\).*)|.*not reported.*|.*<br>.*"
LAYOUT = Layout(
    required=("case_id", "receipt", "country", "reactions", "suspects"),
    optional=("report_type", "reporter", "literature", "sex", "concomitants", "worldwide_id"),
    unread=(
        "patient age group", "patient age group (as per reporter)", "parent child report",
        "icsr form",
    ),
    aliases={
        "eu local number": "case_id",
        "worldwide unique case identification": "worldwide_id",
        "report type": "report_type",
        "ev gateway receipt date": "receipt",
        "primary source qualification": "reporter",
        "literature reference": "literature",
        "primary source country for regulatory purposes": "country",
        "patient sex": "sex",
        f"suspect/interacting drug list {_DETAILS}": "suspects",
        f"concomitant/not administered drug list {_DETAILS}": "concomitants",
        **dict.fromkeys(_REACTIONS, "reactions"),
    },
    signs=(
        *filled("case_id receipt reactions suspects"),
        *forms("case_id", "numbers of cases", r"[A-Z]{2}-[\w-]*\d.*"),
        *forms("receipt", "dates", r"\d{4}-\d\d-\d\d.*|\d{1,2}-[a-z]{3}-\d{4}.*"),
        *forms("country", "areas or countries", r"(non[ -])?european economic area|\D{2,40}"),
        *forms("sex", "sexes", r"female|male|not .*|unknown"),
        *forms("reactions suspects concomitants", "lists", _ITEM),
    ),
    delimiter=",",
    quoted=True,
)  # fmt: skip
_STAGES = tuple(
    f"staging/eudravigilance_{table}" for table in ("report", "drug", "event", "indication")
)
_WHAT = "EudraVigilance: line listing"
_LISTING = Table("line listing", "staging.report", LAYOUT, _STAGES)


def read_workbook(intake: Intake) -> Reading:
    """The rows of the first sheet into work.raw_line, as the lines of a quoted table are.

    Raises:
        FileProblemError: it is no workbook, or its header is not that of a line listing.
    """
    import polars as pl

    from pv.sources.workbook import read_sheet

    sheet = read_sheet(intake)
    names, more = name_columns(LAYOUT, sheet.header)
    cells = pl.DataFrame({str(i): list(column) for i, column in enumerate(sheet.columns)})
    texts = cells.cast(pl.String).select(pl.all().fill_null(""))
    head = texts.head(HEAD_LINES).rows()
    check(LAYOUT.signs, by_column(names, head))
    size = sheet.row.size
    lines = {
        "line": sheet.row,
        "content": texts.select(pl.concat_str(pl.all(), separator=UNIT)).to_series().to_numpy(),
        "fields": np.full(size, len(names), dtype=np.int64),
        "problem": np.full(size, None, dtype=object),
    }
    put(intake.con, "work.raw_line", lines)
    columns = (*LAYOUT.required, *LAYOUT.optional)
    position = {name: names.index(name) + 1 if name in names else None for name in columns}
    params = {**intake.params, "position": position, "width": len(names)}
    notes = (*sheet.notes, *more)
    return Reading(size, _STAGES, params, notes, latest_receipt=intake.params.get("issued_on"))


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any CSV or workbook in the folder; a file is a delivery of its own."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".xlsx"}:
        return "ignored" if suffix in {".md", ".pdf", ".txt", ".html"} else None
    part = _LISTING.part(name)
    part = replace(part, release=f"{issue_day(path) or ''}/{name}", series=series_of(name))
    if suffix == ".xlsx":
        part = replace(part, read=read_workbook)
    return part


def claim(glimpse: Glimpse) -> Claim | None:
    """A CSV or workbook with the columns of a line listing."""
    if glimpse.kind == "workbook":
        names = set(folded(LAYOUT, glimpse.header))
        fits = names >= set(LAYOUT.required)
        return Claim(with_suffix(glimpse.name, ".xlsx"), _WHAT) if fits else None
    if glimpse.kind == "zip":
        return None
    found = delivery.claim(glimpse, (_LISTING,), recognise, _WHAT)
    return found and replace(found, what=_WHAT)


SOURCE = Source("eudravigilance", recognise, claim=claim, reissued=True)
