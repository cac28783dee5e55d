"""VAERS: reports after vaccination in the United States, three tables a year.

Each year's file is issued whole again and again. Free text (symptoms, other medicines, history) is
not loaded.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal

from pv.sources import delivery
from pv.sources.delivery import Table, container
from pv.sources.layout import Layout
from pv.sources.model import Absent, Claim, Glimpse, Part, Source
from pv.sources.signs import Sign, filled, forms

_DATE = r"\d\d/\d\d/\d{4}"
_ID: tuple[Sign, ...] = (*filled("vaers_id"), *forms("vaers_id", "numbers", r"\d{4,8}"))


def _layout(required: str, optional: str, unread: str, *signs: Sign, begins: str = "") -> Layout:
    return Layout(
        tuple(required.split()),
        tuple(optional.split()),
        tuple(unread.split()),
        signs=(*_ID, *signs),
        delimiter=",",
        quoted=True,
        encoding="cp1252",
        begins=begins,
    )


_DATA = _layout(
    "vaers_id recvdate state age_yrs sex died l_threat hospital disable vax_date onset_date",
    "x_stay birth_defect splttype",
    """cage_yr cage_mo rpt_date symptom_text datedied er_visit hospdays recovd numdays lab_data
    v_adminby v_fundby other_meds cur_ill history prior_vax form_vers todays_date ofc_visit
    er_ed_visit allergies""",
    *filled("recvdate"),
    *forms("recvdate vax_date onset_date", "dates", _DATE),
    *forms("sex", "F, M or U", "[FMU]"),
    *forms("state", "states", "[A-Za-z]{2}"),
    *forms("age_yrs", "ages", r"\d{1,3}(\.\d+)?"),
    *forms("died l_threat hospital disable", "Y", "[YN]"),
    begins=rf"[0-9]{{4,8}},({_DATE})?,",
)
_VAX = _layout(
    "vaers_id vax_type vax_lot vax_name",
    "",
    "vax_manu vax_dose vax_dose_series vax_route vax_site order",
    *filled("vax_type vax_name"),
)
_SYMPTOMS = _layout(
    "vaers_id symptom1",
    "symptom2 symptom3 symptom4 symptom5",
    "symptomversion1 symptomversion2 symptomversion3 symptomversion4 symptomversion5",
    *filled("symptom1"),
    *forms("symptom1", "terms", r".*[A-Za-z]{2}.*"),
)
TABLES = {
    table.label: table
    for table in (
        Table("DATA", "staging.report", _DATA, ("staging/vaers_data", "staging/vaers_date"),
              "none of its reports can be counted"),
        Table("VAX", "staging.report_drug", _VAX, ("staging/vaers_vax",),
              "its reports name no vaccines"),
        Table("SYMPTOMS", "staging.report_event", _SYMPTOMS, ("staging/vaers_symptoms",),
              "its reports name no reactions"),
    )
}  # fmt: skip
_FILE = re.compile(r"(\d{4}|NonDomestic)VAERS(DATA|VAX|SYMPTOMS)(?![a-z]).*\.csv", re.I)
_PAPER = re.compile(r".*\.(pdf|docx?|html?|md)|readme.*", re.I)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """A table of a year by its name, e.g. `1990VAERSData.zip/1990VAERSVAX.csv`."""
    path = PurePosixPath(name)
    found = _FILE.fullmatch(path.name)
    if not found:
        return "ignored" if _PAPER.fullmatch(path.name) else None
    year = "NonDomestic" if found[1].lower() == "nondomestic" else found[1]
    params = {"foreign": year == "NonDomestic"}
    part = TABLES[found[2].upper()].part(name, params)
    where = "/".join(piece for piece in (container(path), year) if piece)
    return Part(f"/{where}", part.label, part.staging_table, part.read, series=year)


def absent(parts: Sequence[Part]) -> list[Absent]:
    """Of DATA, VAX and SYMPTOMS those that a year's delivery lacks."""
    return delivery.lacking(tuple(TABLES.values()), parts)


def claim(glimpse: Glimpse) -> Claim | None:
    """Tables with the columns of VAERS, as zip or as single files."""
    return delivery.claim(glimpse, TABLES.values(), recognise, "VAERS")


SOURCE = Source("vaers", recognise, absent, claim, reissued=True)
