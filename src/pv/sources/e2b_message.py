"""One message of E2B(R3), an individual case safety report, as rows of `work.raw_icsr_*`.

Texts stay as they are written, but for the null flavors and codes of other systems (`pv.sources.
icsr`). Names, initials, dates of birth, narratives and what reporters wrote are not looked at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

from pv.sources import e2b_codes as codes
from pv.sources.e2b_codes import NS
from pv.sources.icsr import NULL_FLAVOR, UNREADABLE, cell
from pv.sources.xml import Element

Row = dict[str, object]
Key = tuple[str | None, str | None]

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
_FLAVOR = re.compile(r"[A-Z]{2,4}")


def rows(message: Element) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The rows of a message, each with the ending of its relation, the report's first.

    None of them has a line yet. A message without an investigation gives none.
    """
    process = message.find(_path("controlActProcess"))
    event = None if process is None else process.find(_path("subject/investigationEvent"))
    if process is None or event is None:
        return
    created = value(process.find(_path("effectiveTime")))
    assessment = event.find(_path("component/adverseEventAssessment"))
    patient = None if assessment is None else assessment.find(_path("subject1/primaryRole"))
    yield "report", _report(event, created) | _patient(patient)
    yield from _links(event)
    if assessment is None or patient is None:
        return
    yield from _events(patient)
    yield from _drugs(patient, assessment)


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


def value(element: Element | None, attribute: str = "value") -> str | None:
    """The attribute of an element, why it has none, or None where there is no element."""
    if element is None:
        return None
    return cell(element.get(attribute)) or _null(element)


def code(element: Element | None, system: str) -> str | None:
    """The code of an element, unreadable where it is one of another system."""
    found = value(element, "code")
    if element is None or found is None or found.startswith(NULL_FLAVOR):
        return found
    return found if element.get("codeSystem") == system else UNREADABLE


def text(element: Element | None) -> str | None:
    """What is written in an element, or why there is nothing."""
    if element is None:
        return None
    return cell("".join(element.itertext())) or _null(element)


def _null(element: Element) -> str | None:
    flavor = element.get("nullFlavor") or ""
    return f"{NULL_FLAVOR}{flavor}" if _FLAVOR.fullmatch(flavor) else None


def key(element: Element) -> Key:
    """System and code of what an element is about, by its `code`."""
    found = element.find(f"{NS}code")
    return (None, None) if found is None else (found.get("codeSystem"), found.get("code"))


def _path(path: str) -> str:
    return "/".join(f"{NS}{name}" for name in path.split("/"))


_OBSERVATIONS = _path("subjectOf2/observation")
_ORGANIZERS = _path("subjectOf2/organizer")
_PARTS = _path("outboundRelationship2/observation")
_ACTS = _path("component/substanceAdministration")
_DOSES = _path("outboundRelationship2/substanceAdministration")
_REASONS = _path("inboundRelationship/observation")
_KIND = _path("consumable/instanceOfKind/kindOfProduct")
_LOT = _path("consumable/instanceOfKind/productInstanceInstance/lotNumberText")
_DOSE = _path("doseQuantity")
_PUBLICATIONS = _path("reference/document")
_SUBSTANCES = _path("ingredient/ingredientSubstance/name")
_COUNTRY_OF_EVENT = _path("location/locatedEntity/locatedPlace/code")
_CHARACTERISTICS = _path("subjectOf2/investigationCharacteristic")
_RELATIONS = _path("outboundRelationship")
_PERSON = _path("subjectOf2/controlActEvent/author/assignedEntity/assignedPerson")
_SENDER = _path(
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
        "first_receipt": value(event.find(_path("effectiveTime/low"))),
        "receipt": value(event.find(_path("availabilityTime"))),
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
        "reporter": code(person.find(_path("asQualifiedEntity/code")), codes.QUALIFICATION),
        "reporter_country": code(
            person.find(_path("asLocatedEntity/location/code")), codes.COUNTRY
        ),
    }


def _patient(patient: Element | None) -> Row:
    if patient is None:
        return {}
    row: Row = {"sex": code(patient.find(_path("player1/administrativeGenderCode")), codes.GENDER)}
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
    for found in event.iterfind(_path("subjectOf1/controlActEvent/id")):
        if found.get("root") == codes.OTHER_CASE_ID:
            yield "link", {"link_type": "other_case_id", "linked_id": value(found, "extension")}
    linked = _path("outboundRelationship/relatedInvestigation/subjectOf2/controlActEvent/id")
    for found in event.iterfind(linked):
        if found.get("root") == codes.WORLDWIDE_ID:
            yield "link", {"link_type": "related_report", "linked_id": value(found, "extension")}


