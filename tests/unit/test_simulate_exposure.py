"""Simulated exposure and background rates, in the documented layouts."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import poisson

from pv.simulate.scenarios.planted import PLANTED, Plan, build_plan
from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.exposure_writer import write_background, write_exposure
from pv.simulate.world.world import World, build_world


@pytest.fixture(scope="module")
def planned() -> tuple[World, Plan]:
    rng = np.random.default_rng(1)
    world = build_world(cases=30_000, countries=15, substances=5, invented_events=5, rng=rng)
    return world, build_plan(world, rng)


def exposure(planned: tuple[World, Plan], folder: Path) -> pl.DataFrame:
    return pl.read_csv(write_exposure(*planned, 1, folder))


def test_exposure_has_the_documented_header_and_says_simulated(
    planned: tuple[World, Plan], tmp_path: Path
) -> None:
    path = write_exposure(*planned, 1, tmp_path)
    header = "product,country,period_start,period_end,patients,person_years,quality,source"
    assert path.read_text(encoding="utf-8").splitlines()[0] == header
    table = pl.read_csv(path)
    assert table["source"].str.contains("simulated").all()
    assert (table["quality"] == "simulated").all()


def test_each_row_gives_patients_or_person_years_and_both_forms_occur(
    planned: tuple[World, Plan], tmp_path: Path
) -> None:
    table = exposure(planned, tmp_path)
    assert (table["patients"].is_null() ^ table["person_years"].is_null()).all()
    assert table["person_years"].count() > 0
    assert table["patients"].count() > 0
    assert "WORLD" in table["country"].to_list()


def test_twenty_patients_are_treated_for_each_case_of_a_product_and_country(
    planned: tuple[World, Plan], tmp_path: Path
) -> None:
    world, plan = planned
    kymriah = [therapy.brand for therapy in THERAPIES].index("KYMRIAH")
    table = exposure(planned, tmp_path).filter(pl.col("product") == "Kymriah")
    for country, cases in zip(world.countries, plan.product_cases[kymriah], strict=True):
        assert table.filter(pl.col("country") == country)["patients"].sum() == 20 * cases


def test_a_place_with_patients_has_a_row_for_every_year(
    planned: tuple[World, Plan], tmp_path: Path
) -> None:
    rows = exposure(planned, tmp_path).group_by("product", "country").len()["len"]
    assert rows.unique().to_list() == [6]


def test_background_has_the_documented_header_and_a_rate_for_every_planted_event(
    tmp_path: Path,
) -> None:
    path = write_background(1, tmp_path)
    header = (
        "event,country,sex,age_low,age_high,rate_per_100k,rate_low,rate_high,events,"
        "person_years,period,standard,source"
    )
    assert path.read_text(encoding="utf-8").splitlines()[0] == header
    assert set(pl.read_csv(path)["event"]) == {event for _, _, event, _ in PLANTED}


def test_background_limits_are_exact_poisson_limits(tmp_path: Path) -> None:
    table = pl.read_csv(write_background(1, tmp_path))
    events = table["events"].to_numpy()
    years = table["person_years"].to_numpy() / 1e5
    assert (table["rate_per_100k"] * years).to_numpy() == pytest.approx(events, abs=0.5)
    # Garwood: at the lower limit P(X >= x) = 2.5%, at the upper P(X <= x) = 2.5%.
    low, high = (table[name].to_numpy() * years for name in ("rate_low", "rate_high"))
    assert poisson.sf(events - 1, low) == pytest.approx(0.025, rel=0.01)
    assert poisson.cdf(events, high) == pytest.approx(0.025, rel=0.01)
