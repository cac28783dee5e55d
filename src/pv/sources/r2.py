"""One report in the vocabulary of ICH E2B(R2), from XML or JSON, as rows of `work.raw_icsr_*`.

openFDA has the elements of R2 as JSON. Names of people, birth dates, narratives and other free text
are not read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pv.errors import FileProblemError
from pv.sources.r2_doses import INTERVALS, UNITS
from pv.sources.r2_nodes import Node, OddReportError, day, node, nodes, text
from pv.sources.r2_routes import ROUTES

Row = dict[str, Any]

# Country, sender, number (A.1.10): many a sender puts a bare number there.
_WORLDWIDE = re.compile(r"[A-Za-z]{2}-[^-]+-.+")
_MEDDRA_CODE = re.compile(r"1\d{7}")
_CRITERIA = {
    "death": "seriousnessdeath",
    "life_threatening": "seriousnesslifethreatening",
    "hospitalisation": "seriousnesshospitalization",
    "disability": "seriousnessdisabling",
    "congenital_anomaly": "seriousnesscongenitalanomali",
    "other_serious": "seriousnessother",
}
# FDA's public reports tell the date of the event in place of a narrative, and nowhere else.
_EVENT_DATE = re.compile(r"CASE EVENT DATE: (\d{4}(?:\d\d(?:\d\d)?)?)")
# Sent from then on, they have partial dates padded to the first day, as the ASCII files have since
# 2021Q3.
_PADDED_SINCE = "20211001"


FDA = {"authority": "FDA", "authority_rank": 1}
WORLDWIDE = {"authority": "worldwide", "authority_rank": 1}


@dataclass(frozen=True, slots=True)
class Found:
    """What is where a report should be. `line` is the line it begins on, but above the line of the
    one before, so that each has a number of its own. `problem` (rule, reason) says why `value`
    could not be read."""

    line: int
    value: Any = None
    problem: tuple[str, str] | None = None


def is_fdas_own(report: Node) -> bool:
    """Whether FDA publishes it: its number is then that of the case in FAERS."""
    sender = text(node(report, "sender"), "senderorganization") or ""
    return sender.upper().startswith("FDA-PUBLIC")


def rows(report: Node, *, of_fda: bool) -> Iterator[tuple[str, Row]]:
    """The rows of a report, each with the kind of its relation.

    `of_fda`: it is one that FDA publishes.

    Raises:
        OddReportError: it has not the shape of a report.
    """
    patient = node(report, "patient")
    number = text(report, "safetyreportid")
    if not number:
        raise OddReportError("no safetyreportid")
    numbers = [n for name in ("authoritynumb", "companynumb") if (n := text(report, name))]
    others = [(text(d, "duplicatesource"), text(d, "duplicatenumb"))
              for d in nodes(report, "reportduplicate")]  # fmt: skip
    made = _report(report, patient, numbers)
    made |= _as_fda(report, number, numbers, others) if of_fda else _as_sent(number, made)
    yield "report", made
    event_date = _event_date(report, patient) if of_fda else None
    for seq, reaction in enumerate(nodes(patient, "reaction"), 1):
        event = _event(reaction)
        yield "event", {"event_seq": seq, **event, "onset": event["onset"] or event_date}
    for seq, drug in enumerate(nodes(patient, "drug"), 1):
        yield from _drug(str(seq), drug, of_fda=of_fda)
    links = [("other_case_id", theirs) for _, theirs in others]
    links += [("related_report", text(r, "linkreportnumb")) for r in nodes(report, "linkedreport")]
    known = {None, number, made["report_id"], made["case_id"], *numbers}
    for kind, other in dict.fromkeys(links):
        if other not in known:
            yield "link", {"link_type": kind, "linked_id": other}


def _report(report: Node, patient: Node, numbers: Sequence[str]) -> Row:
    flags = {criterion: text(report, name) for criterion, name in _CRITERIA.items()}
    serious = text(report, "serious")
    if serious == "2" or "1" in flags.values():
        # FDA's older reports name the criteria that are met, and no others.
        flags = {criterion: flag or "2" for criterion, flag in flags.items()}
    sources = nodes(report, "primarysource")
    source = sources[0] if sources else {}
    return {
        "version": text(report, "safetyreportversion"),
        "worldwide_case_id": next(filter(_WORLDWIDE.fullmatch, numbers), None),
        "action": text(report, "casenullification"),
        "created": day(report, "transmissiondate"),
        "first_receipt": day(report, "receivedate"),
        "receipt": day(report, "receiptdate"),
        "report_type": text(report, "reporttype"),
        "literature": next(filter(None, (text(s, "literaturereference") for s in sources)), None),
        "reporter": text(source, "qualification"),
        "sender": text(node(report, "sender"), "senderorganization"),
        "manufacturer_number": next(iter(reversed(numbers)), None),
        "occurrence_country": text(report, "occurcountry"),
        "reporter_country": text(source, "reportercountry") or text(report, "primarysourcecountry"),
        "sex": text(patient, "patientsex"),
        "age": text(patient, "patientonsetage"),
        "age_unit": text(patient, "patientonsetageunit"),
        "weight": text(patient, "patientweight"),
        "serious": serious,
        **flags,
    }


def _as_sent(number: str, made: Row) -> Row:
    """What counts between companies and authorities is the worldwide number.

    Each sender numbers versions by itself: the latest is told by its dates.
    """
    case = made["worldwide_case_id"] or number
    return {"report_id": number, "case_id": case, "version": None}


def _as_fda(
    report: Node,
    number: str,
    numbers: Sequence[str],
    others: Sequence[tuple[str | None, str | None]],
) -> Row:
    """What FAERS calls case, report, manufacturer's number and its sender.

    A number that ends with a check digit is that of a report in AERS, whose case is not told.
    """
    version = text(report, "safetyreportversion") or ""
    isr, check, _ = number.partition("-")
    senders = {theirs: sender for sender, theirs in others}
    return {
        "report_id": isr if check else f"{number}{version}",
        "case_id": number,
        "sender": next((senders[n] for n in numbers if senders.get(n)), None),
    }


def _event_date(report: Node, patient: Node) -> str | None:
    found = _EVENT_DATE.fullmatch(text(node(patient, "summary"), "narrativeincludeclinical") or "")
    if not found:
        return None
    date, sent = found[1], day(report, "transmissiondate") or ""
    if sent < _PADDED_SINCE or len(date) < 8 or not date.endswith("01"):
        return date
    return date[:4] if date.endswith("0101") else date[:6]


def _event(reaction: Node) -> Row:
    """A reaction by its preferred term, else its lowest level term; either may be a code."""
    level = "pt" if text(reaction, "reactionmeddrapt") else "llt"
    term = text(reaction, f"reactionmeddra{level}")
    is_code = bool(term and _MEDDRA_CODE.fullmatch(term))
    return {
        "term": None if is_code else term,
        "event_code": term if is_code else None,
        "event_code_version": text(reaction, f"reactionmeddraversion{level}"),
        "onset": day(reaction, "reactionstartdate"),
        "outcome": text(reaction, "reactionoutcome"),
    }


def _drug(seq: str, drug: Node, *, of_fda: bool) -> Iterator[tuple[str, Row]]:
    substances = [text(s, "activesubstancename") for s in nodes(drug, "activesubstance")]
    # As FAERS parts them.
    ingredient = "\\".join(filter(None, substances)) or _harmonised(drug)
    route = text(drug, "drugadministrationroute")
    at = {"drug_seq": seq}
    yield (
        "drug",
        {
            **at,
            "role": text(drug, "drugcharacterization"),
            "drug_name": text(drug, "medicinalproduct"),
            "ingredient": ingredient,
            # FDA tells there whether the event abated; elsewhere it is free text.
            "dechallenge": text(drug, "drugadditional") if of_fda else None,
            "rechallenge": text(drug, "drugrecurreadministration"),
        },
    )
    dose = {
        "start": day(drug, "drugstartdate"),
        "end": day(drug, "drugenddate"),
        "dose_amount": text(drug, "drugstructuredosagenumb"),
        "dose_unit": UNITS.get(text(drug, "drugstructuredosageunit") or ""),
        "dose_often": _often(drug),
        "route": ROUTES.get(route or "", route),
        "lot": text(drug, "drugbatchnumb"),
    }
    if any(dose.values()):
        yield "dose", {**at, **dose}
    if indication := text(drug, "drugindication"):
        yield "indication", {**at, "indication": indication}


def _often(drug: Node) -> str | None:
    """The interval of the doses, as every 2 weeks; 3 every 1 day where several are given in one."""
    number = text(drug, "drugintervaldosageunitnumb")
    unit = INTERVALS.get(text(drug, "drugintervaldosagedefinition") or "")
    if not number or not unit:
        return None
    doses = text(drug, "drugseparatedosagenumb") or "1"
    return f"{'' if doses == '1' else doses + ' '}every {number} {unit}"


def _harmonised(drug: Node) -> str | None:
    """The ingredient that openFDA has put beside the name, if it is one.

    Several are those of all products of that name together, not what was taken.
    """
    names = node(drug, "openfda").get("substance_name")
    if isinstance(names, list) and len(names) == 1:
        return text({"substance_name": names[0]}, "substance_name")
    return None


class Sink(Protocol):
    """Takes rows of `work.raw_icsr_*`, as `pv.sources.icsr.Collector` does."""

    def add(self, kind: str, row: Mapping[str, Any]) -> None:
        """A row of `work.raw_icsr_<kind>`."""
        ...


def collect(into: Sink, found: Iterable[Found], *, of_fda: Callable[[Node], bool]) -> int:
    """Take the reports in, each with all its rows or set aside; returns how many there are.

    Raises:
        FileProblemError: not one of them is a report.
    """
    kept = aside = 0
    first = ""
    for value in found:
        try:
            taken = _taken(value, of_fda)
            kept += 1
        except OddReportError as odd:
            aside += 1
            first = first or f"line {value.line}: {odd}"
            taken = [("problem", {"rule": odd.rule, "reason": str(odd)})]
        for kind, row in taken:
            into.add(kind, {"line": value.line, **row})
    if aside and not kept:
        raise FileProblemError(
            "no_reports",
            f"none of the {aside} in it can be read; {first}",
            "check that the file is in the folder of its format",
        )
    return kept + aside


def _taken(found: Found, of_fda: Callable[[Node], bool]) -> list[tuple[str, Row]]:
    if found.problem:
        raise OddReportError(found.problem[1], found.problem[0])
    if not isinstance(found.value, Mapping):
        raise OddReportError("no object")
    return list(rows(found.value, of_fda=of_fda(found.value)))
