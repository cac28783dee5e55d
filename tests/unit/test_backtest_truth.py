"""The truth of a backtest: what a file says, and what is wrong in it."""

import json
from datetime import date
from pathlib import Path

import pytest

from pv.backtest.truth import Known, read
from pv.errors import UsageError


@pytest.fixture
def written(tmp_path: Path):
    """Writes a truth and reads it."""

    def reading(text: str, name: str = "truth.csv") -> tuple[Known, ...]:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return read(file)

    return reading


def test_the_earliest_date_of_a_pair_is_the_regulators(written) -> None:
    found = written(
        "product,event,kind,date,authority,source\n"
        "bromocriptine,Gambling,positive,2006-11-01,MHRA,x\n"
        "Bromocriptine,gambling,positive,2006-07,EU PhVWP,y\n"
        "bromocriptine,Gambling,positive,2007,MHRA,z\n"
        "sertraline,Gambling,control,,,\n"
    )

    assert found == (
        Known("Bromocriptine", "gambling", None, "positive", "2006-07", "EU PhVWP"),
        Known("sertraline", "Gambling", None, "control"),
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [("2006-07-14", date(2006, 7, 14)), ("2006-07", date(2006, 7, 1)), ("2006", date(2006, 1, 1))],
)
def test_who_is_before_a_month_or_a_year_is_before_its_first_day(text: str, day: date) -> None:
    assert Known("p", "e", None, "positive", text).day == day


def test_a_group_and_an_event_of_one_name_are_two_pairs(written) -> None:
    head = "product,event,event_kind,kind\n"

    assert len(written(f"{head}p,Gambling,event,positive\np,Gambling,event_group,control\n")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("product,event\np,e\n", r"truth\.csv:1: no column 'kind'"),
        ("product,event,kind\np,e,maybe\n", r"truth\.csv:2: kind is 'maybe'; give one of positive"),
        ("product,event,kind\np,e,\n", r"truth\.csv:2: kind is empty"),
        ("product,event,kind\n,e,control\n", r"truth\.csv:2: a row needs a product and an event"),
        ("product,event,kind,date\np,e,positive,July 2006\n", r"truth\.csv:2: date 'July 2006'"),
        ("product,event,kind,date\np,e,positive,2006-13\n", r"truth\.csv:2: date '2006-13'"),
        ("product,event,kind,date\np,e,positive,20060701\n", r"truth\.csv:2: date '20060701'"),
        ("product,event,event_kind,kind\np,e,term,control\n", r"event_kind is 'term'; give one of"),
        ("product,event,kind\np,e,control\nP,E,positive\n", r"truth\.csv:3: P / E is positive"),
        ("product,event,kind\n", r"truth\.csv: no pair in it"),
        ("", r"truth\.csv:1: no column 'product'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_line(written, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        written(text)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"product,event,kind\np,caf\xe9,control\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        read(tmp_path / "latin.csv")


def test_the_truth_of_a_demonstration_has_harms_and_controls(written) -> None:
    pairs = [
        {"product": "Kymriah", "event": "Nausea", "expected_verdict": "pooled_only", "kind": "x"},
        {"product": "Kymriah", "event": "Cough", "expected_verdict": "not_flagged", "kind": "null"},
        {"product": "Tecartus", "event": "Cough", "expected_verdict": "confounded_by_country"},
        {"product": "Kymriah", "event": "Chills", "expected_verdict": "country_signal",
         "kind": "labelled"},
    ]  # fmt: skip
    found = written(json.dumps({"simulated": True, "pairs": pairs}), "truth.json")

    assert [each.kind for each in found] == ["positive", "control", "control"]


def test_the_truth_of_a_scenario_is_one_pair(written) -> None:
    said = {"product": "Yescarta", "event": "PML",
            "expected_verdicts": ["country_signal", "pooled_only"]}  # fmt: skip
    (found,) = written(json.dumps(said), "truth.json")

    assert found == Known("Yescarta", "PML", "event", "positive")


@pytest.mark.parametrize("text", ["", "[1]", '{"pairs": [{"product": "x"}]}', '{"pairs": 3}'])
def test_another_json_is_refused_in_one_line(written, text: str) -> None:
    with pytest.raises(UsageError, match=r"not the truth\.json of a simulation"):
        written(text, "truth.json")
