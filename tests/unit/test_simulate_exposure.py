"""Simulated exposure and background rates, in the documented layouts."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import poisson

from pv.simulate.scenarios.demo import background
from pv.simulate.scenarios.planted import PLANTED, build_plan
from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.exposure_writer import write_background, write_exposure
from pv.simulate.world.follow_up import follow_up
from pv.simulate.world.plan import Plan
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.world import World, build_world


@pytest.fixture(scope="module")
def planned() -> tuple[World, Plan]:
    rng = np.random.default_rng(1)
    world = build_world(cases=30_000, countries=15, substances=5, invented_events=5, rng=rng)
    return world, build_plan(world, rng)


QUARTERS = quarter_range(Quarter(2023, 1), Quarter(2025, 3))
RATES = {("Gout", "WORLD"): 150.0, ("Gout", "DE"): 120.5, ("Uveitis", "WORLD"): 0.5}


def exposure(planned: tuple[World, Plan], folder: Path) -> pl.DataFrame:
    path = write_exposure(*planned, QUARTERS, 1, folder)
    return pl.read_csv(path, try_parse_dates=True, infer_schema_length=None)


def test_exposure_has_the_documented_header_and_says_simulated(
    planned: tuple[World, Plan], tmp_path: Path
) -> None:
    path = write_exposure(*planned, QUARTERS, 1, tmp_path)
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


@pytest.mark.parametrize("brand", ["KYMRIAH", "LUXTURNA", "HEMGENIX"])
def test_for_each_case_of_a_product_and_country_patients_are_followed_for_the_planned_person_years(
    planned: tuple[World, Plan], tmp_path: Path, brand: str
) -> None:
    """Summed patient by patient: treated evenly over a quarter, alive as the therapy has it."""
    world, plan = planned
    number = [therapy.brand for therapy in THERAPIES].index(brand)
    lost = -np.log(THERAPIES[number].yearly_survival)
    table = exposure(planned, tmp_path).filter(pl.col("product") == brand.capitalize())
    for country, cases in zip(world.countries, plan.product_cases[number], strict=True):
        here = table.filter(pl.col("country") == country).sort("period_start")
        if here.is_empty():
            assert cases == 0
            continue
        if here["patients"].null_count():
            years = here["person_years"].sum()
        else:
            grid = np.arange(0.5, 100) / 100
            years = 0.0
            for patients, quarter in zip(here["patients"], QUARTERS, strict=True):
                end = (QUARTERS[-1].next.first_day - quarter.first_day).days
                left = (end - grid * quarter.days) / 365.25
                lived = (1 - np.exp(-lost * left)) / lost if lost else left
                years += patients * lived.mean()
        assert years == pytest.approx(cases * plan.person_years, abs=4)


def test_a_place_with_patients_has_a_row_for_every_quarter(
    planned: tuple[World, Plan], tmp_path: Path
) -> None:
    table = exposure(planned, tmp_path)
    assert table.group_by("product", "country").len()["len"].unique().to_list() == [len(QUARTERS)]
    assert (table["period_start"].unique().sort() == [q.first_day for q in QUARTERS]).all()
    assert (table["period_end"].unique().sort() == [q.last_day for q in QUARTERS]).all()


def test_person_years_of_a_quarter_are_those_of_its_patients_and_of_the_survivors_before() -> None:
    """One quarter of 90 days: whoever is treated on a day lives what is left of it."""
    followed = follow_up((Quarter(2023, 1),), 1.0)
    assert followed.person_years() == pytest.approx([45 / 365.25])
    two = follow_up((Quarter(2023, 1), Quarter(2023, 2)), 0.5)
    first, second = two.treated
    half = np.log(2) / 365.25
    grid = np.arange(0.5, 90)
    carried = (np.exp(-half * (90 - grid)) * (1 - np.exp(-half * 91))).mean() / half
    new = ((1 - np.exp(-half * (91 - np.arange(0.5, 91)))) / half).mean()
    assert two.person_years()[1] == pytest.approx((first * carried + second * new) / 365.25, 1e-3)


def test_background_has_the_documented_header_and_the_rates_given(tmp_path: Path) -> None:
    path = write_background(1, tmp_path, RATES)
    header = (
        "event,country,sex,age_low,age_high,rate_per_100k,rate_low,rate_high,events,"
        "person_years,period,standard,source"
    )
    assert path.read_text(encoding="utf-8").splitlines()[0] == header
    found = pl.read_csv(path)
    assert {(e, k): r for e, k, r in found.select("event", "country", "rate_per_100k").rows()} == (
        RATES
    )


def test_the_demos_background_has_a_rate_of_every_planted_event_in_every_country(
    planned: tuple[World, Plan],
) -> None:
    world, plan = planned
    rates = background(world, plan)
    places = ("WORLD", *world.countries)
    assert set(rates) == {(each.event, place) for each in PLANTED for place in places}
    # Of what is spread by habit the product's cases expect the typical rate.
    for each, pair in zip(PLANTED, plan.pairs, strict=True):
        if each.kind == "null":
            cases = plan.product_cases[pair.product]
            assert cases @ pair.rates / cases.sum() * 1e5 == pytest.approx(each.per_100k)


def test_background_limits_are_exact_poisson_limits(tmp_path: Path) -> None:
    table = pl.read_csv(write_background(1, tmp_path, RATES))
    events = table["events"].to_numpy()
    years = table["person_years"].to_numpy() / 1e5
    assert (table["rate_per_100k"] * years).to_numpy() == pytest.approx(events, abs=0.5)
    # Garwood: at the lower limit P(X >= x) = 2.5%, at the upper P(X <= x) = 2.5%.
    low, high = (table[name].to_numpy() * years for name in ("rate_low", "rate_high"))
    assert poisson.sf(events - 1, low) == pytest.approx(0.025, rel=0.01)
    assert poisson.cdf(events, high) == pytest.approx(0.025, rel=0.01)
