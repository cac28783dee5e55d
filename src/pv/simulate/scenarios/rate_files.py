"""Files of a rate scenario: the harmed as reports, the treated as exposure, a background rate."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pv.simulate.scenarios import scenario
from pv.simulate.scenarios.rate_scenario import (
    DAYS_A_YEAR,
    PML_LIKE,
    T_CELL_LYMPHOMA_LIKE,
    Floats,
    RateScenario,
    Treated,
    draw,
)
from pv.simulate.scenarios.scenario import Draft, Scenario, streams
from pv.simulate.scenarios.target import Ints, Target
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.world import World, apportion, build_world

# Observation of every scenario ends with this year.
END: Final = date(2025, 1, 1)
_DAY_OF_END: Final = (END - date(1970, 1, 1)).days
# Days from an onset to its receipt.
FIRST_RECEIPT, LAST_RECEIPT = 15, 45
CASES: Final = {"pml_like": 8_000, "t_cell_lymphoma_like": 12_000, "null": 4_000}
# Reports of the product with other events, for each patient treated.
OTHER_REPORTS: Final = {"pml_like": 0.05, "t_cell_lymphoma_like": 0.01, "null": 0.05}
# Share of other products' cases that name the event.
EVENT_SHARE: Final = {"pml_like": 0.002, "t_cell_lymphoma_like": 0.002, "null": 0.03}

# Nothing happens: the event comes to the treated as to everybody, some 5 times in 3,200
# person-years, and other products' reports name it as often as the product's do.
NULL: Final = RateScenario(
    name="null",
    product="ABECMA",
    event="Cholelithiasis",
    countries=11,
    patients=3_200,
    accrual_years=2.0,
    end_year=2.0,
    risk=0.0,
    onset_median_months=1.0,
    onset_sigma=1.0,
    background=0.0015,
    background_occurs=True,
    horizon=5.0,
    minimum=3,
)
RATES: Final = {each.name: each for each in (PML_LIKE, T_CELL_LYMPHOMA_LIKE, NULL)}

# The chain over the whole time since treatment, the same for the pool and each country: expected
# events at which it ends, and the Poisson MaxSPRT's critical value for that horizon, at least 3
# events and alpha .05 (a test holds these to pv.stats, which this package may not know).
MINIMUM: Final = 3
HORIZON: Final = {"pml_like": 1.0, "t_cell_lymphoma_like": 10.0, "null": 10.0}
CRITICAL_VALUE: Final = {1.0: 1.77421785, 10.0: 3.06424797}


def pml_like(seed: int) -> Scenario:
    """A harm of 0.9 in 1,000, some 8 months after the treatment, in ten countries."""
    return _filed(PML_LIKE, seed)


def t_cell_lymphoma_like(seed: int) -> Scenario:
    """A harm of 0.9 in 1,000 that takes years to appear, in twenty countries."""
    return _filed(T_CELL_LYMPHOMA_LIKE, seed)


def null(seed: int) -> Scenario:
    """A product with ordinary reporting, whose patients have the event as often as anybody."""
    return _filed(NULL, seed)


def first_day(rates: RateScenario) -> float:
    """The day (since 1970) of the first treatment; years of 365.25 days make it a broken one."""
    return _DAY_OF_END - rates.end_day


def _filed(rates: RateScenario, seed: int) -> Scenario:
    rngs = streams(seed)
    world = build_world(
        cases=CASES[rates.name],
        countries=rates.countries + 1,  # and Namibia
        substances=scenario.SUBSTANCES,
        invented_events=scenario.INVENTED_EVENTS,
        rng=rngs[0],
    )
    treated = draw(rates, rngs[1])
    target = _target(rates, world, treated, rngs[12])
    first = END.year - round(rates.end_year)
    quarters = quarter_range(Quarter(first, 1), Quarter(END.year - 1, 4))
    draft = Draft(rates.name, seed, world, target, quarters)
    return scenario.file(
        draft,
        rngs[2:],
        exposure=_exposure(rates, world, treated),
        background={rates.event: rates.background * 1e5},
        settings={"sequential_horizon": HORIZON[rates.name]},
        truth=_truth(rates, draft, treated),
    )


def _target(
    rates: RateScenario, world: World, treated: Treated, rng: np.random.Generator
) -> Target:
    """Every first event of a patient that is received before the end is a report."""
    event_day = np.fmin(treated.onset_day, treated.background_day)
    lag = rng.uniform(FIRST_RECEIPT, LAST_RECEIPT, event_day.size)
    told = np.flatnonzero(event_day + lag < rates.end_day)  # nan is not
    start = first_day(rates)

    def day(of: Floats) -> Ints:
        return np.floor(start + of[told]).astype(np.int64)

    other = apportion(round(OTHER_REPORTS[rates.name] * rates.patients), np.append(rates.shares, 0))
    joint = np.bincount(treated.country[told], minlength=other.size)
    return Target(
        brand=rates.product,
        event=rates.event,
        takers=other + joint,
        others=rng.binomial(world.case_counts - other - joint, EVENT_SHARE[rates.name]),
        country=treated.country[told].astype(np.int64),
        administered=day(treated.treated_day),
        onset=day(event_day),
        receipt=day(event_day + lag),
    )


def _exposure(rates: RateScenario, world: World, treated: Treated) -> pl.DataFrame:
    """Patients by country and calendar month of their treatment, 0 where nobody was treated."""
    day = np.floor(first_day(rates) + treated.treated_day).astype(np.int64)
    month = pl.col("day").cast(pl.Int32).cast(pl.Date).dt.truncate("1mo")
    treatment = pl.DataFrame({"country": treated.country, "day": day})
    found = treatment.group_by("country", period_start=month).agg(patients=pl.len())
    start = pl.col("period_start")
    months = found.select(pl.date_range(start.min(), start.max(), "1mo").alias("period_start"))
    return (
        found.select("country")
        .unique()
        .join(months, how="cross")
        .join(found, on=["country", "period_start"], how="left")
        .with_columns(patients=pl.col("patients").fill_null(0))
        .sort("country", "period_start")
        .select(
            product=pl.lit(rates.product.capitalize()),
            country=pl.col("country").replace_strict(
                range(len(world.countries)), world.countries, return_dtype=pl.String
            ),
            period_start="period_start",
            period_end=pl.col("period_start").dt.month_end(),
            patients="patients",
            person_years=pl.lit(None, pl.Float64),
            quality=pl.lit("simulated"),
        )
    )


def _truth(rates: RateScenario, draft: Draft, treated: Treated) -> dict[str, object]:
    """What is true, and what the chain over the whole time since treatment says by hand."""
    target, countries = draft.target, draft.world.countries[: rates.countries]
    day = first_day(rates) + treated.treated_day
    places = {
        country: _place(rates, day[treated.country == k], target, target.country == k)
        for k, country in enumerate(countries)
    }
    pool = _place(rates, day, target, np.ones(target.country.size, dtype=bool))
    alone = [country for country, place in places.items() if place["signal"]]
    return scenario.truth(
        draft,
        analysis="rate",
        window="all",
        expected_verdicts=["country_signal" if alone else _POOL[bool(pool["signal"])]],
        parameters={
            "risk": rates.risk,
            "onset_median_months": rates.onset_median_months,
            "background_per_person_year": rates.background,
            "horizon": HORIZON[rates.name],
            "minimum_events": MINIMUM,
            "critical_value": CRITICAL_VALUE[HORIZON[rates.name]],
        },
        pool=pool,
        by_country=places,
    )


_POOL: Final = {True: "pooled_only", False: "not_flagged"}


def _place(
    rates: RateScenario, treated: Floats, target: Target, here: NDArray[np.bool_]
) -> dict[str, object]:
    """Patients, person-time, cases, and when the chain signals, of the pool or of one country.

    `treated` are the days of all its treatments; `here` (J) marks its joint cases. The chain looks
    whenever a case is received, at the person-time until then.
    """
    receipt = np.sort(target.receipt[here])
    n = np.arange(1, receipt.size + 1)
    followed = np.clip(receipt[:, None] - treated, 0, None).sum(axis=1)
    expected = followed / DAYS_A_YEAR * rates.background
    llr = np.where(n > expected, expected - n + n * np.log(n / expected), 0)
    horizon = HORIZON[rates.name]
    hit = (n >= MINIMUM) & (expected <= horizon) & (llr >= CRITICAL_VALUE[horizon])
    person_years = (_DAY_OF_END - treated).sum() / DAYS_A_YEAR
    first = receipt[hit][:1].astype("datetime64[D]").astype(str).tolist()
    return {
        "patients": treated.size,
        "person_years": round(float(person_years), 3),
        "expected": round(float(person_years) * rates.background, 6),
        "cases": receipt.size,
        "signal": bool(hit.any()),
        "first_signal": first[0] if first else None,
    }
