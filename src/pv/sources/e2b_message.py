"""One message of E2B(R3), an individual case safety report, as rows of `work.raw_icsr_*`.

Texts stay as they are written, but for the null flavors and codes of other systems (`pv.sources.
icsr`). Names, initials, dates of birth, narratives and what reporters wrote are not looked at.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone

from pv.sources import e2b_codes as codes
from pv.sources.e2b_codes import NS
from pv.sources.e2b_drugs import drugs
from pv.sources.e2b_value import begin, code, key, path, text, value
from pv.sources.icsr import NULL_FLAVOR, UNREADABLE, cell
from pv.sources.xml import Element

Row = dict[str, object]

_MOMENT = re.compile(r"(\d{4}(?:\d\d){0,5})(?:\.\d+)?(?:([+-])(\d\d)(\d\d)?)?")
_CODE = re.compile(r"[A-Z]?\d{1,8}")
_CODED = {
    f"{NS}{name}"
    for name in (
        "observation",
        "observationEvent",
        "investigationCharacteristic",
        "act",
        "organizer",
    )
}
_KNOWN = codes.INTERVENTION


def rows(message: Element) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The rows of a message, each with the ending of its relation, the report's first.

    None of them has a line yet. A message without an investigation gives none.
    """
    process = message.find(path("controlActProcess"))
    event = None if process is None else process.find(path("subject/investigationEvent"))
    if process is None or event is None:
        return
    created = value(process.find(path("effectiveTime")))
    assessment = event.find(path("component/adverseEventAssessment"))
    patient = None if assessment is None else assessment.find(path("subject1/primaryRole"))
    yield "report", _report(event, created) | _patient(patient)
    yield from _links(event)
    if assessment is None or patient is None:
        return
    yield from _events(patient)
    yield from drugs(patient, assessment)


def regional(message: Element) -> Iterator[tuple[str, str]]:
    """Region and code of each element that stands beside those of ICH and is not read."""
    for found in message.iter(f"{NS}code"):
        system, parent = found.get("codeSystem") or "", found.getparent()
        if parent is None or parent.tag not in _CODED or (system, found.get("code")) == _KNOWN:
            continue
        region = next((name for arc, name in codes.REGIONS.items() if system.startswith(arc)), None)
        if region:
            # A code that looks like none may be anything.
            said = found.get("code") or ""
            yield region, said if _CODE.fullmatch(said) else "?"


_OBSERVATIONS = path("subjectOf2/observation")
_PARTS = path("outboundRelationship2/observation")
_PUBLICATIONS = path("reference/document")
_COUNTRY_OF_EVENT = path("location/locatedEntity/locatedPlace/code")
_CHARACTERISTICS = path("subjectOf2/investigationCharacteristic")
_RELATIONS = path("outboundRelationship")
_PERSON = path("subjectOf2/controlActEvent/author/assignedEntity/assignedPerson")
_SENDER = path(
    "subjectOf1/controlActEvent/author/assignedEntity/representedOrganization/assignedEntity/"
    "representedOrganization/name"
)


def _report(event: Element, created: str | None) -> Row:
    ids = {i.get("root"): cell(i.get("extension")) for i in event.iterfind(f"{NS}id")}
    own, worldwide = ids.get(codes.REPORT_ID), ids.get(codes.WORLDWIDE_ID)
    case_id = worldwide or own
    row: Row = {
        "report_id": own and f"{moment(created)}/{own}",
        "case_id": case_id and case_id.upper(),
        "worldwide_case_id": worldwide,
        "first_receipt": value(event.find(path("effectiveTime/low"))),
        "receipt": value(event.find(path("availabilityTime"))),
        "sender": text(event.find(_SENDER)),
        "literature": _literature(event),
    }
    for characteristic in event.iterfind(_CHARACTERISTICS):
        about, said = key(characteristic), characteristic.find(f"{NS}value")
        if about == codes.TYPE_OF_REPORT:
            row["report_type"] = code(said, codes.REPORT_TYPE)
        elif about == codes.NULLIFICATION:
            row["action"] = code(said, codes.AMENDMENT)
    return row | _reporter(event)


def _literature(event: Element) -> str | None:
    """The first publication that the report names, by its reference."""
    for document in event.iterfind(_PUBLICATIONS):
        if key(document) == codes.LITERATURE:
            named = text(document.find(f"{NS}bibliographicDesignationText"))
            if named and not named.startswith(NULL_FLAVOR):
                return named
    return None


