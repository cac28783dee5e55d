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
from pv.simulate.world.follow_up import follow_up
from pv.simulate.world.plan import Plan
from pv.simulate.world.quarters import Quarter
from pv.simulate.world.world import World, apportion

# One product is known by person-time only, one as a world total only: both occur in reality.
PERSON_TIME_ONLY = "HEMGENIX"
WORLD_ONLY = "SKYSONA"

BACKGROUND_PERSON_YEARS = 20_000_000


def write_exposure(
    world: World, plan: Plan, quarters: tuple[Quarter, ...], seed: int, folder: Path
) -> Path:
    """Write `exposure_simulated.csv`: patients by product, country and quarter, ever more of them.

    For each reported case of a product, as many patients are treated as give the person-years that
    the plan says; `pv.simulate.world.days` draws the treatments of the cases from the same.
    """
    starts = [each.first_day.isoformat() for each in quarters]
    ends = [each.last_day.isoformat() for each in quarters]
    tables: list[pl.DataFrame] = []
    for therapy, by_country in zip(THERAPIES, plan.product_cases, strict=True):
        followed = follow_up(quarters, therapy.yearly_survival)
        years = followed.person_years()
        per_case = plan.person_years / years.sum()
        countries = ["WORLD"] if therapy.brand == WORLD_ONLY else list(world.countries)
        reported = by_country.sum(keepdims=True) if therapy.brand == WORLD_ONLY else by_country
        treated = [
            apportion(round(per_case * cases), followed.treated) for cases in reported.tolist()
        ]
        tables.append(
            pl.DataFrame(
                {
                    "product": therapy.brand.capitalize(),
                    "country": np.repeat(countries, len(quarters)),
                    "period_start": np.tile(starts, len(countries)),
                    "period_end": np.tile(ends, len(countries)),
                    "patients": np.concatenate(treated),
                    "years": np.outer(reported * per_case, years).ravel().round(2),
                }
            )
        )
    by_time = pl.col("product") == PERSON_TIME_ONLY.capitalize()
    table = (
        pl.concat(tables)
        # A quarter in which nobody was treated has a row: without one it would be unknown.
        .filter(pl.col("patients").sum().over("product", "country") > 0)
        .select(
            "product",
            "country",
            "period_start",
            "period_end",
            patients=pl.when(~by_time).then("patients"),
            person_years=pl.when(by_time).then("years"),
            quality=pl.lit("simulated"),
        )
    )
    return write_table(table, seed, folder / "exposure_simulated.csv")


def write_background(seed: int, folder: Path, rates: Mapping[tuple[str, str], float]) -> Path:
    """Write `background_simulated.csv`: rates with their exact intervals.

    `rates` gives events per 100,000 person-years by event and country (or WORLD).
    """
    per_100k = 1e5 / BACKGROUND_PERSON_YEARS
    rate = np.array(list(rates.values()))
    events = np.rint(rate / per_100k)
    table = pl.DataFrame(
        {
            "event": [event for event, _ in rates],
            "country": [country for _, country in rates],
            "sex": None,
            "age_low": 0,
            "age_high": 120,
            "rate_per_100k": np.round(rate, 4),
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
