"""The scenarios' homes: the same bytes for a seed, simulated at every turn, true to the truth."""

import hashlib
import io
import json
import tomllib
import zipfile
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pv.simulate.scenarios import rate_files
from pv.simulate.scenarios.rate_scenario import draw
from pv.simulate.scenarios.registry import MAKERS, make, write
from pv.simulate.scenarios.scenario import streams
from pv.simulate.scenarios.traps import LOT, LOT_CASES, NOTICE, PERSONS
from pv.stats import disproportionality, information, sequential

RATE = ("pml_like", "t_cell_lymphoma_like", "null")
TRAPS = tuple(name for name in MAKERS if name not in RATE)


@cache
def read_table(home: Path, name: str) -> pl.DataFrame:
    parts = []
    for path in sorted((home / "inbox" / "faers").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            member = next(m for m in archive.namelist() if m.startswith(f"ASCII/{name}"))
            data = io.BytesIO(archive.read(member))
        parts.append(pl.read_csv(data, separator="$", quote_char=None, infer_schema=False))
    return pl.concat(parts)


@dataclass(frozen=True)
class Home:
    path: Path

    @property
    def truth(self) -> dict[str, Any]:
        return json.loads((self.path / "truth.json").read_text(encoding="utf-8"))

    def table(self, name: str) -> pl.DataFrame:
        """A FAERS table of all quarters, every value as text."""
        return read_table(self.path, name)

    def joint(self) -> pl.DataFrame:
        """Latest version of every case with the scenario's product as suspect and its event."""
        truth = self.truth
        name = f"(?i)^({truth['product']}|{truth['substance']})"
        drug = self.table("DRUG").filter(
            pl.col("drugname").str.contains(name) & (pl.col("role_cod") != "C")
        )
        event = self.table("REAC").filter(pl.col("pt") == truth["event"])
        return (
            self.table("DEMO")
            .join(drug.select("primaryid").unique(), on="primaryid")
            .join(event.select("primaryid").unique(), on="primaryid")
            .with_columns(pl.col("caseversion").cast(pl.Int64))
            .sort("caseid", "caseversion")
            .group_by("caseid", maintain_order=True)
            .last()
        )


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    folder = tmp_path_factory.mktemp("scenarios")
    for name in MAKERS:
        write(name, 3, folder / name)
    return {name: Home(folder / name) for name in MAKERS}


def checksums(home: Path) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["pml_like", "duplicate_inflated", "stimulated_reporting"])
def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(
    homes: dict[str, Home], tmp_path: Path, name: str
) -> None:
    write(name, 3, tmp_path / "again")
    write(name, 4, tmp_path / "other")

    first, other = checksums(homes[name].path), checksums(tmp_path / "other")
    assert checksums(tmp_path / "again") == first
    assert other.keys() == first.keys()
    constant = {"vocab/notice.csv", "poolvigil.toml"}
    assert [f for f in first if other[f] == first[f] and f not in constant] == []


