"""A change of what a night depends on gives it another fingerprint; nothing else does."""

from datetime import date
from pathlib import Path

import pytest

from pv.night import spec as specs
from pv.night import steps
from pv.settings import Home
from pv.spec.files import SHIPPED

RECEIVED = date(2024, 3, 31)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose warehouse holds one report, as far as a plan asks."""
    made = Home(tmp_path)
    with steps.warehouse(made) as con:
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


def fingerprint(home: Home, rule: str | None = None) -> str:
    """The fingerprint of the night that the home would have now."""
    return steps.plan(home, specs.of(home, rule), None)["fingerprint"]


@pytest.mark.parametrize(
    ("file", "part", "old", "new"),
    [
        ("retention.toml", "retention", "high = [1.0]", "high = [0.99]"),
        ("spec/retention.toml", "retention", "central = [0.80", "central = [0.81"),
        ("spec/windows.toml", "windows", "last_day = 90", "last_day = 91"),
        ("spec/sequential.toml", "sequential", "alpha = 0.05", "alpha = 0.01"),
        ("spec/sequential.toml", "sequential", "# horizon = 10.0", "horizon = 10.0"),
        ("spec/linkage.toml", "linkage", "m = 0.98", "m = 0.97"),
        ("spec/rule.toml", "rules/default", "n_min = 3", "n_min = 4"),
    ],
)
def test_each_part_of_the_specification_is_in_the_fingerprint(
    home: Home, file: str, part: str, old: str, new: str
) -> None:
    before = fingerprint(home)
    shipped = (SHIPPED / f"{part}.toml").read_text(encoding="utf-8")
    assert shipped.count(old) == 1
    (home.root / "spec").mkdir()
    (home.root / file).write_text(shipped, encoding="utf-8")
    assert fingerprint(home) == before, "the same is asked, by another file"

    (home.root / file).write_text(shipped.replace(old, new), encoding="utf-8")

    assert fingerprint(home) != before


@pytest.mark.parametrize("setting", ["seed = 2", "sequential_horizon = 12.0"])
def test_what_the_settings_ask_is_in_the_fingerprint(home: Home, setting: str) -> None:
    before = fingerprint(home)

    (home.root / "poolvigil.toml").write_text(f"{setting}\n", encoding="utf-8")

    assert fingerprint(home) != before


@pytest.mark.parametrize("setting", ["threads = 1", 'memory_limit = "2GB"', "keep_snapshots = 3"])
def test_how_to_compute_is_not_in_the_fingerprint(home: Home, setting: str) -> None:
    before = fingerprint(home)

    (home.root / "poolvigil.toml").write_text(f"{setting}\n", encoding="utf-8")

    assert fingerprint(home) == before
