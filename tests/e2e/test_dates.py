"""No wrong date of receipt decides for everybody: nights in this process, on a small inbox."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from pv.errors import UsageError
from pv.night import acceptance, start, steps, writer
from pv.quality import suites
from pv.quality.suites import Expectation, Suite
from pv.settings import Home

COUNTRIES = ("US", "DE", "FR", "IT")
DRUGS = ("KYMRIAH", "YESCARTA", "ASPIRIN")
EVENTS = ("Nausea", "Pyrexia", "Headache", "Rash", "Sepsis")
MONTHS_AHEAD = date(2025, 5, 20)
TABLES = {table.qualified: table for table in suites.STAGING}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("POOLVIGIL_LOT_KEY", "a key for tests that is long")
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    return Home(tmp_path / "home")


@pytest.fixture
def quarter(world) -> Callable[..., Path]:
    """Writes a quarter of 40 cases, the last received on its last day, and some more."""

    def write(home: Home, short: str, last: date, *, more: tuple[date, ...] = ()) -> Path:
        days = [last - timedelta(days=2 * i) for i in range(40)]
        return world.write(
            home.root,
            short,
            [
                world.case(
                    int(f"{short[:2]}{short[3]}{i:05}"), COUNTRIES[i % 4], (DRUGS[i % 3],),
                    (EVENTS[i % 5],), day, values={"age": f"{30 + i}", "age_cod": "YR"},
                )
                for i, day in enumerate((*days, *more))
            ],
        )  # fmt: skip

    return write


def night(home: Home, **told: Any) -> dict[str, Any]:
    """One whole night; returns its summary."""
    told = {"as_of": None, "rules_file": None, **told}
    return start.run_night(home.root, **told)


def as_of(summary: dict[str, Any]) -> date:
    return date.fromisoformat(summary["as_of"])


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def everything(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """What is staged and what is set aside, whatever number its file has."""
    found = {name: ask(home, f"select * exclude (file_id) from {name}") for name in TABLES}
    found["ops.quarantine"] = ask(home, "select name, line, rule from ops.quarantine")
    found["ops.source_file"] = ask(
        home,
        "select name, status, rows_read, rows_kept, rows_quarantined, message, latest_receipt "
        "from ops.source_file where status <> 'superseded'",
    )
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def held(home: Home) -> list[str]:
    return [name for (name,) in ask(home, "select name from ops.held order by all")]


def export(home: Home, name: str, received: list[date], made: date | None = None) -> None:
    """A workbook of the dashboard with a case for each date of receipt."""
    path = home.inbox / "faers_dashboard" / name
    path.parent.mkdir(exist_ok=True)
    header = ("Case ID", "Suspect Product Names", "Suspect Product Active Ingredients",
              "Reactions", "Latest FDA Received Date", "Country where Event occurred")  # fmt: skip
    with xlsxwriter.Workbook(path) as book:
        if made is not None:
            book.set_properties({"created": datetime.combine(made, time(12))})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for i, day in enumerate(received, 1):
            row = (f"3000000{i}", "Kymriah", "Tisagenlecleucel", "Nausea;Rash",
                   f"{day:%d-%b-%Y}".upper(), "FR")  # fmt: skip
            sheet.write_row(i, 0, row)


def test_a_report_dated_after_its_quarter_moves_nobody(home: Home, quarter) -> None:
    """Seven days of grace after the quarter's end."""
    last = date(2024, 3, 31)
    quarter(home, "24Q1", last, more=(date(2024, 4, 7), date(2024, 4, 8), MONTHS_AHEAD))

    assert as_of(night(home)) == date(2024, 4, 7)
    assert ask(home, "select rule, line from ops.quarantine order by line") == [
        ("receipt_date_after_release", 43),
        ("receipt_date_after_release", 44),
    ]
    read = ask(home, "select rows_read, rows_kept, rows_quarantined from ops.source_file "
               "where name like '%DEMO%'")  # fmt: skip
    assert read == [(43, 41, 2)]


