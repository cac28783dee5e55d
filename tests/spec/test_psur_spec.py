"""The table of signals of a periodic report, from what was decided."""

import csv
import json
from datetime import date
from pathlib import Path

import fastexcel
import pytest

from pv.decisions import psur, signals
from pv.decisions.signals import Said, Seen
from pv.errors import UsageError
from pv.warehouse.connect import connect

# event | decided on | state | outcome
DECIDED = """
    Deafness | 2024-11-02 | validated        |
    Deafness | 2025-03-04 | closed           | refuted
    Ageusia  | 2024-02-01 | validated        |
    Ageusia  | 2024-03-01 | closed           | refuted
    Uveitis  | 2025-05-01 | validated        |
    Uveitis  | 2025-06-01 | under_assessment |
    Anosmia  | 2025-05-01 | not_validated    |
    Rash     | 2026-01-05 | validated        |
"""


@pytest.fixture
def con():
    made = connect(Path(":memory:"), memory_limit="1GB", threads=1)
    made.execute(
        "insert into ops.run by name select 'r' as run_id, '2025-12-31'::date as as_of, "
        "'1' as code_version, 'f' as fingerprint, 1 as seed, '{}' as settings, '{}' as spec, "
        "'{\"name\": \"default\", \"version\": 1}' as rules, '{}' as inputs, '{}' as versions, "
        "false as what_if"
    )
    for line in DECIDED.strip().splitlines():
        event, day, state, outcome = (cell.strip() for cell in line.split("|"))
        said = Said(
            "Kymriah", event, "event", state, outcome or None, f"=reason of {day}", None,
            "label, updated" if outcome else None, None, date.fromisoformat(day), "anna",
        )  # fmt: skip
        seen = Seen(
            "r", date(2025, 12, 31), "Kymriah", event, "event", True, "pooled_only", 5, [9],
            ["DE", "FR"],
        )  # fmt: skip
        signals.append(made, said, seen, "anna")
    yield made
    made.close()


def of_2025(con) -> list[dict[str, str]]:
    return psur.table(con, "KYMRIAH", date(2025, 1, 1), date(2025, 12, 31))


def test_signals_are_those_that_were_ongoing_in_the_interval_or_closed_in_it(con) -> None:
    shown = [
        (row["Signal term"], row["Date detected"], row["Status (ongoing or closed)"],
         row["Date closed"])
        for row in of_2025(con)
    ]  # fmt: skip

    assert shown == [
        ("Deafness", "2024-11", "closed", "2025-03"),
        ("Uveitis", "2025-05", "ongoing (under assessment)", ""),
    ]
    assert psur.table(con, "Yescarta", date(2025, 1, 1), date(2025, 12, 31)) == []


def test_the_rest_of_a_row_is_in_words(con) -> None:
    row = of_2025(con)[0]

    assert row["Source of signal"] == (
        "Spontaneous reports of 2 countries, screened by the rule default 1"
    )
    assert row["Reason for evaluation and summary of key data"] == (
        "5 cases, 1 of them fatal; verdict pooled only. 2024-11-02 validated: =reason of "
        "2024-11-02; 2025-03-04 closed: =reason of 2025-03-04"
    )
    assert row["Action(s) taken or planned"] == "outcome: refuted; label, updated"


def test_no_cell_of_a_file_is_a_formula_and_no_file_is_written_over(con, tmp_path: Path) -> None:
    found = [{**row, "Signal term": "=cmd()"} for row in of_2025(con)]
    as_csv, book = tmp_path / "a.csv", tmp_path / "a.xlsx"
    psur.write(as_csv, found)
    psur.write(book, found)

    with as_csv.open(encoding="utf-8-sig", newline="") as opened:
        assert [row["Signal term"] for row in csv.DictReader(opened)] == ["'=cmd()"] * 2
    sheet = fastexcel.read_excel(book).load_sheet(0).to_pandas()
    assert json.loads(sheet.to_json(orient="records")) == found
    with pytest.raises(UsageError, match="there already"):
        psur.write(book, found)
    with pytest.raises(UsageError, match="before it begins"):
        psur.table(con, None, date(2025, 2, 1), date(2025, 1, 1))
