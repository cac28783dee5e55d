"""Acknowledgements of E2B(R3) batches: `MCCI_IN200101UV01`, made of what was read and judged.

The batch is answered AA (all its messages are accepted), AE (some are not) or AR (none, or it
cannot be read); each message CA or CR, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from pv.errors import FileProblemError
from pv.sources import e2b_codes as codes
from pv.sources.e2b_codes import NS
from pv.sources.xml import Element, Readable, records

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ID = f"{codes.ICH}3."
_WORDS = f"{codes.ICH}1.24"
# ACK.B.r.7 and ACK.A.5 hold no more.
MAX_REASON = 250


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sent a batch or message to whom, its number, and when it was made; as it is written."""

    number: str | None = None
    created: str | None = None
    sender: str | None = None
    receiver: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The envelopes of a batch: its own, and those of its messages by the line where each begins.

    `problem` says why the batch could not be read to its end.
    """

    envelope: Envelope
    messages: Mapping[int, Envelope] = field(default_factory=dict)
    problem: str | None = None

    @property
    def can_be_answered(self) -> bool:
        """Without its number nobody knows what an answer is of."""
        return self.envelope.number is not None


def read_batch(stream: Readable) -> Batch:
    """What an acknowledgement needs of a file; what can be seen of one that is refused."""
    seen: dict[str, str | None] = {}
    messages: dict[int, Envelope] = {}

    def beside(child: Element) -> None:
        name = etree.QName(child).localname
        if name == "id" and child.get("root") == f"{_ID}22":
            seen["number"] = child.get("extension")
        elif name == "creationTime":
            seen["created"] = child.get("value")
        elif name in ("sender", "receiver"):
            seen[name] = _device(child)

    problem = None
    try:
        for record in records(stream, codes.MESSAGE, {codes.BATCH}, beside=beside):
            messages[record.line] = _envelope(record.element)
    except FileProblemError as refused:
        problem = str(refused)
    return Batch(Envelope(**seen), messages, problem)


def acknowledge(batch: Batch, rejected: Mapping[int, str], at: datetime) -> bytes:
    """The acknowledgement of a batch, valid by the schema of ICH.

    `rejected` has the reason for each message that is not accepted, by the line where it begins.
    The same batch, reasons and moment give the same bytes.
    """
    assert batch.can_be_answered, "a batch without a number is not answered"
    now = f"{at.astimezone(UTC):%Y%m%d%H%M%S}+0000"
    number = f"{batch.envelope.number}-ACK"
    root = etree.Element(
        f"{NS}MCCI_IN200101UV01", {"ITSVersion": "XML_1.0"}, nsmap={None: NS[1:-1], "xsi": _XSI}
    )
    _id(root, "20", number)
    _add(root, "creationTime", value=now)
    _add(root, "responseModeCode", code="D")
    _add(root, "interactionId", root="2.16.840.1.113883.1.6", extension="MCCI_IN200101UV01")
    refused = batch.problem is not None
    for place, (line, message) in enumerate(batch.messages.items(), 1):
        why = batch.problem if refused else rejected.get(line)
        _message(root, message, f"{number}-{place}", now, why)
    _party(root, "receiver", "18", batch.envelope.sender)
    _party(root, "sender", "17", batch.envelope.receiver)
    local = _attention(root, "2", "acknowledgementLocalMessageNumber")
    local.attrib.update({"root": f"{_ID}21", "extension": number})
    _typed(local, "II")
    _moment(root, "3", "dateOfIcsrBatchTransmission", batch.envelope.created)
    bad = sum(line in rejected for line in batch.messages)
    verdict, words = _verdict(batch, bad)
    answer = _add(root, "acknowledgement", typeCode=verdict)
    _id(_add(answer, "targetBatch"), "22", batch.envelope.number)
    _add(_add(answer, "acknowledgementDetail"), "text").text = words[:MAX_REASON]
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _verdict(batch: Batch, rejected: int) -> tuple[Literal["AA", "AE", "AR"], str]:
    count = len(batch.messages)
    if batch.problem is not None:
        return "AR", batch.problem
    if not count:
        return "AR", "the batch has no message"
    if rejected == count:
        return "AR", f"none of {count} messages is accepted"
    if rejected:
        return "AE", f"{rejected} of {count} messages are not accepted"
    return "AA", f"{count} of {count} messages are accepted"


def _message(root: Element, message: Envelope, number: str, now: str, why: str | None) -> None:
    part = _add(root, "MCCI_IN000002UV01")
    _id(part, "19", number)
    _add(part, "creationTime", value=now)
    _add(part, "interactionId", root="2.16.840.1.113883.1.6", extension="MCCI_IN000002UV01")
    _add(part, "processingCode", code="P")
    _add(part, "processingModeCode", code="T")
    _add(part, "acceptAckCode", code="NE")
    _party(part, "receiver", "16", message.sender)
    _party(part, "sender", "15", message.receiver)
    _moment(part, "1", "dateOfIcsrMessageCreation", message.created)
    answer = _add(part, "acknowledgement", typeCode="CR" if why else "CA")
    _id(_add(answer, "targetMessage"), "1", message.number)
    if why:
        _add(_add(answer, "acknowledgementDetail"), "text").text = why[:MAX_REASON]


def _add(parent: Element, name: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{NS}{name}", attributes)


def _id(parent: Element, arc: str, extension: str | None) -> None:
    if extension is None:
        _add(parent, "id", nullFlavor="NI")
    else:
        _add(parent, "id", root=f"{_ID}{arc}", extension=extension)


def _party(parent: Element, name: str, arc: str, who: str | None) -> None:
    party = _add(parent, name, typeCode="RCV" if name == "receiver" else "SND")
    device = _add(party, "device", classCode="DEV", determinerCode="INSTANCE")
    _id(device, arc, who)


def _attention(parent: Element, code: str, name: str) -> Element:
    line = _add(parent, "attentionLine")
    _add(
        line, "keyWordText", code=code, codeSystem=_WORDS, codeSystemVersion="1.0",
        displayName=name,
    )  # fmt: skip
    return _add(line, "value")


def _moment(parent: Element, code: str, name: str, written: str | None) -> None:
    moment = _attention(parent, code, name)
    # What is no moment would make the answer invalid.
    if written and _is_moment(written):
        moment.set("value", written)
    else:
        moment.set("nullFlavor", "NI")
    _typed(moment, "TS")


def _typed(element: Element, kind: str) -> None:
    element.set(f"{{{_XSI}}}type", kind)


def _is_moment(written: str) -> bool:
    from pv.sources.e2b_message import moment

    return moment(written) != "0" * 14


def _device(party: Element) -> str | None:
    found = party.find(f"{NS}device/{NS}id")
    return None if found is None else found.get("extension")


def _envelope(message: Element) -> Envelope:
    number = next(
        (i.get("extension") for i in message.iterfind(f"{NS}id") if i.get("root") == f"{_ID}1"),
        None,
    )
    created = message.find(f"{NS}creationTime")
    parties = {
        name: None if (found := message.find(f"{NS}{name}")) is None else _device(found)
        for name in ("sender", "receiver")
    }
    return Envelope(number, None if created is None else created.get("value"), **parties)
