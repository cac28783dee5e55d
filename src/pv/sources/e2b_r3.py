"""ICH E2B(R3): batches of HL7 messages, each an individual case safety report (ISO/HL7 27953-2).

A case is known by its worldwide unique case identification (C.1.8.1), whoever sent it and however
often: its messages are its versions, the latest by C.1.5 and then by C.1.2.
"""

from typing import Literal

from pv.sources import e2b_codes
from pv.sources.glimpse import with_suffix, xml_root
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source

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
    from pv.sources import e2b_message
    from pv.sources.icsr import STAGES, Collector
    from pv.sources.xml import records

    messages = 0
    with intake.open() as stream, Collector(intake.con) as collector:
        for record in records(stream, e2b_codes.MESSAGE, {e2b_codes.BATCH}):
            messages += 1
            told = False
            for kind, row in e2b_message.rows(record.element):
                told = True
                collector.add(kind, row | {"line": record.line})
            if not told:
                collector.add(
                    "problem",
                    {
                        "line": record.line,
                        "rule": "message_empty",
                        "reason": "the message has no investigationEvent: it reports no case",
                    },
                )
    params = {**intake.params, "authority": "worldwide", "authority_rank": 1}
    return Reading(messages, STAGES, params, latest_receipt=None)


SOURCE = Source("e2b_r3", recognise, claim=claim)
