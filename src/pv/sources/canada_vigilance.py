"""Health Canada's Canada Vigilance extract: text tables without header, each field in quotes.

Columns are known by their place (Health Canada's data structure). Lists of codes (`*_lx`) and
products are not loaded: the tables of reports repeat the words.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal

from pv.errors import FileProblemError
from pv.sources.delivery import Table, lacking
from pv.sources.glimpse import first_line, with_suffix
from pv.sources.layout import Layout
from pv.sources.model import Absent, Claim, Glimpse, Part, Source
from pv.sources.signs import Sign, filled, forms, marked

_DATE = r"\d{1,2}-[a-z]{3}-(\d\d)?\d\d|(19|20)\d\d-\d\d-\d\d.*"
_NUMBER = r"\d{1,15}"
_CODE = r"[\w ]{0,9}"


def _layout(columns: str, *signs: Sign) -> Layout:
    return Layout(tuple(columns.split()), header=False, signs=signs, delimiter="$", quoted=True)


_REPORTS = _layout(
    """report_id report_no version_no datreceived datintreceived mah_no report_type_code
    report_type_eng report_type_fr gender_code gender_eng gender_fr age age_y age_unit_eng
    age_unit_fr outcome_code outcome_eng outcome_fr weight weight_unit_eng weight_unit_fr height
    height_unit_eng height_unit_fr seriousness_code seriousness_eng seriousness_fr death disability
    congenital_anomaly life_threatening hosp_required other_medically_imp_cond reporter_type_eng
    reporter_type_fr source_code source_eng source_fr e2b_imp_safetyreport_id authority_numb
    company_numb""",
    *filled("report_id datreceived"),
    *forms("report_id", "numbers", _NUMBER),
    *forms("version_no", "numbers of versions", r"\d{1,3}"),
    *forms("datreceived datintreceived", "dates", _DATE),
    *forms(
        "report_type_code gender_code outcome_code seriousness_code source_code", "codes", _CODE
    ),
    *forms("gender_eng", "sexes", r"female|male|unknown|not .*|undifferentiated|other"),
    *forms("age age_y", "ages", r"\d{1,4}(\.\d+)?|\.\d+"),
    *forms("age_unit_eng", "units of age", r"(decade|year|month|week|day|hour|minute)s?.*"),
    *forms(
        "death disability congenital_anomaly life_threatening hosp_required "
        "other_medically_imp_cond",
        "1 or 2",
        r"[12]",
    ),
    *forms("seriousness_eng", "Serious or Not serious", r"(not |non.?)?serious|yes|no|unknown"),
)
_DRUGS = _layout(
    """report_drug_id report_id drug_product_id drugname druginvolv_eng druginvolv_fr routeadmin_eng
    routeadmin_fr unit_dose_qty dose_unit_eng dose_unit_fr frequency freq_time frequency_time_eng
    frequency_time_fr freq_time_unit_eng freq_time_unit_fr therapy_duration
    therapy_duration_unit_eng therapy_duration_unit_fr dosageform_eng dosageform_fr""",
    *filled("report_drug_id report_id drugname druginvolv_eng"),
    *forms("report_drug_id report_id", "numbers", _NUMBER),
    *forms("druginvolv_eng", "roles", r"(suspect|concomitant|interact|not admin|drug not|treat).*"),
)
_REACTIONS = _layout(
    """reaction_id report_id duration duration_unit_eng duration_unit_fr pt_name_eng pt_name_fr
    soc_name_eng soc_name_fr meddra_version""",
    *filled("reaction_id report_id pt_name_eng"),
    *forms("reaction_id report_id", "numbers", _NUMBER),
    *forms("pt_name_eng", "terms", r".*[a-z].{2,}"),
    *forms("meddra_version", "versions of MedDRA", r"v?\.?\d{1,2}(\.\d)?"),
    marked("soc_name_eng", "pt_name_eng", "disorders", r"\b(disorders|investigations)$"),
)
_INDICATIONS = _layout(
    """report_drug_id report_id drug_product_id drugname indication_name_eng indication_name_fr""",
    *filled("report_drug_id report_id"),
    *forms("report_drug_id report_id", "numbers", _NUMBER),
)
_LINKS = _layout(
    "report_link_id report_id record_type_eng record_type_fr report_link_no",
    *filled("report_id report_link_no"),
    *forms("report_link_id report_id", "numbers", _NUMBER),
    *forms("record_type_eng", "kinds of links", r"(duplicate|linked).*"),
)
_LITERATURE = _layout(
    "report_id report_no version_no seq_literature literature_reference",
    *filled("report_id literature_reference"),
    *forms("report_id", "numbers", _NUMBER),
)

TABLES = {
    table.label: table
    for table in (
        Table("reports", "staging.report", _REPORTS,
              ("staging/canada_report", "staging/canada_source"),
              "none of its reports can be counted"),
        Table("report_drug", "staging.report_drug", _DRUGS, ("staging/canada_drug",),
              "its reports name no drugs"),
        Table("reactions", "staging.report_event", _REACTIONS, ("staging/canada_reaction",),
              "its reports name no reactions"),
        Table("report_drug_indication", "staging.report_indication", _INDICATIONS,
              ("staging/canada_indication",), "its drugs have no indications"),
        # The extract has not always had these.
        Table("report_links", "staging.report_link", _LINKS, ("staging/canada_link",)),
        Table("literature_reference", "staging.report_source", _LITERATURE,
              ("staging/canada_literature",)),
    )
}  # fmt: skip
_LINKS_FILE = re.compile(r"report_links(_lx)?\.txt", re.I)
_OTHER = re.compile(
    r"(drug_products?|drug_product_ingredients|\w+_lx|readme.*)\.txt"
    r"|.*\.(pdf|html?|md|docx?)",
    re.I,
)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """A table by its name, e.g. `cvponline_extract_20260930.zip/reports.txt`."""
    path = PurePosixPath(name)
    label = "report_links" if _LINKS_FILE.fullmatch(path.name) else path.stem.lower()
    if path.suffix.lower() == ".txt" and label in TABLES:
        return TABLES[label].part(name)
    return "ignored" if _OTHER.fullmatch(path.name) else None


def absent(parts: Sequence[Part]) -> list[Absent]:
    """Of the tables that every extract has those that a delivery lacks."""
    return lacking(tuple(TABLES.values()), parts)


def claim(glimpse: Glimpse) -> Claim | None:
    """Tables whose first line has the quoted fields of the table that the name says.

    Raises:
        FileProblemError: a zip of such tables does not hold its reports.
    """
    name = with_suffix(glimpse.name, ".zip" if glimpse.kind == "zip" else ".txt")
    labels: list[str] = []
    for file, head in glimpse.heads.items():
        part = recognise(file)
        if not isinstance(part, Part):
            continue
        line = first_line(head)
        layout = TABLES[part.label].layout
        if line.startswith('"') and len(layout.part(line)) == len(layout.required):
            labels.append(part.label)
    if not labels:
        return None
    if glimpse.kind == "zip" and "reports" not in labels:
        raise FileProblemError(
            "no_reports", "a zip of Canada Vigilance without reports.txt", "fetch the whole extract"
        )
    return Claim(name, f"Canada Vigilance: {' '.join(sorted(labels))}")


SOURCE = Source("canada_vigilance", recognise, absent, claim, reissued=True)
