"""The backtest on real cases, the whole way: load, replay, night, backtest.

The files are no part of the repository: they lie beside the checkout. Without them these tests
are skipped, but never in CI. Of the cases those are taken that were received by June 2010, in one
workbook; docs/backtest.md has the result of all.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

CHECKOUT = Path(__file__).parents[2]
REAL = CHECKOUT.parent / "shared" / "real"
# The wording that the European working party asked for all dopamine agonists and levodopa.
EUROPEAN_WORDING = "2006-07-01"
RECEIVED, LAST_DAY = "Initial FDA Received Date", pl.date(2010, 6, 30)
# What was first received by then has versions up to this day: the last look.
LATEST = "2019-03-12"
GAMBLING, HYPERSEXUALITY = "gambling", "hypersexuality"


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Every row of every workbook, as written, with the day of first receipt."""
    if not REAL.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{REAL} is not there: in CI the real backtest must run")
        pytest.skip(f"{REAL} is not there")
    written = pl.concat(
        pl.read_excel(file, infer_schema_length=0)
        for file in sorted((REAL / "faers_dashboard").glob("*.xlsx"))
    )
    return written.with_columns(day=pl.col(RECEIVED).str.to_date("%d-%b-%Y"))


@pytest.fixture(scope="module")
def said(rows: pl.DataFrame, once) -> dict[str, Any]:
    """What the backtest says: the looks of January to April 2006, and the latest."""

    def make(folder: Path) -> dict[str, Any]:
        workbooks, home = folder / "real" / "faers_dashboard", folder / "home"
        workbooks.mkdir(parents=True)
        (folder / "real" / "backtest").symlink_to(REAL / "backtest")
        few = rows.filter(pl.col("day") <= LAST_DAY).drop("day").unique(maintain_order=True)
        few.write_excel(workbooks / "Received_by_June_2010.xlsx")
        script = CHECKOUT / "tools" / "real_backtest.py"
        subprocess.run([sys.executable, script, folder / "real", home], check=True)
        program = Path(sys.executable).with_name("poolvigil")
        for arguments in (
            ("replay", "--from", "2006-01", "--to", "2006-04"),
            ("backtest", "--truth", home / "truth.csv"),
        ):
            done = subprocess.run(
                [program, *arguments, "--home", home, "--json"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return once("real_backtest", make)[1]


@pytest.fixture(scope="module")
def pairs(said: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """What is said of each pair, by product and event of the truth."""
    return {(pair["product"], pair["event"]): pair for pair in said["pairs"]}


def test_the_pool_saw_gambling_before_the_european_wording_and_before_any_country(pairs) -> None:
    """Ropinirole, on cases with known countries: confirmed, too."""
    found = pairs["ropinirole", GAMBLING]

    assert found["first_watch"] == found["first_confirmed"] == "2006-02-28" < EUROPEAN_WORDING
    assert (found["first_country"], found["countries"]) == ("2006-04-30", ["US"])
    assert found["gain"] == {"days": 31 + 30, "at_least": False}


def test_no_case_of_gambling_after_bromocriptine_had_come_before_that_wording(
    rows: pl.DataFrame, pairs
) -> None:
    """So no rule can find it there by then."""
    named = rows.filter(
        pl.col("Suspect Product Active Ingredients").str.contains("(?i)bromocriptine"),
        pl.col("Reactions").str.contains("(?i)gambling"),
    )

    assert named["Case ID"].n_unique() == 24
    assert str(named["day"].min()) == "2007-08-23" > EUROPEAN_WORDING
    assert (pairs["bromocriptine", GAMBLING]["first_pool"] or "never") > EUROPEAN_WORDING


def test_the_country_was_first_where_the_pool_has_no_head_start(pairs) -> None:
    """Aripiprazole is everywhere in these files: what the pool expects is high."""
    found = pairs["aripiprazole", HYPERSEXUALITY]

    assert (found["first_country"], found["countries"]) == (LATEST, ["DE"])
    assert (found["first_watch"], found["first_confirmed"]) == (None, None)


def test_no_clean_control_is_confirmed_at_any_look(said: dict[str, Any]) -> None:
    confirmed = [
        (pair["product"], pair["event"], pair["first_confirmed_by_any"])
        for pair in said["pairs"]
        if pair["kind"] == "control" and pair["first_confirmed_by_any"]
    ]

    assert said["counts"]["control"] == 45
    assert confirmed == []


def test_reports_without_a_country_are_counted(pairs) -> None:
    found = pairs["pramipexole", GAMBLING]

    assert 0 < found["cases_without_country"] < found["cases"]


def test_every_product_of_the_truth_is_in_scope(said: dict[str, Any]) -> None:
    assert said["looks"] == 5
    assert said["outside_scope"] == []
