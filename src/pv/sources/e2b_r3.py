"""ICH E2B(R3): batches of HL7 messages, each an individual case safety report (ISO/HL7 27953-2).

A case is known by its worldwide unique case identification (C.1.8.1), whoever sent it and however
often: its messages are its versions, the latest by C.1.5 and then by C.1.2.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pv.sources import e2b_codes
from pv.sources.glimpse import with_suffix, xml_root
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source

if TYPE_CHECKING:
    from pv.sources.e2b_message import Row
    from pv.sources.xml import Element

_BATCH = ("urn:hl7-org:v3", "MCCI_IN200100UV01")


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any XML in the folder; a file is a delivery of its own."""
    if not name.lower().endswith(".xml"):
        return "ignored" if name.lower().endswith((".md", "readme.txt", "readme")) else None
    return Part(name, "batch", "staging.report", read)


def claim(glimpse: Glimpse) -> Claim | None:
    """A batch by its root, or a zip of batches."""
    roots = [xml_root(head) for head in glimpse.heads.values()]
    if not roots or any(root != _BATCH for root in roots):
        return None
    suffix = ".zip" if glimpse.kind == "zip" else ".xml"
    return Claim(with_suffix(glimpse.name, suffix), "E2B(R3) messages")


def read(intake: Intake) -> Reading:
    """The messages of a batch into `work.raw_icsr_*`.

    Raises:
        FileProblemError: it is no XML, or no batch of E2B(R3).
    """
    schema: Path | None = intake.params.get("e2b_schemas")
    from pv.sources import e2b_message
    from pv.sources.icsr import STAGES, Collector
    from pv.sources.xml import records

    messages = 0
    beside: Counter[tuple[str, str]] = Counter()
    with intake.open() as stream, Collector(intake.con) as collector:
        for record in records(stream, e2b_codes.MESSAGE, {e2b_codes.BATCH}):
            messages += 1
            found: list[tuple[str, Mapping[str, object]]] = list(e2b_message.rows(record.element))
            if wrong := _wrong(record.element, found, schema):
                report_id = found[0][1].get("report_id") if found else None
                found = [("problem", wrong | {"report_id": report_id})]
            for kind, row in found:
                collector.add(kind, {**row, "line": record.line})
            beside.update(set(e2b_message.regional(record.element)))
    params = {**intake.params, "authority": "worldwide", "authority_rank": 1}
    return Reading(messages, STAGES, params, _notes(beside), latest_receipt=None)


def _wrong(
    message: "Element", found: Sequence[tuple[str, Mapping[str, object]]], schema: Path | None
) -> "Row | None":
    """Rule and reason for which a message is set aside whole."""
    if not found:
        return {
            "rule": "message_empty",
            "reason": "the message has no investigationEvent: it reports no case",
        }
    if schema:
        from pv.sources import e2b_schema

        if problem := e2b_schema.problem(message, schema):
            line, kind = problem
            return {
                "rule": "schema_invalid",
                "reason": f"line {line} is not valid by the schemas of ICH ({kind}): ask the "
                "sender for the message as the standard has it",
            }
    return None


def _notes(beside: Counter[tuple[str, str]]) -> tuple[str, ...]:
    """Which regional elements were not read."""
    codes: dict[str, list[str]] = {}
    for region, code in sorted(beside):
        codes.setdefault(region, []).append(code)
    if not codes:
        return ()
    named = ", ".join(f"{region} {' '.join(found[:20])}" for region, found in codes.items())
    return (f"regional elements not read: {named}",)


SOURCE = Source("e2b_r3", recognise, claim=claim)
