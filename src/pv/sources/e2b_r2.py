"""ICH E2B(R2): XML with any number of reports, and FDA's quarters of FAERS in the same vocabulary.

A case that FDA publishes is known by its number in FAERS, any other by its worldwide number.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from pv.sources import faers
from pv.sources.glimpse import with_suffix, xml_root
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source

if TYPE_CHECKING:
    from pv.sources.r2 import Found

ROOT = "ichicsr"
# FDA's ADR22Q1.xml, 1_ADR22Q1.xml.
_QUARTER = re.compile(r".*ADR(\d\d)Q([1-4]).*", re.IGNORECASE)
_PAPERS = re.compile(r".*\.(pdf|docx?|html?|md|dtd|xsd)|(readme|faq|stat|size|xml_nts).*", re.I)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any XML in the folder, and the lists of deleted cases in FDA's zips."""
    path = PurePosixPath(name)
    if path.suffix.lower() != ".xml":
        part = faers.recognise(name)
        if isinstance(part, Part) and part.label == faers.DELETED_LABEL:
            return part
        return "ignored" if _PAPERS.fullmatch(path.name) else None
    quarter = _QUARTER.fullmatch(path.name)
    if not quarter:
        return Part(name, "reports", "staging.report", read)
    release, last_day = faers.delivery(path, quarter[1], quarter[2])
    return Part(release, "reports", "staging.report", partial(read, last_day=last_day))


def read(intake: Intake, *, last_day: date | None = None) -> Reading:
    """The reports into work.raw_icsr_*.

    A file that does not say its quarter holds nothing that came after the day it was written.

    Raises:
        FileProblemError: it is no XML of E2B(R2), or is hostile.
    """
    from pv.sources.icsr import STAGES, Collector
    from pv.sources.r2 import FDA, WORLDWIDE, collect

    of = Sender()
    header = Header()
    with intake.open() as stream, Collector(intake.con) as into:
        count = collect(into, reports(stream, header), of_fda=of.is_fda)
    params = {**intake.params, **(FDA if of.fda else WORLDWIDE)}
    return Reading(count, STAGES, params, latest_receipt=last_day or header.written)


@dataclass(slots=True)
class Header:
    """What the head of the message says: the day on which it was written."""

    written: date | None = None

    def take(self, element: Any) -> None:
        """An element beside the reports."""
        said = (element.findtext("messagedate") or "").strip()
        with suppress(ValueError):
            self.written = datetime.strptime(said[:8], "%Y%m%d").date()


@dataclass(slots=True)
class Sender:
    """Whose case numbers a file has: those of its first report."""

    fda: bool | None = None

    def is_fda(self, report: Any) -> bool:
        """Whether the report is FDA's own, as the first one is."""
        from pv.sources.r2 import OddReportError, is_fdas_own

        found = is_fdas_own(report)
        if self.fda is None:
            self.fda = found
        if self.fda != found:
            raise OddReportError("it is FDA's own and the first one is not, or the reverse")
        return found


def reports(stream: Any, header: Header) -> "Iterator[Found]":
    """Every report of a file, and what its header says."""
    from pv.sources.r2 import Found
    from pv.sources.xml import records

    for record in records(stream, "safetyreport", {ROOT}, beside=header.take):
        yield Found(record.line, _tree(record.element))


def _tree(element: Any) -> dict[str, Any]:
    """Elements within as texts or as objects again; a name that is there twice has a list."""
    made: dict[str, Any] = {}
    for child in element:
        value = _tree(child) if len(child) else child.text
        name = child.tag
        if name not in made:
            made[name] = value
        elif isinstance(made[name], list):
            made[name].append(value)
        else:
            made[name] = [made[name], value]
    return made


def claim(glimpse: Glimpse) -> Claim | None:
    """XML with the root of E2B(R2), or a zip with such a file."""
    if glimpse.kind == "workbook" or ("", ROOT) not in map(xml_root, glimpse.heads.values()):
        return None
    suffix = ".zip" if glimpse.kind == "zip" else ".xml"
    return Claim(with_suffix(glimpse.name, suffix), "reports in E2B(R2)")


SOURCE = Source("e2b_r2", recognise, claim=claim)
