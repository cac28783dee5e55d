"""Writes simulated exposure and background rates in poolvigil's own CSV layouts.

Both are comma-separated UTF-8 with a header; an empty cell is a missing value.

`exposure`: patients treated with (or person-years under) a product in a country and period.
    product       brand or substance
    country       ISO alpha-2 code, or WORLD
    period_start  first day, ISO date
    period_end    last day, ISO date
    patients      patients first treated in the period, 0 for none   } at least one
    person_years  person-years observed in the period                } of the three
    cumulative    patients treated from the first authorisation on   }
    quality       how the figure came about (`simulated` here)
    source        where it was taken from

`background`: how often an event occurs without the product.
    event         event group or term
    country       ISO alpha-2 code, or WORLD
    sex           F, M, or empty for both
    age_low       youngest age in whole years, included
    age_high      oldest age, included
    rate_per_100k events per 100,000 person-years
    rate_low, rate_high  95% confidence limits of the rate
    events, person_years  the counts behind the rate, where published
    period        years observed, as 2015-2019
    standard      `crude`, or the population the rate is standardised to
    source        where it was taken from
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import chdtri

from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.plan import Plan
from pv.simulate.world.world import World, apportion

FIRST_YEAR, LAST_YEAR = 2019, 2024
# About one treated patient in 20 is ever reported.
TREATED_PER_REPORT = 20
# One product is known by person-time only, one as a world total only: both occur in reality.
PERSON_TIME_ONLY = "HEMGENIX"
WORLD_ONLY = "SKYSONA"

# Invented rates per 100,000 person-years, of a plausible order of magnitude.
BACKGROUND_RATES = {
    "Acute hepatic failure": 1.5,
    "Atrial fibrillation": 300.0,
    "Cholelithiasis": 150.0,
    "Chorioretinal atrophy": 20.0,
    "Deep vein thrombosis": 100.0,
    "Guillain-Barre syndrome": 1.5,
    "Myelodysplastic syndrome": 4.0,
    "Optic neuritis": 5.0,
    "Osteoarthritis": 800.0,
    "Pancreatitis": 40.0,
    "Progressive multifocal leukoencephalopathy": 0.5,
    "Tinnitus": 400.0,
}
BACKGROUND_PERSON_YEARS = 20_000_000


def write_exposure(world: World, plan: Plan, seed: int, folder: Path) -> Path:
    """Write `exposure_simulated.csv`: patients by product, country and year, growing yearly."""
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    growth = np.arange(1, years.size + 1, dtype=np.float64)
    tables: list[pl.DataFrame] = []
    for therapy, by_country in zip(THERAPIES, plan.product_cases, strict=True):
        countries = ["WORLD"] if therapy.brand == WORLD_ONLY else list(world.countries)
        reported = by_country.sum(keepdims=True) if therapy.brand == WORLD_ONLY else by_country
        treated = [apportion(cases, growth) for cases in TREATED_PER_REPORT * reported]
        tables.append(
            pl.DataFrame(
                {
                    "product": therapy.brand.capitalize(),
                    "country": np.repeat(countries, years.size),
                    "year": np.tile(years, len(countries)),
                    "patients": np.concatenate(treated),
                }
            )
        )
    by_time = pl.col("product") == PERSON_TIME_ONLY.capitalize()
    table = (
        pl.concat(tables)
        # A year in which nobody was treated has a row: without one it would be unknown.
        .filter(pl.col("patients").sum().over("product", "country") > 0)
        .select(
            "product",
            "country",
            period_start=pl.format("{}-01-01", "year"),
            period_end=pl.format("{}-12-31", "year"),
            patients=pl.when(~by_time).then("patients"),
            # Treated evenly over the year, so observed for half of it.
            person_years=pl.when(by_time).then(pl.col("patients") / 2),
            quality=pl.lit("simulated"),
        )
    )
    return write_table(table, seed, folder / "exposure_simulated.csv")


def write_background(
    seed: int, folder: Path, by_event: Mapping[str, float] = BACKGROUND_RATES
) -> Path:
    """Write `background_simulated.csv`: a world rate, with its exact interval, for each event.

    `by_event` gives rates per 100,000 person-years.
    """
    rates = pl.Series(by_event.values()).to_numpy()
    events = np.rint(rates * BACKGROUND_PERSON_YEARS / 1e5)
    per_100k = 1e5 / BACKGROUND_PERSON_YEARS
    table = pl.DataFrame(
        {
            "event": list(by_event),
            "country": "WORLD",
            "sex": None,
            "age_low": 0,
            "age_high": 120,
            "rate_per_100k": rates,
            # Garwood's limits: chdtri is the upper quantile of chi-squared.
            "rate_low": np.round(chdtri(2 * events, 0.975) / 2 * per_100k, 4),
            "rate_high": np.round(chdtri(2 * events + 2, 0.025) / 2 * per_100k, 4),
            "events": events.astype(np.int64),
            "person_years": BACKGROUND_PERSON_YEARS,
            "period": "2015-2019",
            "standard": "crude",
        }
    )
    return write_table(table, seed, folder / "background_simulated.csv")


def write_table(table: pl.DataFrame, seed: int, path: Path) -> Path:
    """Write a table of either layout, with a `source` column that says it is simulated."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = pl.lit(f"simulated by poolvigil, seed {seed}: no real figure")
    table.with_columns(source=source).write_csv(path)
    return path
