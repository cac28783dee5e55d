"""No wrong date of receipt decides for everybody: nights in this process, on a small inbox."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from pv import quality
from pv.errors import UsageError
from pv.night import held, steps
from pv.night.run import Run
from pv.quality import suites
from pv.quality.suites import Expectation, Suite
from pv.settings import Home
from pv.spec import AnalysisSpec

SPEC = AnalysisSpec.load()
COUNTRIES = ("US", "DE", "FR", "IT")
DRUGS = ("KYMRIAH", "YESCARTA", "ASPIRIN")
EVENTS = ("Nausea", "Pyrexia", "Headache", "Rash", "Sepsis")
MONTHS_AHEAD = date(2025, 5, 20)
TABLES = [
    "ops.source_file", "ops.quarantine", "ops.held", *(t.qualified for t in suites.STAGING),
]  # fmt: skip


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


def night(
    home: Home, *, as_of: date | None = None, clock: date | None = None, recheck: str | None = None
) -> Run:
    """One night, at the time of `clock`; returns what it computed."""
    steps.load(home, SPEC.receipt, recheck)
    if clock is None:
        steps.check(home, SPEC.receipt)
    else:
        with steps.warehouse(home) as con:
            quality.gate(con, home.work, clock, grace_days=SPEC.receipt.grace_days)
    run = steps.plan(home, SPEC, as_of)
    if "cases" in run.due:
        steps.build_cases(home, run.as_of, run.cases)
    if "signals" in run.due:
        steps.judge(home, run, SPEC)
    if "snapshot" in run.due:
        folder = steps.build_snapshot(home, run, SPEC)
        steps.write_report(folder, run.report)
        steps.release(home, folder, run.run_id)
    return run


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def everything(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(ask(home, f"from {name}"), key=repr) for name in TABLES}


def waiting(home: Home) -> list[held.Held]:
    """What the current snapshot tells as held."""
    with duckdb.connect(str(home.current), read_only=True) as con:
        return held.read(con)


def export(home: Home, name: str, received: list[date], made: date | None = None) -> None:
    """A workbook of the dashboard with a case for each date of receipt."""
    path = home.inbox / "faers_dashboard" / name
    path.parent.mkdir(exist_ok=True)
    header = ("Case ID", "Suspect Product Names", "Suspect Product Active Ingredients",
              "Reactions", "Latest FDA Received Date", "Country where Event occurred")  # fmt: skip
    with xlsxwriter.Workbook(path) as book:
        if made is not None:
            book.set_properties({"created": made})
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

    run = night(home)

    assert run.as_of == date(2024, 4, 7)
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

    assert night(home).as_of == date(2024, 3, 31)
    assert ask(home, "from ops.quarantine") == []


def test_a_workbook_holds_nothing_that_came_after_it_was_made(home: Home) -> None:
    export(home, "a.xlsx", [date(2024, 6, 30), MONTHS_AHEAD], made=date(2024, 7, 21))

    assert night(home).as_of == date(2024, 6, 30)
    assert ask(home, "select rule, line from ops.quarantine") == [("receipt_date_after_release", 3)]
    assert ask(home, "select latest_receipt from ops.source_file") == [(date(2024, 7, 21),)]


def test_one_date_ahead_holds_itself_and_nobody_else(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    night(home)
    quarter(home, "24Q2", date(2024, 6, 30))
    export(home, "wrong.xlsx", [date(2024, 6, 1), MONTHS_AHEAD])

    run = night(home)

    assert run.as_of == date(2024, 6, 30)
    [each] = waiting(home)
    assert (each.kind, each.source, each.name) == ("lock_point", "faers_dashboard", "wrong.xlsx")
    assert each.reason.startswith("1 of its reports were received from 2025-05-20 to 2025-05-20, ")
    command = f"poolvigil run --home {home.root} --as-of 2025-05-20"
    assert each.mend.endswith(command)
    # The report is there and does not count; nothing moves in another night.
    assert night(home).due == ()

    assert night(home, as_of=MONTHS_AHEAD).as_of == MONTHS_AHEAD
    assert waiting(home) == []
    assert night(home).due == ()


def test_a_mended_file_holds_nothing(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    export(home, "a.xlsx", [date(2024, 3, 1)])
    night(home)
    export(home, "a.xlsx", [date(2024, 3, 1), MONTHS_AHEAD])
    assert (night(home).as_of, len(waiting(home))) == (date(2024, 3, 31), 1)

    export(home, "a.xlsx", [date(2024, 3, 1), date(2024, 3, 20)])

    assert (night(home).as_of, len(waiting(home))) == (date(2024, 3, 31), 0)


@pytest.mark.parametrize(("days", "is_held"), [(92, False), (93, True)])
def test_more_than_92_days_are_held(home: Home, quarter, days: int, is_held: bool) -> None:
    before = date(2024, 3, 31)
    quarter(home, "24Q1", before)
    night(home)
    export(home, "a.xlsx", [before + timedelta(days=days)])

    assert night(home).as_of == (before if is_held else before + timedelta(days=days))
    assert len(waiting(home)) == is_held


def test_a_backlog_is_held_until_one_command(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    night(home)
    for short, last in [("24Q2", date(2024, 6, 30)), ("24Q3", date(2024, 9, 30)),
                        ("24Q4", date(2024, 12, 31))]:  # fmt: skip
        quarter(home, short, last)

    assert night(home).as_of == date(2024, 6, 30)
    names = {each.name.rpartition("/")[2] for each in waiting(home)}
    assert {"DEMO24Q3.txt", "DEMO24Q4.txt"} <= names
    # Nor does it come in by and by.
    assert night(home).as_of == date(2024, 6, 30)

    assert night(home, as_of=date(2024, 12, 31)).as_of == date(2024, 12, 31)
    assert waiting(home) == []
    assert night(home).due == ()


def test_a_look_back_holds_nothing_of_what_was_there(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31))
    quarter(home, "25Q1", date(2025, 3, 31))
    assert (night(home).as_of, waiting(home)) == (date(2025, 3, 31), [])

    assert night(home, as_of=date(2024, 3, 1)).as_of == date(2024, 3, 1)
    assert (night(home).as_of, waiting(home)) == (date(2025, 3, 31), [])


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2099, 12, 31), "after the latest receipt in the data, which is of 2024-03-31"),
        (date(2024, 4, 1), "after the latest receipt in the data, which is of 2024-03-31"),
        (date(2024, 1, 12), "before the first receipt in the data, which is of 2024-01-13"),
    ],
)
def test_a_day_beside_the_data_is_refused(home: Home, quarter, day: date, said: str) -> None:
    folder = quarter(home, "24Q1", date(2024, 3, 31))
    (folder / "Deleted" / "DELETE24Q1.txt").unlink()

    with pytest.raises(UsageError, match=said) as refused:
        night(home, as_of=day)

    assert refused.value.exit_code == 2
    assert not home.current.exists()


def test_a_clock_that_was_wrong_loses_no_row(home: Home, quarter, tmp_path: Path) -> None:
    """Most rows of the file lie ahead of the wrong clock, and it has left the inbox since."""
    more = tuple(date(2024, 3, 1) for _ in range(80))
    folder = quarter(home, "24Q1", date(2024, 3, 31), more=more)
    export(home, "a.xlsx", [date(2024, 1, 20), date(2024, 3, 20)])
    right = Home(tmp_path / "right")
    (home.root / "inbox").rename(tmp_path / "inbox")
    for each in (home, right):
        each.root.mkdir(exist_ok=True)
        each.inbox.symlink_to(tmp_path / "inbox")
    night(right)

    night(home, clock=date(2024, 1, 31))
    asked = "select count(*) from ops.quarantine where rule = 'receipt_date_in_future'"
    assert ask(home, asked) > [(100,)]
    assert {status for (status,) in ask(home, "select status from ops.source_file")} == {"ok"}
    demo = tmp_path / "inbox" / folder.relative_to(home.inbox) / "ASCII" / "DEMO24Q1.txt"
    (tmp_path / "inbox" / "faers_dashboard" / "a.xlsx").unlink()
    kept = demo.read_bytes()
    demo.unlink()

    run = night(home)

    demo.write_bytes(kept)
    assert run.as_of == date(2024, 3, 31)
    assert everything(home) == everything(right)


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


def test_a_mended_rule_gives_its_rows_back_without_a_delivery(
    home: Home, quarter, stricter, tmp_path: Path
) -> None:
    """Of text files, where a line is a row, and of a workbook, where it is several."""
    quarter(home, "24Q1", date(2024, 3, 31))
    # All but one of its rows are French, so that the file fails as a whole.
    export(home, "a.xlsx", [date(2024, 3, 1) for _ in range(3)])
    stricter(True)
    night(home)
    stricter(False)
    held_back = ask(home, "select count(distinct (file_id, line)) from ops.quarantine")
    assert held_back == [(10 + 3,)]
    assert night(home).due == (), "a rule is not asked again unless somebody says so"

    with pytest.raises(UsageError, match="no rule 'from_spain'; rows are held by: from_france"):
        night(home, recheck="from_spain")
    run = night(home, recheck="from_france")

    assert run.due[0] == "cases"
    right = Home(tmp_path / "right")
    right.root.mkdir()
    right.inbox.symlink_to(home.inbox)
    night(right)
    assert everything(home) == everything(right)
    assert night(home, recheck="all").due == ()


def test_a_date_that_an_earlier_version_let_in_is_set_aside(home: Home, quarter) -> None:
    quarter(home, "24Q1", date(2024, 3, 31), more=(MONTHS_AHEAD,))
    limits = "update ops.source_file set latest_receipt = "
    steps.load(home)
    with steps.warehouse(home) as con:
        con.execute(f"{limits} null")
    assert night(home).as_of == MONTHS_AHEAD
    with steps.warehouse(home) as con:
        con.execute(f"{limits} date '2024-03-31'")

    assert night(home).as_of == date(2024, 3, 31)
    assert ask(home, "select rule from ops.quarantine") == [("receipt_date_after_release",)]
