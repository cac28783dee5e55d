"""`poolvigil backtest`: the real program over a replayed home, and what it refuses in one line."""

import json
from pathlib import Path

import pytest

from pv import __version__

TRUTH = """product,event,kind,date,authority
kymriah,Progressive multifocal leukoencephalopathy,positive,2024-06-14,an authority
ibuprofen,Nausea,control,,
nowhere,Nausea,control,,
"""


@pytest.fixture(scope="module")
def replayed(poolvigil, once, world) -> Path:
    """A home whose quarter was replayed month by month. Not to be changed."""

    def make(home: Path) -> None:
        world.add_first(home)
        told = poolvigil("replay", "--home", str(home), "--from", "2024-01", "--to", "2024-03")
        assert told.summary["replay"]["states"] == 3
        (home / "truth.csv").write_text(TRUTH, encoding="utf-8")

    return once("replayed_quarter", make)[0]


def test_a_replayed_home_dates_what_it_knew(poolvigil, replayed: Path, tmp_path: Path) -> None:
    told = poolvigil(
        "backtest", "--home", str(replayed), "--truth", str(replayed / "truth.csv"),
        "--out", str(tmp_path / "new" / "timeline.svg"),
    )  # fmt: skip
    said = told.summary
    harm, control, nowhere = said["pairs"]

    assert said["looks"] == 3
    run = (replayed / "published" / "current").resolve().name
    assert said["made_by"] == f"poolvigil {__version__}, run {run}"
    assert (said["first_look"], said["last_look"]) == ("2024-01-31", "2024-03-31")
    # One case in each of five countries: the pool alone can see it.
    assert harm["in_data"]["product"] == "Kymriah"
    assert harm["cases"] == 5
    assert harm["first_watch"] <= harm["first_confirmed"] <= "2024-03-31"
    assert harm["first_country"] is None
    assert harm["gain"]["at_least"] is True
    assert said["counts"]["confirmed_before_regulator"] == 1
    assert control["first_confirmed_by_any"] is None
    assert (nowhere["cases"], said["missing"]) == (0, ["nowhere"])
    assert "before the regulator, of 1 with a date" in told.err
    assert (tmp_path / "new" / "timeline.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        ("none.csv", "none.csv: No such file"),
        ("truth.csv", "run `poolvigil replay` first"),
    ],
)
def test_without_a_truth_or_a_history_it_says_in_one_line_what_to_do(
    poolvigil, after_one_night: Path, tmp_path: Path, truth: str, said: str
) -> None:
    (tmp_path / "truth.csv").write_text(TRUTH, encoding="utf-8")
    told = poolvigil("backtest", "--home", str(after_one_night), "--truth", str(tmp_path / truth))

    assert told.code == 2
    assert told.err.startswith("poolvigil: ")
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_a_home_without_a_night_is_told(poolvigil, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text(TRUTH, encoding="utf-8")
    told = poolvigil("backtest", "--home", str(tmp_path), "--truth", str(tmp_path / "truth.csv"))

    assert (told.code, len(told.err.splitlines())) == (2, 1)
    assert "no snapshot at" in told.err


def test_the_planted_pairs_of_the_demonstration_are_dated(poolvigil, demonstration, copied) -> None:
    """Its last looks by quarter: what was planted for the pool to see was confirmed there."""
    home = copied(demonstration[0])
    own_key = (home / "work" / "lot.key").read_text(encoding="utf-8").strip()
    program = type(poolvigil)(POOLVIGIL_LOT_KEY=own_key)
    truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))
    planted = {
        (pair["product"], pair["event"])
        for pair in truth["pairs"]
        if pair["expected_verdicts"] == ["pooled_only"]
    }
    told = program(
        "replay", "--home", str(home), "--from", "2024-10", "--to", "2025-09", "--every", "quarter"
    )
    assert told.code == 0, told.err
    said = program("backtest", "--home", str(home), "--truth", str(home / "truth.json")).summary
    found = {(pair["product"], pair["event"]): pair for pair in said["pairs"]}

    assert said["missing"] == []
    assert len(planted) == 2
    assert all(found[pair]["first_confirmed"] for pair in planted)
    assert all(found[pair]["kind"] == "positive" for pair in planted)
    assert "labelled" in {pair["kind"] for pair in truth["pairs"]}
    assert len(found) == sum(pair["kind"] != "labelled" for pair in truth["pairs"])
