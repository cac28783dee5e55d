"""A change of what a night depends on gives it another fingerprint; nothing else does."""

from datetime import date
from pathlib import Path

import pytest

from pv.night import held, planning, step_state, writer
from pv.night import spec as specs
from pv.night.run import Run
from pv.settings import Home
from pv.spec.files import SHIPPED

RECEIVED = date(2024, 3, 31)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose warehouse holds one report, as far as a plan asks."""
    made = Home(tmp_path)
    with writer.warehouse(made) as con:
        con.execute(
            """
            insert into staging.report by name
            select 'faers' as source, 1 as file_id, 1 as line, '1' as source_report_id,
                '2024Q1' as release, 'FDA' as authority, 1 as authority_rank,
                '1' as source_case_id, 'report' as action, $received as receipt_date,
                [] as unparsed
            """,
            {"received": RECEIVED},
        )
    return made


def run(home: Home, rule: str | None = None) -> Run:
    """The night that the home would have now."""
    return planning.plan(home, specs.of(home, rule), None)


def changed(before: Run, after: Run) -> list[str]:
    """The steps whose fingerprints differ, the signals by their state."""
    names = ("cases", "state_id", "snapshot", "report")
    return [name for name in names if getattr(before, name) != getattr(after, name)]


@pytest.mark.parametrize(
    ("file", "part", "old", "new"),
    [
        ("retention.toml", "retention", "low = [0.60", "low = [0.59"),
        ("spec/retention.toml", "retention", "central = [0.80", "central = [0.81"),
        ("spec/windows.toml", "windows", "last_day = 90", "last_day = 91"),
        ("spec/sequential.toml", "sequential", "alpha = 0.05", "alpha = 0.01"),
        ("spec/sequential.toml", "sequential", "# horizon = 10.0", "horizon = 10.0"),
        ("spec/linkage.toml", "linkage", "m = 0.98", "m = 0.97"),
        ("spec/receipt.toml", "receipt", "grace_days = 7", "grace_days = 8"),
        ("spec/rule.toml", "rules/default", "n_min = 3", "n_min = 4"),
    ],
)
def test_each_part_of_the_specification_is_in_all_fingerprints_but_that_of_the_cases(
    home: Home, file: str, part: str, old: str, new: str
) -> None:
    before = run(home)
    shipped = (SHIPPED / f"{part}.toml").read_text(encoding="utf-8")
    assert shipped.count(old) == 1
    (home.root / "spec").mkdir()
    (home.root / file).write_text(shipped, encoding="utf-8")
    assert run(home) == before, "the same is asked, by another file"

    (home.root / file).write_text(shipped.replace(old, new), encoding="utf-8")

    assert changed(before, run(home)) == ["state_id", "snapshot", "report"]


@pytest.mark.parametrize("setting", ["seed = 2", "sequential_horizon = 12.0"])
def test_what_the_settings_ask_is_in_them_too(home: Home, setting: str) -> None:
    before = run(home)

    (home.root / "poolvigil.toml").write_text(f"{setting}\n", encoding="utf-8")

    assert changed(before, run(home)) == ["state_id", "snapshot", "report"]


@pytest.mark.parametrize("setting", ["threads = 1", 'memory_limit = "2GB"', "keep_snapshots = 3"])
def test_how_to_compute_is_in_none(home: Home, setting: str) -> None:
    before = run(home)

    (home.root / "poolvigil.toml").write_text(f"{setting}\n", encoding="utf-8")

    assert run(home) == before


def test_a_rule_that_is_named_goes_into_them(home: Home) -> None:
    assert changed(run(home), run(home, "ema")) == ["state_id", "snapshot", "report"]


def test_the_vocabulary_of_the_home_is_in_all(home: Home) -> None:
    before = run(home)
    (home.root / "vocab").mkdir()

    (home.root / "vocab" / "salt.csv").write_text("salt\n", encoding="utf-8")

    assert changed(before, run(home)) == ["cases", "state_id", "snapshot", "report"]


@pytest.mark.parametrize(
    ("status", "steps_changed"),
    [("ok", ["cases", "state_id", "snapshot", "report"]), ("failed", ["snapshot", "report"])],
)
def test_a_file_that_cannot_be_read_changes_no_case(
    home: Home, status: str, steps_changed: list[str]
) -> None:
    before = run(home)
    with writer.warehouse(home) as con:
        con.execute(
            """
            insert into ops.source_file by name
            select 1 as file_id, 'faers' as source, 'a.zip' as name, 'ab' as sha256,
                0 as rows_read, 0 as rows_kept, 0 as rows_quarantined, $status as status
            """,
            {"status": status},
        )

    assert changed(before, run(home)) == steps_changed


def test_what_is_due_is_what_is_not_done(home: Home) -> None:
    tonight = run(home)
    assert tonight.due == ("cases", "signals", "snapshot", "report", "publish")

    with writer.warehouse(home) as con:
        step_state.mark_done(con, "cases", tonight.cases)
    assert run(home).due == ("signals", "snapshot", "report", "publish")

    with writer.warehouse(home) as con:
        step_state.mark_done(con, "signals", tonight.state_id)
    assert run(home).due == ("snapshot", "report", "publish")
    assert run(home, "ema").due == ("signals", "snapshot", "report", "publish")


def test_what_is_held_makes_another_snapshot_and_no_other_case(home: Home) -> None:
    before = run(home)
    file = held.Held("redelivery", "faers", "a.zip", "it has 2 of 40 rows", "accept it")
    date_ = held.Held("lock_point", "faers", "b.zip", "it jumps", "mend it")

    with writer.warehouse(home) as con:
        held.write(con, ["redelivery"], [file])
        held.write(con, ["lock_point"], [date_])
        assert held.read(con) == [date_, file]
    both = run(home)
    with writer.warehouse(home) as con:
        held.write(con, ["lock_point"], [])
        assert held.read(con) == [file]
    one = run(home)
    with writer.warehouse(home) as con:
        held.write(con, ["redelivery"], [])

    assert changed(before, both) == changed(both, one) == ["snapshot", "report"]
    assert run(home) == before
