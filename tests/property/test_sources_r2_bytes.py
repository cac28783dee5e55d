"""Any bytes through the parsers of E2B(R2) and openFDA: a documented refusal or rows, no crash."""

import io
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pv.errors import FileProblemError
from pv.sources import e2b_r2, json_stream, r2

REPORT = {
    "safetyreportid": "1",
    "receiptdateformat": "102",
    "receiptdate": "20200401",
    "companynumb": "DE-ACME-1",
    "reportduplicate": {"duplicatesource": "ACME", "duplicatenumb": "X-1"},
    "sender": {"senderorganization": "FDA-Public Use"},
    "patient": {
        "patientonsetage": "5",
        "reaction": [{"reactionmeddrapt": "Crohn^s disease"}],
        "drug": [{"medicinalproduct": "A", "activesubstance": {"activesubstancename": "B"}}],
        "summary": {"narrativeincludeclinical": "CASE EVENT DATE: 20190101"},
    },
}
XML = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE ichicsr SYSTEM "icsr.dtd">
<ichicsr lang="en"><ichicsrmessageheader><messagedate>20200101</messagedate></ichicsrmessageheader>
<safetyreport><safetyreportid>1</safetyreportid><sender><senderorganization>FDA-Public Use
</senderorganization></sender><patient><patientsex>1</patientsex>
<reaction><reactionmeddrapt>P\xe9</reactionmeddrapt></reaction>
<drug><medicinalproduct>A &amp; B</medicinalproduct></drug></patient></safetyreport>
<safetyreport><safetyreportid>2</safetyreportid></safetyreport></ichicsr>
"""
PAGE = json.dumps({"meta": {"last_updated": "2026-01-01"}, "results": [REPORT, REPORT]}).encode()
LINES = b"\n".join([json.dumps(REPORT).encode()] * 2)
TOKENS = (
    b"", b"<", b">", b"</", b"]]>", b"<![CDATA[", b"<!ENTITY a 'b'>", b"&a;", b"&#0;", b"<?x?>",
    b"<safetyreport>", b"</safetyreport>", b"<patient/>", b"{", b"}", b"[", b"]", b",", b":", b'"',
    b"\\", b"\\ud800", b"\\u0000", b"null", b"true", b"1e999", b"NaN", b"-", b"\n", b"\r", b"\0",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe9", "\u2028".encode(), b"UTF-16",
)  # fmt: skip


class Sink:
    """Takes rows as the raw relations do."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, dict[str, Any]]] = []

    def add(self, kind: str, row: dict[str, Any]) -> None:
        self.rows.append((kind, row))


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """The file with some stretches replaced, doubled or gone."""
    data = original
    for _ in range(draw(st.integers(1, 6))):
        a = draw(st.integers(0, len(data)))
        b = min(len(data), a + draw(st.integers(0, 40)))
        put = draw(
            st.one_of(st.sampled_from(TOKENS), st.binary(max_size=8), st.just(data[a:b] * 2))
        )
        data = data[:a] + put + data[b:]
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data


def check(sink: Sink, count: int) -> None:
    """Every report is kept or set aside, under a line of its own, as clean text."""
    lines = [row["line"] for kind, row in sink.rows if kind in ("report", "problem")]
    assert len(lines) == len(set(lines)) == count
    for kind, row in sink.rows:
        for name, value in row.items():
            if name in ("line", "event_seq"):
                assert isinstance(value, int) and value > 0
            elif value is not None:
                assert isinstance(value, str), (kind, name)
                assert value == value.strip() != "" or kind == "problem", (kind, name)
                value.encode()
                assert not any(ord(mark) < 32 for mark in value)


def read_json(data: bytes) -> None:
    sink, facts = Sink(), json_stream.Facts()
    try:
        count = r2.collect(
            sink, json_stream.read_reports(io.BytesIO(data), facts), of_fda=lambda _: True
        )
    except FileProblemError as problem:
        assert len(str(problem)) <= 300
        return
    check(sink, count)


def read_xml(data: bytes) -> None:
    sink = Sink()
    try:
        count = r2.collect(
            sink,
            e2b_r2.reports(io.BytesIO(data), e2b_r2.Header()),
            of_fda=e2b_r2.Sender().is_fda,
        )
    except FileProblemError as problem:
        assert len(str(problem)) <= 300
        return
    check(sink, count)


@given(st.one_of(mutated(PAGE), mutated(LINES), st.binary(max_size=200)))
@example(PAGE)
@example(LINES)
@example(b"\xef\xbb\xbf" + PAGE)
@example(PAGE.decode().encode("utf-16"))
@example(b'{"results":[{"safetyreportid":"\\ud800"}]}')
@example(b'{"results":[{"safetyreportid":"1","patient":{"drug":[null,"",{}]}}]}')
@example(b'{"results":[{"safetyreportid":"1","patient":[[]]}]}')
@example(b'{"results":[1,null,"a",{}],"results":[]}')
@example(b'{"safetyreportid":"1"}\n[\n{"safetyreportid":"2"')
def test_any_bytes_as_json(data: bytes) -> None:
    read_json(data)


@given(st.one_of(mutated(XML), st.binary(max_size=200)))
@example(XML)
@example(XML.replace(b"ISO-8859-1", b"UTF-8"))
@example(XML.replace(b"ISO-8859-1", b"UTF-16"))
@example(XML.replace(b"ISO-8859-1", b"no-such-code"))
@example(XML.replace(b"\n", b""))
@example(b"<ichicsr/>")
@example(b"<ichicsr><safetyreport>text</safetyreport></ichicsr>")
@example(b"<ichicsr><safetyreport><safetyreport/></safetyreport></ichicsr>")
def test_any_bytes_as_xml(data: bytes) -> None:
    read_xml(data)


@pytest.mark.parametrize("cut", range(0, len(XML), 7))
def test_xml_cut_anywhere_before_its_end_is_refused(cut: int) -> None:
    with pytest.raises(FileProblemError):
        r2.collect(
            Sink(), e2b_r2.reports(io.BytesIO(XML[:cut]), e2b_r2.Header()),
            of_fda=lambda _: True,
        )  # fmt: skip