def test_a_deletion_counts_on_the_last_day_of_its_quarter(home: Home, world) -> None:
    case = world.case(1, "FR", ("KYMRIAH",), ("Rash",), date(2024, 2, 1))
    world.write(home.root, "24Q1", [case], deleted=[1])

    assert as_of(night(home)) == date(2024, 3, 31)
    assert ask(home, "from ops.quarantine") == []


def test_a_workbook_holds_nothing_that_came_after_it_was_saved(home: Home) -> None:
    export(home, "a.xlsx", [date(2024, 6, 30), MONTHS_AHEAD], made=date(2024, 7, 21))

    assert as_of(night(home)) == date(2024, 6, 30)
    assert ask(home, "select rule, line from ops.quarantine") == [("receipt_date_after_release", 3)]
    assert ask(home, "select latest_receipt from ops.source_file") == [(date(2024, 7, 21),)]


def test_one_date_ahead_holds_its_file_and_nobody_else(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    export(home, "a.xlsx", [date(2024, 3, 1)])
    night(home)
    quarter(home, "24Q2", date(2024, 6, 30))
    export(home, "a.xlsx", [date(2024, 3, 1), date(2024, 6, 1), MONTHS_AHEAD])

    for status in ("published", "unchanged"):
        told = night(home)
        assert (told["status"], as_of(told)) == (status, date(2024, 6, 30))
        [each] = told["held"]
        assert (each["kind"], each["source"], each["name"]) == (
            "lock_point", "faers_dashboard", "a.xlsx",
        )  # fmt: skip
        assert "received up to 2025-05-20, " in each["reason"]
    of_before = "select count(*) from staging.report where source = 'faers_dashboard'"
    assert ask(home, of_before) == [(1,)], "what came before is in use"

    acceptance.accept(home.root, ["a.xlsx"])
    told = night(home)
    assert (as_of(told), told["held"]) == (MONTHS_AHEAD, [])
    assert night(home)["status"] == "unchanged"


def test_a_mended_file_is_held_no_longer(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    night(home)
    export(home, "a.xlsx", [date(2024, 3, 1), MONTHS_AHEAD])
    assert (as_of(night(home)), held(home)) == (date(2024, 3, 31), ["a.xlsx"])

    export(home, "a.xlsx", [date(2024, 3, 1), date(2024, 4, 20)])

    assert (as_of(night(home)), held(home)) == (date(2024, 4, 20), [])


@pytest.mark.parametrize(("days", "is_held"), [(92, False), (93, True)])
def test_a_jump_of_more_than_92_days_is_held(home: Home, quarter, days: int, is_held: bool) -> None:
    before = date(2024, 3, 31)
    quarter(home, "24Q1", before)
    night(home)
    export(home, "a.xlsx", [before + timedelta(days=days)])

    assert as_of(night(home)) == (before if is_held else before + timedelta(days=days))
    assert len(held(home)) == is_held


def test_a_delivery_that_jumps_is_held_with_all_its_tables_until_one_command(
    home: Home, quarter
) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    night(home)
    folder = quarter(home, "24Q4", date(2024, 12, 31))
    files = ask(home, "select name from ops.source_file where status = 'ok'")

    assert as_of(night(home)) == date(2024, 3, 31)
    assert len(held(home)) == len(files)
    assert all(name.startswith(f"{folder.name}/") for name in held(home))
    assert ask(home, "select name from ops.source_file where status = 'ok'") == files

    acceptance.accept(home.root, [folder.name])
    assert (as_of(night(home)), held(home)) == (date(2024, 12, 31), [])


def test_the_first_night_takes_years_and_a_look_back_moves_no_bound(home: Home, quarter) -> None:
    quarter(home, "23Q1", date(2023, 3, 31))
    quarter(home, "25Q1", date(2025, 3, 31))
    assert (as_of(night(home)), held(home)) == (date(2025, 3, 31), [])
    assert as_of(night(home, as_of=date(2023, 3, 1))) == date(2023, 3, 1)
    quarter(home, "25Q2", date(2025, 6, 30))

    assert (as_of(night(home)), held(home)) == (date(2025, 6, 30), [])


@pytest.mark.parametrize("day", [date(2099, 12, 31), date(2024, 4, 1)])
def test_a_day_after_the_latest_receipt_is_refused(home: Home, quarter, day: date) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))

    with pytest.raises(UsageError, match=r"after the latest receipt .* which is of 2024-03-31"):
        night(home, as_of=day)

    assert not home.current.exists()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Sets the clock of the next nights."""
    return lambda day: monkeypatch.setattr("pv.night.steps.tonight", lambda: day)


@pytest.mark.parametrize("ahead", [10, 80])
def test_a_clock_that_was_wrong_loses_no_row(
    home: Home, quarter, clock, tmp_path: Path, ahead: int
) -> None:
    """Some rows of a file lie ahead of the wrong clock, or most, so that the file fails."""
    quarter(home, "24Q1", date(2024, 3, 31), more=tuple([date(2024, 3, 1)] * 80))
    quarter(home, "23Q4", date(2023, 12, 31), more=tuple([date(2023, 12, 30)] * (90 - ahead)))
    export(home, "a.xlsx", [date(2024, 1, 20), date(2024, 3, 20)])
    right = Home(tmp_path / "right")
    right.root.mkdir()
    right.inbox.symlink_to(home.inbox)
    night(right)
    clock(date(2024, 1, 31))
    night(home)
    asked = "select count(*) from ops.quarantine where rule = 'receipt_date_in_future'"
    assert ask(home, asked) > [(50,)]

    clock(date(2024, 4, 1))
    assert as_of(night(home)) == date(2024, 3, 31)
    assert everything(home) == everything(right)
    assert night(home)["status"] == "unchanged"


@pytest.fixture
def stricter(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes the gate refuse reports from France, or no longer."""
    fails = "occurrence_country = 'FR'"
    rule = suites.Rule("from_france", "warning", "because", fails)
    new = Expectation("from_france", "warning", "because", fails, suites.config(rule))
    load = suites.load

    def more(folder: Path) -> list[Suite]:
        report, *others = load(folder)
        return [Suite(report.name, (*report.expectations, new)), *others]

    return lambda is_on: monkeypatch.setattr("pv.quality.gating.load", more if is_on else load)


