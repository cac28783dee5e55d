"""What a night says in its log: short, and nothing that a file holds."""

import json
from pathlib import Path

import duckdb
import pytest

from pv import log
from pv.errors import GateError


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "nightly.jsonl").read_text().splitlines()]


def test_a_message_has_at_most_300_characters(tmp_path: Path) -> None:
    with log.to_file(tmp_path):
        log.say("a" * 301)
        log.warn("b" * 100_000)
    assert [len(line["message"]) for line in lines(tmp_path)] == [300, 300]


def test_what_ends_the_night_is_told_without_the_words_of_a_library(tmp_path: Path) -> None:
    cell = "Mrs" + " Doe"
    with pytest.raises(duckdb.ConversionException, match=cell), log.to_file(tmp_path):
        duckdb.execute("select $cell::date", {"cell": cell}).fetchall()
    [line] = lines(tmp_path)
    assert line["message"] == "ConversionException"
    assert "test_log.py" in line["traceback"]
    assert cell not in json.dumps(line)


def test_our_own_errors_are_told_whole(tmp_path: Path) -> None:
    with pytest.raises(GateError), log.to_file(tmp_path):
        raise GateError("rows do not add up")
    assert lines(tmp_path)[0]["message"] == "rows do not add up"
