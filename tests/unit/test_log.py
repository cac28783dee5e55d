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


def test_a_log_that_has_grown_is_put_aside_before_a_night_and_so_many_stay(tmp_path: Path) -> None:
    rotation = log.Rotation(from_bytes=300, keep=2, level="info")
    for night in range(4):
        with log.to_file(tmp_path, rotation):
            for _ in range(4):
                log.say(f"night {night} " + "a" * 80)

    names = ("nightly.jsonl", "nightly.jsonl.1", "nightly.jsonl.2")
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    for name, night in zip(names, (3, 2, 1), strict=True):
        told = (tmp_path / name).read_text().splitlines()
        assert [json.loads(line)["message"][:7] for line in told] == [f"night {night}"] * 4


@pytest.mark.parametrize(
    ("level", "told"),
    [("info", ["said", "warned"]), ("warning", ["warned"]), ("error", [])],
)
def test_what_is_less_grave_than_the_level_is_left_out(
    tmp_path: Path, level: str, told: list[str]
) -> None:
    with log.to_file(tmp_path, log.Rotation(10**6, 1, level)):
        log.say("said")
        log.warn("warned")

    assert [line["message"] for line in lines(tmp_path)] == told
