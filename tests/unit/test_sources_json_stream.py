"""Reports out of JSON: what is found, and what is refused by name and line."""

import io
import json

import pytest

from pv.errors import FileProblemError
from pv.sources.json_stream import MAX_REPORT, Facts, read_reports
from pv.sources.r2 import Found

REPORT = {"safetyreportid": "1", "patient": {"drug": [{"medicinalproduct": 'Ä\\ " }'}]}}
DEEP = 100_000


def found(data: bytes | str) -> list[Found]:
    content = data.encode() if isinstance(data, str) else data
    return list(read_reports(io.BytesIO(content), Facts()))


def refused(data: bytes | str) -> str:
    with pytest.raises(FileProblemError) as caught:
        found(data)
    return str(caught.value).partition(";")[0]


def test_a_page_gives_its_results_and_its_meta():
    facts = Facts()
    page = json.dumps({"meta": {"last_updated": "2026-04-28"}, "results": [REPORT, REPORT]})
    reports = list(read_reports(io.BytesIO(page.encode()), facts))
    assert [(r.line, r.value) for r in reports] == [(1, REPORT), (2, REPORT)]
    assert (facts.meta, facts.is_page, facts.rows) == ({"last_updated": "2026-04-28"}, True, 2)


def test_results_are_numbered_by_the_lines_they_begin_on():
    page = json.dumps({"results": [REPORT, REPORT]}, indent=1)
    assert [r.line for r in found(page)] == [3, 13]


def test_meta_may_follow_the_results():
    facts = Facts()
    assert [*read_reports(io.BytesIO(b'{"results": [], "meta": {"a": "b"}}'), facts)] == []
    assert facts.meta == {"a": "b"}


def test_lines_give_one_report_each_and_blank_ones_none():
    line = json.dumps(REPORT)
    assert [(r.line, r.value) for r in found(f"\ufeff\n{line}\r\n\n{line}")] == [
        (2, REPORT),
        (4, REPORT),
    ]


def test_numbers_stay_as_they_are_written():
    (report,) = found('{"a": 1.50, "b": 1e999, "c": %s}' % ("9" * 5000))
    assert report.value == {"a": "1.50", "b": "1e999", "c": "9" * 5000}


@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_report_may_cross_blocks(size):
    long = {"a": "é" * (size // 2)}
    page = json.dumps({"results": [long, REPORT]}, ensure_ascii=False)
    assert [r.value for r in found(page)] == [long, REPORT]
    lines = "\n".join(json.dumps(r, ensure_ascii=False) for r in (long, REPORT))
    assert [r.value for r in found(lines)] == [long, REPORT]


def test_a_broken_line_breaks_nothing_but_itself():
    good = json.dumps(REPORT).encode()
    lines = [good, b'{"a": ', b'{"a": "\xe9"}', good + b"{}", b'{"a": NaN}', b"[" * DEEP, b"\x00",
             b'{"a": "' + b"x" * MAX_REPORT + b'"}', good]  # fmt: skip
    assert [(r.line, r.problem) for r in found(b"\n".join(lines))] == [
        (1, None),
        (2, ("not_json", "it ends in the middle")),
        (3, ("not_json", "it is not UTF-8")),
        (4, ("not_json", "something follows the report")),
        (5, ("not_json", "NaN or Infinity")),
        (6, ("nested_too_deep", "values inside values")),
        (7, ("not_json", "expecting value")),
        (8, ("line_too_long", "longer than 8 MB")),
        (9, None),
    ]


def test_a_result_that_is_not_utf_8_is_a_problem_of_its_own():
    good = json.dumps(REPORT).encode()
    page = b'{"results": [' + good + b', {"a": "\xe9"}, ' + good + b"]}"
    assert [r.problem for r in found(page)] == [None, ("not_json", "it is not UTF-8"), None]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "not_json: at the end: it does not begin with {"),
        ("[]", "not_json: line 1: it does not begin with {"),
        (json.dumps(REPORT).encode("utf-16"), "not_json: line 1: it does not begin with {"),
        ('{"meta": {}}', "no_reports: there are no results in the page"),
        ('{"results": {}}', "no_reports: its results are no list"),
        ('{"results": [{}\n{}]}', "not_json: line 2: there is no ,"),
        ('{"results": []}\n{}', "not_json: line 2: something follows the page"),
        ('{"results": [], "results": []}', "not_json: line 1: a key is no text, or is there twice"),
        ('{"results": [], 1: 2}', "not_json: line 1: a key is no text, or is there twice"),
        ('{"results": [{}', "not_json: at the end: there is no ,"),
        ('{"results":\n[{"a": "b', "not_json: line 2: it ends in the middle"),
        ('{"results": [NaN]}', "not_json: line 1: NaN or Infinity"),
        ('{"results": [' + "[" * DEEP, "nested_too_deep: line 1: values inside values"),
        ('{"results": [' + '{"a":' * DEEP, "nested_too_deep: line 1: values inside values"),
        ('{"results": [{"a": "' + "x" * (MAX_REPORT + (2 << 20)),
         "report_too_large: line 1: no report ends within 8 MB"),
        ('{"results": [' + " " * (3 << 20), "not_json: at the end: it ends in the middle"),
    ],
)  # fmt: skip
def test_what_is_no_page_of_reports_is_refused(data, said):
    assert refused(data) == said


def test_a_refusal_quotes_nothing():
    assert "doe" not in refused('{"results": [{"a": "\\doe"}]}')
