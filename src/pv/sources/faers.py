"""FDA FAERS and its forerunner AERS: the quarterly ASCII files, as zips or as folders.

Layouts and quirks: FDA's ASC_NTS.pdf of each quarter and the headers of the files themselves.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Literal

from pv.errors import FileProblemError
from pv.sources import delimited
from pv.sources.faers_signs import SIGNS
from pv.sources.glimpse import first_line, text_of, with_suffix, xml_root
from pv.sources.layout import DELIMITER, Layout
from pv.sources.model import Absent, Claim, Glimpse, Part, Source

# The names of other years, and the name in use since 2014Q3.
_ALIASES = {
    "isr": "primaryid",
    "case": "caseid",
    "i_f_cod": "i_f_code",
    "gndr_cod": "sex",
    "lot_nbr": "lot_num",
    "outc_code": "outc_cod",
}


def _layout(
    table: str, required: str, optional: str = "", unread: str = "", **aliases: str
) -> Layout:
    return Layout(
        tuple(required.split()),
        tuple(optional.split()),
        tuple(unread.split()),
        {**_ALIASES, **aliases},
        signs=SIGNS[table],
    )


# AERS wrote drug_seq in THER and INDI as well. The samples with a column after the last one call
# it v3, v13 and so on: there is nothing in it, and it is named in the file's message.
TABLES: dict[str, tuple[str, Layout]] = {
    "DEMO": (
        "staging.report",
        _layout(
            "DEMO",
            "primaryid caseid fda_dt",
            """caseversion event_dt init_fda_dt rept_cod mfr_num mfr_sndr lit_ref age age_cod sex wt
            wt_cod occp_cod reporter_country occr_country""",
            """i_f_code mfr_dt auth_num age_grp e_sub rept_dt to_mfr foll_seq
            image death_dt confid""",
        ),
    ),
    "DRUG": (
        "staging.report_drug",
        _layout(
            "DRUG",
            "primaryid drug_seq role_cod drugname",
            "prod_ai route dechal rechal lot_num dose_amt dose_unit dose_freq",
            "caseid val_vbm dose_vbm cum_dose_chr cum_dose_unit exp_dt nda_num dose_form",
        ),
    ),
    "REAC": ("staging.report_event", _layout("REAC", "primaryid pt", "", "caseid drug_rec_act")),
    "OUTC": ("staging.report_outcome", _layout("OUTC", "primaryid outc_cod", "", "caseid")),
    "RPSR": ("staging.report_source", _layout("RPSR", "primaryid rpsr_cod", "", "caseid")),
    "THER": (
        "staging.report_therapy",
        _layout(
            "THER",
            "primaryid dsg_drug_seq start_dt",
            "end_dt",
            "caseid dur dur_cod",
            drug_seq="dsg_drug_seq",
        ),
    ),
    "INDI": (
        "staging.report_indication",
        _layout("INDI", "primaryid indi_drug_seq indi_pt", "", "caseid", drug_seq="indi_drug_seq"),
    ),
}
_DELETED = Layout(("caseid",), header=False)
DELETED_LABEL = "deleted cases"
_NUMBERS = re.compile(r"[\s$]*(\d{1,20}[\s$]+)*\d{1,20}[\s$]*")

# What the night lacks without the table.
_WITHOUT = {
    "DEMO": "none of its reports can be counted",
    "DRUG": "its reports name no drugs",
    "REAC": "its reports name no reactions",
    "OUTC": "its reports count as not serious",
    "RPSR": "the origin of its reports is not known",
    "THER": "its drugs have no start dates",
    "INDI": "its drugs have no indications",
}

# From 2021Q3 on FDA pads partial event dates to the first day of their interval.
_PADDED_SINCE = "2021Q3"

_TABLE = re.compile(r"(DEMO|DRUG|REAC|OUTC|RPSR|THER|INDI)(\d\d)Q([1-4])(?:\D.*)?\.txt", re.I)
_DELETED_LIST = re.compile(r".*?(\d\d)Q([1-4]).*\.txt", re.I)
_PAPER = re.compile(r".*\.(pdf|docx?|html?)|(readme|faq|stat|size|asc_nts).*", re.I)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """A table or deleted list by its name, e.g. `faers_ascii_2017q2.zip/ascii/DEMO17Q2.txt`."""
    path = PurePosixPath(name)
    if found := _TABLE.fullmatch(path.name):
        label = found[1].upper()
        quarter = _quarter(found[2], found[3])
        staging_table, layout = TABLES[label]
        stage = f"staging/faers_{label.lower()}"
        params: dict[str, Any] = {"padded": quarter >= _PADDED_SINCE}
    elif "delete" in path.name.lower() and (found := _DELETED_LIST.fullmatch(path.name)):
        label = DELETED_LABEL
        quarter = _quarter(found[1], found[2])
        staging_table, layout = "staging.report", _DELETED
        stage = "staging/faers_deleted"
        params = {"receipt_date": _last_day(quarter)}
    else:
        return "ignored" if _PAPER.fullmatch(path.name) else None
    read = partial(
        delimited.read,
        layout=layout,
        stages=(stage,),
        params=params,
        latest_receipt=_last_day(quarter),
    )
    return Part(f"{quarter}/{_container(path)}", label, staging_table, read)


def absent(parts: Sequence[Part]) -> list[Absent]:
    """For each quarter that came with some of its seven tables, those that it lacks."""
    labels: dict[str, set[str]] = {}
    for part in parts:
        labels.setdefault(part.release, set()).add(part.label)
    lacking: list[Absent] = []
    for release, found in sorted(labels.items()):
        if found.isdisjoint(TABLES):
            continue
        quarter, _, container = release.partition("/")
        lacking += [
            Absent(
                f"{container}/{label}{quarter[2:]}".lstrip("/"),
                release,
                label,
                TABLES[label][0],
                f"missing_table: the delivery {release} has no {label}, so {_WITHOUT[label]}; "
                "fetch the delivery again, or add the file to it",
            )
            for label in TABLES
            if label not in found
        ]
    return lacking


def delivery(path: PurePosixPath, year: str, number: str) -> tuple[str, date]:
    """The release of a file of a quarter, and the last day of the quarter."""
    quarter = _quarter(year, number)
    return f"{quarter}/{_container(path)}", _last_day(quarter)


def _quarter(year: str, number: str) -> str:
    """'2017Q2'. AERS begins in 2004, so the century is clear."""
    return f"20{year}Q{number}"


def _last_day(quarter: str) -> date:
    year, month = int(quarter[:4]), 3 * int(quarter[-1])
    return date(year, month, monthrange(year, month)[1])


def _container(path: PurePosixPath) -> str:
    """The zip, or the folder that holds the folders `ascii` and `deleted`; '' for the inbox."""
    for parent in path.parents:
        if parent.suffix.lower() == ".zip":
            return parent.as_posix()
    folder = path.parent
    if folder.name.lower() in {"ascii", "deleted"}:
        folder = folder.parent
    return "" if folder == PurePosixPath() else folder.as_posix()


def claim(glimpse: Glimpse) -> Claim | None:
    """A table, a list of deleted cases, or a zip of them, whatever its name is.

    The quarter is in no table, so a name must tell it.

    Raises:
        FileProblemError: its content is a table's and its name says another, or no quarter.
    """
    if glimpse.kind == "workbook" or any(map(xml_root, glimpse.heads.values())):
        # FDA's quarters in XML come with lists of deleted cases too.
        return None
    is_zip = glimpse.kind == "zip"
    name = with_suffix(glimpse.name, ".zip" if is_zip else ".txt")
    quarters: dict[str, list[str]] = {}
    for file, head in glimpse.heads.items():
        label = _label(head, file)
        if label is None:
            continue
        part = recognise(f"{name}/{file}" if is_zip else name)
        if not isinstance(part, Part):
            raise FileProblemError(
                "no_quarter",
                f"its content is FAERS {label}, and its name does not say of which quarter",
                f"call it {'DELETE' if label == DELETED_LABEL else label}yyQq.txt, e.g. 25Q4",
            )
        if part.label != label:
            raise FileProblemError(
                "another_table",
                f"its content is FAERS {label}, and its name says {part.label}",
                "give it the name of what it holds",
            )
        quarters.setdefault(part.release.partition("/")[0], []).append(label)
    if not quarters:
        return None
    told = "; ".join(f"{quarter} {' '.join(sorted(set(of)))}" for quarter, of in quarters.items())
    return Claim(name, f"FAERS {told}")


def _label(head: bytes, file: str) -> str | None:
    """The table whose columns a file has in its first line, or that it is a list of deleted
    cases: nothing but numbers, and a name that says so."""
    line = first_line(head)
    if DELIMITER in line:
        written = {name.strip().lower() for name in line.split(DELIMITER)}
        for label, (_, layout) in TABLES.items():
            names = {layout.aliases.get(name, name) for name in written}
            if names >= set(layout.required):
                return label
        return None
    if "delete" in file.lower() and _NUMBERS.fullmatch(text_of(head)):
        return DELETED_LABEL
    return None


SOURCE = Source("faers", recognise, absent, claim)
