"""The drugs of a message of E2B(R3), with their doses and indications."""

from collections.abc import Iterator, Mapping, Sequence

from pv.sources import e2b_codes as codes
from pv.sources.e2b_codes import NS
from pv.sources.e2b_value import Key, begin, code, end, key, path, text, value
from pv.sources.icsr import NULL_FLAVOR, UNREADABLE, cell
from pv.sources.xml import Element

_PARTS = path("outboundRelationship2/observation")
_ORGANIZERS = path("subjectOf2/organizer")
_ACTS = path("component/substanceAdministration")
_DOSES = path("outboundRelationship2/substanceAdministration")
_REASONS = path("inboundRelationship/observation")
_KIND = path("consumable/instanceOfKind/kindOfProduct")
_LOT = path("consumable/instanceOfKind/productInstanceInstance/lotNumberText")
_DOSE = path("doseQuantity")
_SUBSTANCES = path("ingredient/ingredientSubstance/name")


def drugs(patient: Element, assessment: Element) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The rows of the drugs, each with the ending of its relation."""
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
                    "start": begin(dose.find(f"{NS}effectiveTime")),
                    "end": end(dose.find(f"{NS}effectiveTime")),
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


def _roles(assessment: Element, drugs: Sequence[Element]) -> list[str | None]:
    """The role of each drug: that of the assessment which points to its id.

    An official instance of FDA gives two drugs one id. Where ids do not tell drugs apart, roles
    and drugs of the same number go together in their order.
    """
    found = [
        (
            {_id(at) for at in one.iterfind(path("subject2/productUseReference/id"))},
            code(one.find(f"{NS}value"), codes.DRUG_ROLE),
        )
        for one in assessment.iterfind(path("component/causalityAssessment"))
        if key(one) == codes.ROLE
    ]
    ids = [{_id(i) for i in drug.iterfind(f"{NS}id")} for drug in drugs]
    if sum(map(len, ids)) > len(set().union(*ids)):
        in_order = [role for _, role in found]
        return in_order if len(found) == len(drugs) else [UNREADABLE for _ in drugs]
    return [next((role for at, role in found if at & own), None) for own in ids]


def _id(element: Element) -> Key:
    return element.get("root"), element.get("extension")


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