def test_rows_of_a_mended_rule_are_judged_again_on_request(
    home: Home, quarter, stricter, tmp_path: Path
) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    export(home, "a.xlsx", [date(2024, 3, 1) for _ in range(3)])
    stricter(True)
    night(home)
    stricter(False)
    assert ask(home, "select count(distinct (file_id, line)) from ops.quarantine") == [(10 + 3,)]
    assert night(home)["status"] == "unchanged", "nobody has asked"

    with pytest.raises(UsageError, match="for 'from_spain'; rows are there for: from_france"):
        night(home, recheck="from_spain")
    assert night(home, recheck="from_france")["status"] == "published"

    right = Home(tmp_path / "right")
    right.root.mkdir()
    right.inbox.symlink_to(home.inbox)
    night(right)
    assert everything(home) == everything(right)
    assert night(home, recheck="all")["status"] == "unchanged"


def test_a_date_that_an_earlier_version_let_in_is_set_aside(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31), more=(MONTHS_AHEAD,))
    steps.load(home)
    limits = "update ops.source_file set latest_receipt = "
    with writer.warehouse(home) as con:
        con.execute(f"{limits} null")
    assert as_of(night(home)) == MONTHS_AHEAD
    with writer.warehouse(home) as con:
        con.execute(f"{limits} date '2024-03-31'")

    assert as_of(night(home)) == date(2024, 3, 31)
    assert ask(home, "select rule from ops.quarantine") == [("receipt_date_after_release",)]


def test_more_days_of_grace_give_their_rows_back(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31), more=(date(2024, 4, 10),))
    assert as_of(night(home)) == date(2024, 3, 31)
    (home.root / "spec").mkdir()
    (home.root / "spec" / "receipt.toml").write_text("grace_days = 10\n")

    assert as_of(night(home)) == date(2024, 4, 10)
    assert ask(home, "from ops.quarantine") == []