def moment(created: str | None) -> str:
    """A moment in UTC as fourteen digits, which compare as texts; zeros where it is none."""
    found = _MOMENT.fullmatch(created or "")
    try:
        digits = found[1] if found else ""
        when = datetime.strptime(digits + "00000101000000"[len(digits) :], "%Y%m%d%H%M%S")
        if found and found[2]:
            ahead = timedelta(hours=int(found[3]), minutes=int(found[4] or 0))
            zone = timezone(ahead if found[2] == "+" else -ahead)
            when = when.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return "0" * 14
    return f"{when:%Y%m%d%H%M%S}".rjust(14, "0")


def _reporter(event: Element) -> Row:
    """Of the primary source (C.2.r.5), else of the first reporter."""
    reporters = [
        (relation.find(f"{NS}priorityNumber"), investigation)
        for relation in event.iterfind(_RELATIONS)
        for investigation in relation.iterfind(f"{NS}relatedInvestigation")
        if key(investigation) == codes.SOURCE_REPORT
    ]
    reporters.sort(key=lambda found: value(found[0]) != "1")
    if not reporters:
        return {}
    person = reporters[0][1].find(_PERSON)
    if person is None:
        return {}
    return {
        "reporter": code(person.find(path("asQualifiedEntity/code")), codes.QUALIFICATION),
        "reporter_country": code(person.find(path("asLocatedEntity/location/code")), codes.COUNTRY),
    }


def _patient(patient: Element | None) -> Row:
    if patient is None:
        return {}
    row: Row = {"sex": code(patient.find(path("player1/administrativeGenderCode")), codes.GENDER)}
    for observation in patient.iterfind(_OBSERVATIONS):
        if key(observation) == codes.AGE:
            said = observation.find(f"{NS}value")
            row |= {"age": value(said), "age_unit": value(said, "unit")}
        elif key(observation) == codes.WEIGHT:
            said = observation.find(f"{NS}value")
            row |= {"weight": value(said), "weight_unit": value(said, "unit")}
    return row


def _links(event: Element) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Other ids of the case: C.1.1 where it is not the worldwide id, and C.1.9.1.

    C.1.10 names reports of others, mother and child for example: they are kept, and join nothing.
    """
    ids = {i.get("root"): cell(i.get("extension")) for i in event.iterfind(f"{NS}id")}
    if ids.get(codes.REPORT_ID) != ids.get(codes.WORLDWIDE_ID):
        yield "link", {"link_type": "other_case_id", "linked_id": ids.get(codes.REPORT_ID)}
    for found in event.iterfind(path("subjectOf1/controlActEvent/id")):
        if found.get("root") == codes.OTHER_CASE_ID:
            yield "link", {"link_type": "other_case_id", "linked_id": value(found, "extension")}
    linked = path("outboundRelationship/relatedInvestigation/subjectOf2/controlActEvent/id")
    for found in event.iterfind(linked):
        if found.get("root") == codes.WORLDWIDE_ID:
            yield "link", {"link_type": "related_report", "linked_id": value(found, "extension")}


def _events(patient: Element) -> Iterator[tuple[str, Mapping[str, object]]]:
    reactions = (o for o in patient.iterfind(_OBSERVATIONS) if key(o) == codes.REACTION)
    for number, reaction in enumerate(reactions, 1):
        row: Row = {"event_seq": number, "onset": begin(reaction.find(f"{NS}effectiveTime"))}
        row |= _term(reaction.find(f"{NS}value"))
        row["event_country"] = code(reaction.find(_COUNTRY_OF_EVENT), codes.COUNTRY)
        for part in reaction.iterfind(_PARTS):
            about, said = key(part), part.find(f"{NS}value")
            if flag := codes.SERIOUSNESS.get(about):  # type: ignore[arg-type]
                row.setdefault(flag, value(said))
            elif about == codes.OUTCOME:
                row["outcome"] = code(said, codes.REACTION_OUTCOME)
            elif about == codes.INTERVENTION and value(said) == "true":
                row["other_serious"] = "true"
        yield "event", row


def _term(said: Element | None) -> Row:
    """The reaction by its MedDRA code; its name where the sender gives it with the code.

    What the reporter wrote (originalText) is free text: it names the reaction only where there is
    no code.
    """
    coded = code(said, codes.MEDDRA)
    if said is None or coded is None or coded[0] in (NULL_FLAVOR, UNREADABLE):
        return {"term": None if said is None else text(said.find(f"{NS}originalText"))}
    return {
        "term": cell(said.get("displayName")),
        "event_code": coded,
        "event_code_version": cell(said.get("codeSystemVersion")),
    }