def _events(patient: Element) -> Iterator[tuple[str, Mapping[str, object]]]:
    reactions = (o for o in patient.iterfind(_OBSERVATIONS) if key(o) == codes.REACTION)
    for number, reaction in enumerate(reactions, 1):
        row: Row = {"event_seq": number, "onset": _begin(reaction.find(f"{NS}effectiveTime"))}
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


def _begin(time: Element | None) -> str | None:
    """The begin of an interval, also of one inside of a set expression."""
    if time is None:
        return None
    found = (value(low) for low in time.iter(f"{NS}low"))
    return next((begin for begin in found if begin), value(time))


def _end(time: Element | None) -> str | None:
    """The end of an interval, also of one inside of a set expression."""
    found = () if time is None else (value(high) for high in time.iter(f"{NS}high"))
    return next((end for end in found if end), None)


def _often(time: Element | None) -> str | None:
    """The interval between doses, as every 1 wk."""
    period = None if time is None else next(time.iter(f"{NS}period"), None)
    number, unit = value(period), value(period, "unit")
    if not number or not unit or NULL_FLAVOR in number + unit:
        return None
    return f"every {number} {unit}"


def _rechallenge(act: Element) -> str | None:
    """Whether a reaction came back (G.k.9.i.4): of several the one that tells most."""
    said = (
        code(part.find(f"{NS}value"), codes.RECURRENCE)
        for part in act.iterfind(_PARTS)
        if key(part) == codes.RECHALLENGE
    )
    return min((each for each in said if each and each[0] not in NULL_FLAVOR), default=None)


def _roles(assessment: Element, drugs: Sequence[Element]) -> list[str | None]:
    """The role of each drug: that of the assessment which points to its id.

    An official instance of FDA gives two drugs one id. Where ids do not tell drugs apart, roles
    and drugs of the same number go together in their order.
    """
    found = [
        (
            {_id(at) for at in one.iterfind(_path("subject2/productUseReference/id"))},
            code(one.find(f"{NS}value"), codes.DRUG_ROLE),
        )
        for one in assessment.iterfind(_path("component/causalityAssessment"))
        if key(one) == codes.ROLE
    ]
    ids = [{_id(i) for i in drug.iterfind(f"{NS}id")} for drug in drugs]
    if sum(map(len, ids)) > len(set().union(*ids)):
        in_order = [role for _, role in found]
        return in_order if len(found) == len(drugs) else [UNREADABLE for _ in drugs]
    return [next((role for at, role in found if at & own), None) for own in ids]


def _id(element: Element) -> Key:
    return element.get("root"), element.get("extension")


def _drugs(patient: Element, assessment: Element) -> Iterator[tuple[str, Mapping[str, object]]]:
    acts = [
        act
        for organizer in patient.iterfind(_ORGANIZERS)
        if key(organizer) == codes.DRUGS
        for act in organizer.iterfind(_ACTS)
    ]
    for number, (act, role) in enumerate(zip(acts, _roles(assessment, acts), strict=True), 1):
        seq = {"drug_seq": str(number)}
        product = act.find(_KIND)
        names = () if product is None else map(text, product.iterfind(_SUBSTANCES))
        substances = [name for name in names if name and not name.startswith(NULL_FLAVOR)]
        yield (
            "drug",
            seq
            | {
                "role": role,
                "drug_name": None if product is None else text(product.find(f"{NS}name")),
                # As in FAERS.
                "ingredient": cell("\\".join(substances)),
                "rechallenge": _rechallenge(act),
            },
        )
        for dose in act.iterfind(_DOSES):
            yield (
                "dose",
                seq
                | {
                    "start": _begin(dose.find(f"{NS}effectiveTime")),
                    "end": _end(dose.find(f"{NS}effectiveTime")),
                    "dose_amount": value(dose.find(_DOSE)),
                    "dose_unit": value(dose.find(_DOSE), "unit"),
                    "dose_often": _often(dose.find(f"{NS}effectiveTime")),
                    "route": _named(dose.find(f"{NS}routeCode")),
                    "lot": text(dose.find(_LOT)),
                },
            )
        for reason in act.iterfind(_REASONS):
            if key(reason) == codes.INDICATION:
                said = reason.find(f"{NS}value")
                yield "indication", seq | {"indication": _indication(said)}


def _named(coded: Element | None) -> str | None:
    """A term by what was written, its name, or its code."""
    if coded is None:
        return None
    written = text(coded.find(f"{NS}originalText"))
    return written or cell(coded.get("displayName")) or value(coded, "code")


def _indication(said: Element | None) -> str | None:
    if said is None:
        return None
    written = cell(said.get("displayName")) or text(said.find(f"{NS}originalText"))
    coded = code(said, codes.MEDDRA)
    if written or coded is None or coded[0] in (NULL_FLAVOR, UNREADABLE):
        return written or coded
    return f"MedDRA {coded}"
