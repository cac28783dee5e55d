"""The United Kingdom's iDAP: MHRA's zips of Yellow Card reports, one for each substance.

A case is received in a year, an age is a decade. The key ADR is taken as a number within the zip:
nothing says that two substances share it, and cases merged wrongly would make pairs that nobody
reported.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Literal

from pv.sources import delivery
from pv.sources.delivery import Table, lacking
from pv.sources.layout import Layout
from pv.sources.model import Absent, Claim, Glimpse, Part, Source
from pv.sources.signs import Sign, filled, forms

_CASE: tuple[Sign, ...] = (*filled("adr"), *forms("adr", "numbers", r"[\w./-]*\d[\w./-]*"))
_ALIASES = {
    "adr_no": "adr",
    "adr no": "adr",
    "received_year": "recvd_year",
    "gender": "sex",
    "reporter": "reporter_type",
    "source": "reporter_type",
    "drug_name": "drug",
    "drugname": "drug",
    "product": "drug",
    "pt_name": "pt",
    "reaction": "pt",
    "fatal": "fatal_yn",
    "serious": "seriousness",
}


def _layout(required: str, optional: str, unread: str, *signs: Sign) -> Layout:
    return Layout(
        tuple(required.split()),
        tuple(optional.split()),
        tuple(unread.split()),
        _ALIASES,
        signs=(*_CASE, *signs),
        delimiter=",",
        quoted=True,
    )


_CASES = _layout(
    "adr recvd_year",
    "sex seriousness fatal_yn report_type reporter_type",
    "age_10",
    *filled("recvd_year"),
    *forms("recvd_year", "years", r"(19|20)\d\d(\.0)?"),
    *forms("sex", "sexes", r"f|m|u|female|male|unknown|not .*"),
    *forms("age_10", "decades", r"\D*\d{1,3}(\.0)?\D*(\d{1,3})?\D*|unknown|not .*"),
)
_DRUGS = _layout("adr", "drug", "", *forms("drug", "names", r".*[a-z].+"))
_EVENTS = _layout(
    "adr pt",
    "fatal_yn",
    "hlt hlgt soc soc_abbrev",
    *filled("pt"),
    *forms("pt", "terms", r".*[a-z].{2,}"),
    *forms("fatal_yn", "Y or N", r"y|n|yes|no|0|1"),
)

TABLES = {
    table.label: table
    for table in (
        Table("case", "staging.report", _CASES, ("staging/idap_case",),
              "none of its reports can be counted"),
        Table("drug", "staging.report_drug", _DRUGS, ("staging/idap_drug",),
              "its reports name no drugs"),
        Table("event", "staging.report_event", _EVENTS,
              ("staging/idap_event", "staging/idap_outcome"), "its reports name no reactions"),
    )
}  # fmt: skip
_FILE = re.compile(r"(.+)[_-](case|drug|event)(?:_info)?\.csv", re.I)
_PAPER = re.compile(r".*agg.*\.csv|.*\.(pdf|docx?|html?|md|txt)|readme.*", re.I)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """A table by its name, e.g. `tisagenlecleucel.zip/tisagenlecleucel_case.csv`."""
    path = PurePosixPath(name)
    if found := _FILE.fullmatch(path.name):
        substance = " ".join(found[1].replace("_", " ").split())
        part = TABLES[found[2].lower()].part(name, {"substance": substance})
        release = f"{part.release}/{substance.lower()}"
        return replace(part, release=release, series=substance.lower())
    return "ignored" if _PAPER.fullmatch(path.name) else None


def absent(parts: Sequence[Part]) -> list[Absent]:
    """Of the three tables those that a substance lacks."""
    return lacking(tuple(TABLES.values()), parts)


def claim(glimpse: Glimpse) -> Claim | None:
    """A zip of tables with iDAP's columns and names; a single file says too little."""
    if glimpse.kind != "zip" or not any(
        _FILE.fullmatch(PurePosixPath(n).name) for n in glimpse.heads
    ):
        return None
    return delivery.claim(glimpse, TABLES.values(), recognise, "iDAP")


SOURCE = Source("idap", recognise, absent, claim, reissued=True)
