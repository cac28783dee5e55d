"""Files of E2B(R2) and openFDA are known by their content, and by no other source's."""

import pytest

from pv.errors import FileProblemError
from pv.sources.claims import claimed
from pv.sources.model import Glimpse
from pv.sources.registry import SOURCES

XML = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE ichicsr SYSTEM "http://eudravigilance.invalid/icsr21xml.dtd">
<ichicsr lang="en"><safetyreport>"""
PAGE = b'{\n "meta": {"last_updated": "2026-04-28"},\n "results": [{"safetyreportid": "1"'
LINE = b'{"safetyreportversion": "1", "safetyreportid": "1"}\n'


@pytest.mark.parametrize(
    ("name", "head", "key", "filed"),
    [
        ("download", XML, "e2b_r2", "download.xml"),
        ("a.XML", XML, "e2b_r2", "a.XML"),
        ("page", PAGE, "openfda", "page.json"),
        ("a.jsonl", b"\xef\xbb\xbf" + LINE, "openfda", "a.jsonl"),
    ],
)
def test_a_file_is_known_by_its_content(name: str, head: bytes, key: str, filed: str) -> None:
    source, claim = claimed(Glimpse(name, "plain", {name: head}), SOURCES)
    assert (source.key, claim.name) == (key, filed)


@pytest.mark.parametrize(("member", "head", "key"), [
    ("xml/1_ADR22Q1.xml", XML, "e2b_r2"), ("drug-event-0001-of-0035.json", PAGE, "openfda"),
])  # fmt: skip
def test_a_zip_is_known_by_its_members_and_fdas_list_beside_them_changes_nothing(
    member: str, head: bytes, key: str
) -> None:
    heads = {"deleted/DELETE22Q1.txt": b"123\r\n", member: head} if key == "e2b_r2" else {
        member: head
    }  # fmt: skip
    source, claim = claimed(Glimpse("q", "zip", heads, tuple(heads)), SOURCES)
    assert (source.key, claim.name) == (key, "q.zip")


@pytest.mark.parametrize("head", [b'{"results": [{"term": "NAUSEA", "count": 3}]}', b"<html>"])
def test_other_json_and_xml_is_nobodys(head: bytes) -> None:
    with pytest.raises(FileProblemError):
        claimed(Glimpse("a", "plain", {"a": head}), SOURCES)


def test_what_is_left_in_the_folders_is_known_or_ignored() -> None:
    sources = {source.key: source.recognise for source in SOURCES}
    assert sources["e2b_r2"]("x.zip/README.pdf") == sources["openfda"]("readme.txt") == "ignored"
    assert sources["e2b_r2"]("DEMO22Q1.txt") is sources["openfda"]("a.csv") is None