@pytest.mark.parametrize("name", MAKERS)
def test_everything_says_that_it_is_simulated(homes: dict[str, Home], name: str) -> None:
    home = homes[name].path
    for path in sorted(home.rglob("*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                assert b"SIMULATED DATA" in archive.read("README_SIMULATED.txt")
        elif path.is_file():
            assert "simulated" in path.read_text(encoding="utf-8"), path
    senders = homes[name].table("DEMO")["mfr_sndr"]
    assert senders.str.starts_with("SIMULATED").all()


@pytest.mark.parametrize("name", MAKERS)
def test_the_truth_names_the_pair_its_arm_and_one_verdict(
    homes: dict[str, Home], name: str
) -> None:
    truth = homes[name].truth
    assert truth["simulated"] is True
    assert (truth["scenario"], truth["seed"]) == (name, 3)
    assert truth["analysis"] == ("rate" if name in RATE else "disproportionality")
    assert len(truth["expected_verdicts"]) == 1


@pytest.mark.parametrize("name", MAKERS)
def test_the_files_hold_the_cases_of_the_truth_country_by_country(
    homes: dict[str, Home], name: str
) -> None:
    found = homes[name].joint()
    shown = found.select(pl.coalesce("occr_country", "reporter_country"))
    counts = dict(shown.to_series().value_counts().iter_rows())
    # A case may be told without its country, about one in 300.
    missing = sum(counts.pop(place, 0) for place in (None, "COUNTRY NOT SPECIFIED"))

    assert found.height == sum(homes[name].truth["cases"].values())
    assert missing <= 1
    assert all(counts[k] <= homes[name].truth["cases"][k] for k in counts)
    assert sum(counts.values()) == found.height - missing


@pytest.mark.parametrize("name", MAKERS)
def test_joint_cases_have_exact_days_in_the_right_order(homes: dict[str, Home], name: str) -> None:
    home = homes[name]
    started = (
        home.table("THER").filter(pl.col("dsg_drug_seq") == "1").select("primaryid", "start_dt")
    )
    found = (
        home.joint()
        .join(started, on="primaryid", how="left")
        .with_columns(pl.col("event_dt", "init_fda_dt", "start_dt").str.to_date("%Y%m%d"))
    )

    assert found.select(pl.col("event_dt", "start_dt").is_null().any()).row(0) == (False, False)
    assert (found["start_dt"] <= found["event_dt"]).all()
    # FAERS pads: a first of the month would be read as known to the month only.
    assert not (found["event_dt"].dt.day() == 1).any()
    delay = (found["init_fda_dt"] - found["event_dt"]).dt.total_days()
    assert delay.is_between(1, 150).all()


@pytest.mark.parametrize("name", RATE)
def test_exposure_is_the_patients_of_the_draw_by_month_of_treatment(
    homes: dict[str, Home], name: str
) -> None:
    home = homes[name]
    scenario = rate_files.RATES[name]
    treated = draw(scenario, streams(3)[1])
    table = pl.read_csv(
        home.path / "inbox" / "exposure" / "exposure_simulated.csv", try_parse_dates=True
    )

    by_country = dict(table.group_by("country").agg(pl.col("patients").sum()).iter_rows())
    assert by_country == {k: v["patients"] for k, v in home.truth["by_country"].items()}
    assert sum(by_country.values()) == scenario.patients == home.truth["pool"]["patients"]
    assert np.bincount(treated.country).tolist() == [
        v["patients"] for v in home.truth["by_country"].values()
    ]
    assert (table["period_start"].dt.day() == 1).all()
    assert (table["period_end"] == table["period_start"].dt.month_end()).all()
    # a month in which nobody was treated has a row too
    months = table.group_by("country").agg(pl.col("period_start"))["period_start"].to_list()
    assert all(each == months[0] for each in months)
    assert (table["period_start"].unique().sort().diff().drop_nulls().dt.total_days() <= 31).all()


@pytest.mark.parametrize("name", RATE)
def test_the_truths_expectation_is_the_background_rate_times_the_person_time(
    homes: dict[str, Home], name: str
) -> None:
    """The rate as the file gives it; person-time summed patient by patient."""
    home = homes[name]
    scenario = rate_files.RATES[name]
    treated = draw(scenario, streams(3)[1])
    rates = pl.read_csv(home.path / "inbox" / "background" / "background_simulated.csv")
    ((event, rate),) = rates.select("event", "rate_per_100k").iter_rows()
    years = float((scenario.end_day - treated.treated_day).sum()) / 365.25

    assert event == home.truth["event"]
    assert home.truth["pool"]["person_years"] == pytest.approx(years, rel=1e-6)
    assert home.truth["pool"]["expected"] == pytest.approx(years * rate / 1e5, rel=1e-5)
    summed = sum(v["expected"] for v in home.truth["by_country"].values())
    assert summed == pytest.approx(home.truth["pool"]["expected"], abs=1e-4)


@pytest.mark.parametrize(("horizon", "value"), rate_files.CRITICAL_VALUE.items())
def test_the_truths_critical_values_are_those_of_the_exact_recursion(
    horizon: float, value: float
) -> None:
    exact = sequential.critical_value_poisson(horizon, minimum=rate_files.MINIMUM)
    assert value == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_the_truths_signal_is_maxsprt_at_the_receipts(seed: int) -> None:
    """Pool and countries again, one receipt at a time."""
    made = make("pml_like", seed)
    rates = rate_files.PML_LIKE
    treated = draw(rates, streams(seed)[1])
    first = rate_files.first_day(rates)
    places = {"pool": np.ones(rates.patients, bool)} | {
        name: treated.country == k for k, name in enumerate(made.world.countries[:10])
    }
    for name, here in places.items():
        told = made.truth["pool"] if name == "pool" else made.truth["by_country"][name]
        of = slice(None) if name == "pool" else made.target.country == list(places).index(name) - 1
        signal = None
        for n, day in enumerate(sorted(made.target.receipt[of].tolist()), 1):
            since = day - first - treated.treated_day[here]
            expected = since[since > 0].sum() / 365.25 * 2e-5
            value = sequential.llr(n, expected)
            if n >= 3 and value >= sequential.critical_value_poisson(1.0, minimum=3) and not signal:
                signal = np.datetime64(day, "D").astype(date).isoformat()
        assert told["first_signal"] == signal
        assert told["signal"] is (signal is not None)


def test_settings_are_written_for_the_rate_scenarios(homes: dict[str, Home]) -> None:
    text = (homes["pml_like"].path / "poolvigil.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {"sequential_horizon": 1.0}
    assert not (homes["simpson_trap"].path / "poolvigil.toml").exists()


def test_the_duplicates_are_persons_told_of_twice(homes: dict[str, Home]) -> None:
    """Two countries, other days, ages a year apart at most, the same events: no exact key."""
    home = homes["duplicate_inflated"]
    events = home.table("REAC").group_by("primaryid").agg(pl.col("pt").sort().str.join("|"))
    found = (
        home.joint()
        .join(events, on="primaryid")
        .with_columns(pl.col("event_dt").str.to_date("%Y%m%d"), pl.col("age").cast(pl.Int64))
    )
    assert found.height == 2 * PERSONS
    pairs = found.join(found, on=["sex", "pt"], how="inner", suffix="_2", nulls_equal=True).filter(
        (pl.col("caseid") < pl.col("caseid_2"))
        & ((pl.col("event_dt") - pl.col("event_dt_2")).dt.total_days().abs() <= 5)
        & ((pl.col("age") - pl.col("age_2")).abs() <= 1)
    )
    assert pairs.height == PERSONS
    assert (pairs["occr_country"] != pairs["occr_country_2"]).all()
    assert (pairs["event_dt"] != pairs["event_dt_2"]).all()
    number = pl.col("mfr_num").str.replace(r"^[A-Z]{2}-", "")
    assert found.select(number.n_unique()).item() == found.height


@pytest.mark.parametrize("name", ["duplicate_inflated", "stimulated_reporting"])
def test_no_country_has_the_three_cases_of_a_signal(name: str) -> None:
    assert max(make(name, seed).target.joint.max() for seed in range(20)) == 2


def test_the_flood_comes_after_the_notice_and_the_notice_is_the_vocabularys(
    homes: dict[str, Home],
) -> None:
    home = homes["stimulated_reporting"]
    ((product, event, day),) = (
        pl.read_csv(home.path / "vocab" / "notice.csv", infer_schema=False)
        .select("product_id", "event", "notice_date")
        .iter_rows()
    )
    received = home.joint()["init_fda_dt"].str.to_date("%Y%m%d")

    assert (product, event) == (home.truth["product"].lower(), home.truth["event"])
    assert date.fromisoformat(day) == NOTICE
    before = home.truth["parameters"]["cases_before_the_notice"]
    assert (received < NOTICE).sum() == before < (received > NOTICE).sum() / 2


def test_in_the_simpson_trap_product_and_event_are_unrelated_within_countries() -> None:
    """Over 50 seeds, in every country: as many joint cases as takers x share of the event."""
    made = [make("simpson_trap", seed) for seed in range(50)]
    joint = np.array([each.target.joint for each in made])
    expected = np.array(
        [
            each.target.takers * (each.target.joint + each.target.others) / each.world.case_counts
            for each in made
        ]
    )
    error = np.sqrt(expected.sum(axis=0))
    assert (np.abs((joint - expected).sum(axis=0)) <= 3 * error + 1e-9).all()
    # Collapsed they are related: a quarter of it would be expected.
    together = np.mean(
        [
            each.target.takers.sum()
            * (each.target.joint + each.target.others).sum()
            / each.world.case_counts.sum()
            for each in made
        ]
    )
    assert together < joint.sum(axis=1).mean() / 4


def test_the_bad_lot_is_in_one_country_and_on_its_harmed_only(homes: dict[str, Home]) -> None:
    home = homes["single_country_quality_defect"]
    about = home.truth["parameters"]
    bad = home.table("DRUG").filter(pl.col("lot_num") == LOT)["primaryid"].unique()
    lot = home.joint().filter(pl.col("primaryid").is_in(bad.implode()))

    assert lot.height == about["harmed_by_it"] <= LOT_CASES
    assert set(lot["occr_country"].drop_nulls()) == {about["country"]}
    assert (
        home.table("DEMO").filter(pl.col("primaryid").is_in(bad.implode()))["caseid"].n_unique()
        == lot.height
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_defects_truth_is_the_default_rule_on_its_countrys_table(seed: int) -> None:
    made = make("single_country_quality_defect", seed)
    target, k = made.target, 1
    a = float(target.joint[k])
    b, c = float(target.takers[k]) - a, float(target.others[k])
    d = float(made.world.case_counts[k]) - a - b - c
    expected = (a + b) * (a + c) / (a + b + c + d)
    flags = a >= 3 and information.ic(a, expected).lower > 0
    ror = disproportionality.ror(a, b, c, d).lower
    flags = flags and (np.isnan(ror) or ror > 1)

    assert (made.truth["expected_verdicts"] == ["country_signal"]) == bool(flags)
