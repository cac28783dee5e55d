"""The backtest on real cases, the whole way: load, replay by quarter up to June 2010, backtest.

The files are no part of the repository: they lie beside the checkout. Without them these tests
are skipped, but never in CI. docs/backtest.md has the result of the looks up to 2019.
"""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

CHECKOUT = Path(__file__).parents[2]
REAL = CHECKOUT.parent / "shared" / "real"
# The wording that the European working party asked for all dopamine agonists and levodopa.
EUROPEAN_WORDING = "2006-07-01"
GAMBLING, HYPERSEXUALITY = "gambling", "hypersexuality"


@pytest.fixture(scope="module")
def real() -> Path:
    if not REAL.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{REAL} is not there: in CI the real backtest must run")
        pytest.skip(f"{REAL} is not there")
    return REAL


@pytest.fixture(scope="module")
def said(real: Path, once) -> dict[str, Any]:
    """What the backtest says: 20 looks from September 2005 to June 2010, and the latest."""

    def make(home: Path) -> dict[str, Any]:
        made = home / "home"
        script = CHECKOUT / "tools" / "real_backtest.py"
        subprocess.run([sys.executable, script, real, made], check=True)
        program = Path(sys.executable).with_name("poolvigil")
        for arguments in (
            ("replay", "--from", "2005-09", "--to", "2010-06", "--every", "quarter"),
            ("backtest", "--truth", made / "truth.csv"),
        ):
            done = subprocess.run(
                [program, *arguments, "--home", made, "--json"],
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

    assert found["first_watch"] <= found["first_confirmed"] < EUROPEAN_WORDING
    assert found["first_confirmed"] < found["first_country"]
    assert found["gain"]["days"] > 0


def test_no_case_of_gambling_after_bromocriptine_had_come_before_that_wording(
    real: Path, pairs
) -> None:
    """So no rule can find it there by then; the pool watched it before the first country all the
    same."""
    rows = pl.concat(
        pl.read_excel(file, infer_schema_length=0).select(
            "Case ID", "Initial FDA Received Date", "Suspect Product Active Ingredients",
            "Reactions",
        )
        for file in sorted((real / "faers_dashboard").glob("*.xlsx"))
    ).unique("Case ID")  # fmt: skip
    named = rows.filter(
        pl.col("Suspect Product Active Ingredients").str.contains("(?i)bromocriptine"),
        pl.col("Reactions").str.contains("(?i)gambling"),
    )
    received = [
        datetime.strptime(day, "%d-%b-%Y").date() for day in named["Initial FDA Received Date"]
    ]

    assert str(min(received)) == "2007-08-23" > EUROPEAN_WORDING
    assert pairs["bromocriptine", GAMBLING]["cases"] == named.height == 24


def test_the_country_was_first_where_the_pool_has_no_head_start(pairs) -> None:
    """Aripiprazole is everywhere in these files: the collapsed table would have said 2009."""
    found = pairs["aripiprazole", HYPERSEXUALITY]

    assert found["first_country"].startswith("2010")
    assert found["first_watch"] is None or found["first_watch"] > found["first_country"]


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


def test_everything_that_the_truth_names_is_in_the_data(said: dict[str, Any]) -> None:
    assert said["missing"] == []
    assert said["outside_scope"] == []
