"""Hostile JSON and XML through the whole loading: refused by name or set aside by line."""

import io
import json
import zipfile
from collections.abc import Iterator

import duckdb
import pytest

from tests import staged

REPORT = {"safetyreportid": "1", "receiptdate": "20200401"}
DEEP = 100_000
BEGIN, END = b"<ichicsr>\n", b"</ichicsr>\n"
GOOD = (
    b"<safetyreport><safetyreportid>1</safetyreportid><receiptdate>20200401</receiptdate>"
    b"</safetyreport>\n"
)
BOMB = b"".join(
    b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"lol") for i in range(10)
)


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def typed(declaration: bytes, inside: bytes = b"") -> bytes:
    return b"<!DOCTYPE ichicsr " + declaration + b">\n" + BEGIN + GOOD + inside + END


def page(report: str) -> bytes:
    return f'{{"results": [{json.dumps(REPORT)},\n{report}]}}'.encode()


# Name below the inbox, content, and how its message begins.
REFUSED = {
    "e2b_r2/bomb.xml": (typed(b"[" + BOMB + b"]", b"<a>&l9;</a>"), "beyond_limits: "),
    "e2b_r2/external.xml": (
        typed(b'[<!ENTITY x SYSTEM "file:///etc/passwd">]', b"<a>&x;</a>"),
        "entities_declared: ",
    ),
    "e2b_r2/parameter.xml": (
        typed(b'[<!ENTITY % x SYSTEM "http://dtd.invalid/x.dtd"> %x;]'),
        "entities_declared: ",
    ),
    "e2b_r2/deep.xml": (
        BEGIN + GOOD + b"<a>" * DEEP + b"</a>" * DEEP + END,
        "beyond_limits: line 3",
    ),
    "e2b_r2/wrong_root.xml": (b"<html>\n" + GOOD + b"</html>\n", "wrong_root: "),
    "e2b_r2/cut.xml": (BEGIN + GOOD + GOOD[:30], "truncated_xml: "),
    "e2b_r2/attribute.xml": (
        BEGIN + b'<safetyreport a="' + b"x" * (10 << 20) + b'"/>' + END,
        "beyond_limits: ",
    ),
    "e2b_r2/text.xml": (
        BEGIN + b"<safetyreport><a>" + b"x" * (40 << 20) + b"</a></safetyreport>" + END,
        "",
    ),
    "e2b_r2/encoding.xml": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + BEGIN + b"<a>\xe9</a>" + END,
        "wrong_encoding: ",
    ),
    "e2b_r2/unknown_encoding.xml": (
        b'<?xml version="1.0" encoding="x-none"?>\n' + BEGIN + GOOD + END,
        "",
    ),
    "e2b_r2/empty.xml": (b"", "empty_file: "),
    "e2b_r2/bomb.zip": (zipped(**{"a.xml": b" " * (64 << 20)}), "zip_bomb: "),
    "e2b_r2/path.zip": (zipped(**{"../../a.xml": BEGIN + GOOD + END}), "unsafe_path: "),
    "e2b_r2/odd.xml": (BEGIN + b"<safetyreport/>" * 3 + END, "no_reports: none of the 3 "),
    "openfda/deep.json": (page("[" * DEEP + "]" * DEEP), "nested_too_deep: line 2"),
    "openfda/deep_objects.json": (page('{"a":' * DEEP + "1" + "}" * DEEP), "nested_too_deep: "),
    "openfda/cut.json": (page(json.dumps(REPORT))[:-20], "not_json: line 2: it ends in the middle"),
    "openfda/utf16.json": (page("{}").decode().encode("utf-16"), "not_json: line 1: it does not"),
    "openfda/list.json": (b"[" + page("{}") + b"]", "not_json: line 1: it does not begin with {"),
    "openfda/object.json": (b'{"results": {"a": 1}}', "no_reports: its results are no list"),
    "openfda/error.json": (b'{"error": {"code": "NOT_FOUND"}}', "no_reports: none of the 1 "),
    "openfda/string.json": (page('{"a": "' + "x" * (20 << 20) + '"}'), "report_too_large: line 2"),
    "openfda/path.zip": (zipped(**{"/etc/a.json": page("{}")}), "unsafe_path: "),
}
# Content, and the lines that are set aside; one report of each is kept.
ASIDE = {
    "openfda/keys.json": (page(json.dumps({str(i): 1 for i in range(500_000)})), [2]),
    "openfda/shapes.json": (page('[{"safetyreportid": "2"}],\n"a",\nnull,\n7'), [2, 3, 4, 5]),
    "openfda/bytes.json": (page("{}").replace(b"{}", b'{"safetyreportid": "\xe9"}'), [2]),
    "openfda/long.jsonl": (
        b'{"a": "' + b"x" * (40 << 20) + b'"}\n' + json.dumps(REPORT).encode(), [1]
    ),
    "openfda/lines.jsonl": (
        json.dumps(REPORT).encode() + b"\n" + b"[" * DEEP + b"\n\xff\n{}\n{", [2, 3, 4, 5]
    ),
    "e2b_r2/odd.xml2.xml": (BEGIN + GOOD + b"<safetyreport>a</safetyreport>\n" + END, [3]),
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All of them in one inbox, between good files."""
    contents = {name: content for name, (content, _) in (REFUSED | ASIDE).items()}
    # The DTD has an address that nobody may ask.
    good = typed(b'SYSTEM "http://dtd.invalid/ich-icsr-v2.1.dtd"')
    contents |= {"e2b_r2/z.xml": good, "openfda/z.json": page(json.dumps({"safetyreportid": "2"}))}
    con = staged.load(tmp_path_factory.mktemp("hostile"), contents)
    yield con
    con.close()


def of(con: duckdb.DuckDBPyConnection, name: str) -> tuple:
    source, _, file = name.partition("/")
    found = con.execute(
        "select status, message, rows_read, rows_kept, rows_quarantined, file_id "
        "from ops.source_file where source = $source and name = $name",
        {"source": source, "name": file},
    ).fetchone()
    assert found, name
    return found


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_file_of_its_format_is_refused_by_name(loaded, name: str) -> None:
    status, message, *_ = of(loaded, name)
    assert status == "failed"
    assert message.startswith(REFUSED[name][1])
    assert "reader_" not in message
    assert "lol" not in message and len(message) <= 300


@pytest.mark.parametrize("name", ASIDE)
def test_what_is_no_report_is_set_aside_by_line_and_the_good_one_is_kept(loaded, name) -> None:
    status, _, read, kept, aside, file_id = of(loaded, name)
    lines = ASIDE[name][1]
    assert (status, read, kept, aside) == ("loaded", 1 + len(lines), 1, len(lines))
    assert loaded.execute(
        "select list(line order by line) from ops.quarantine where file_id = $id", {"id": file_id}
    ).fetchall() == [(lines,)]


def test_the_good_files_are_loaded(loaded) -> None:
    for name, rows in (("e2b_r2/z.xml", 1), ("openfda/z.json", 2)):
        assert of(loaded, name)[:4] == ("loaded", None, rows, rows)
