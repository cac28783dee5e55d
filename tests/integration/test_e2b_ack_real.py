"""Acknowledgements of real and built batches are valid by the schema of ICH."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from pv.sources.e2b_ack import acknowledge, read_batch

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "e2b_r3"

if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)

NS = {"h": "urn:hl7-org:v3"}
NOW = datetime(2024, 6, 3, 8, 9, 10, tzinfo=UTC)
THREE = (REAL / "built" / "batch_three_messages.xml").read_bytes()


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    file = REAL / "ich_schemas" / "multicacheschemas" / "MCCI_IN200101UV01.xsd"
    return etree.XMLSchema(etree.parse(file))


def answered(schema, content: bytes, rejected: dict[int, str]) -> etree._Element:
    root = etree.fromstring(acknowledge(read_batch(io.BytesIO(content)), rejected, NOW))
    assert schema.validate(root), schema.error_log
    return root


def codes(root: etree._Element) -> tuple[str, list[str]]:
    """The code of the batch and those of its messages."""
    return (
        root.xpath("string(h:acknowledgement/@typeCode)", namespaces=NS),
        root.xpath("h:MCCI_IN000002UV01/h:acknowledgement/@typeCode", namespaces=NS),
    )


def test_a_batch_that_is_accepted(schema) -> None:
    root = answered(schema, THREE, {})
    assert codes(root) == ("AA", ["CA", "CA", "CA"])
    assert root.xpath("//h:targetMessage/h:id/@extension", namespaces=NS) == [
        "DE-SIM-0001", "JP-SIM-0002", "CA-SIM-0003",
    ]  # fmt: skip
    # It goes back to whom the batch is from: N.1.3 4567AB89012, N.1.4 ZZFDA.
    assert root.xpath("h:receiver/h:device/h:id/@extension", namespaces=NS) == ["4567AB89012"]
    assert root.xpath("h:sender/h:device/h:id/@extension", namespaces=NS) == ["ZZFDA"]


def test_a_message_that_is_rejected_has_its_reason(schema) -> None:
    root = answered(schema, THREE, {875: "receipt_date is missing"})
    assert codes(root) == ("AE", ["CA", "CR", "CA"])
    assert root.xpath("//h:MCCI_IN000002UV01//h:text/text()", namespaces=NS) == [
        "receipt_date is missing"
    ]


def test_a_batch_of_which_nothing_is_accepted(schema) -> None:
    root = answered(schema, THREE, dict.fromkeys((16, 875, 1734), "x" * 1000))
    assert codes(root) == ("AR", ["CR", "CR", "CR"])


def test_a_batch_that_is_cut_is_rejected_with_what_was_seen_of_it(schema) -> None:
    assert codes(answered(schema, THREE[:30_000], {})) == ("AR", [])
    root = answered(schema, THREE[:60_000], {})
    assert codes(root) == ("AR", ["CR"])
    why = root.xpath("string(h:acknowledgement//h:text)", namespaces=NS)
    assert why.startswith("truncated_xml")


@pytest.mark.parametrize("file", sorted((REAL / "fda_instances").glob("*.xml")), ids=str)
def test_every_instance_can_be_answered(schema, file: Path) -> None:
    assert codes(answered(schema, file.read_bytes(), {})) == ("AA", ["CA"])


@pytest.mark.parametrize("file", sorted((REAL / "hostile").glob("*.xml")), ids=str)
def test_what_is_no_batch_is_not_answered(file: Path) -> None:
    batch = read_batch(io.BytesIO(file.read_bytes()))
    assert batch.problem is not None
    assert not batch.can_be_answered
