"""A person's second report, as another sender tells it to another authority: near, not equal."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pv.simulate.world.reports import Reports


@dataclass(frozen=True)
class Noise:
    """In which share of second reports what is told otherwise."""

    other_day: float = 0.25  # the event up to a week off
    no_day: float = 0.08
    month_only: float = 0.05
    other_start: float = 0.20
    no_start: float = 0.30
    no_age: float = 0.10
    other_age: float = 0.15  # a year off
    no_sex: float = 0.04
    other_spelling: float = 0.30  # of a drug
    slip: float = 0.05  # of a drug: a letter lost, so that no vocabulary knows the name
    no_substance: float = 0.20  # of a drug: the name alone
    no_drug: float = 0.25  # of the concomitant ones
    other_term: float = 0.10  # of an event
    no_term: float = 0.10  # of the events beside the first
    no_lot: float = 0.50


@dataclass(frozen=True)
class SecondReports:
    """Reports of persons who are in `Reports` already.

    Attributes:
        reports: `number`, `case` (whose it is), `received`, `country`, `sex`, `age_years`,
            `event_date`, `precision` (day or month), `sender`.
        drugs: `number`, `drug_seq`, `role` (PS, SS, I, C), `drugname`, `substance`, `lot`, `start`
            (a day).
        events: `number`, `pt`.
    """

    reports: pl.DataFrame
    drugs: pl.DataFrame
    events: pl.DataFrame


def tell_again(
    reports: Reports, case: pl.Series, rng: np.random.Generator, noise: Noise | None = None
) -> SecondReports:
    """A second report of each of the cases, some weeks after the last one of the first sender."""
    said, size = noise or Noise(), case.len()

    def happens(share: float, n: int = size) -> pl.Series:
        return pl.Series(rng.random(n) < share)

    latest = (
        reports.reports.sort("case", "receipt")
        .group_by("case", maintain_order=True)
        .last()
        .join(case.alias("case").to_frame(), on="case", how="semi", maintain_order="left")
    )
    age = pl.col("age") / pl.col("age_unit").replace_strict(
        {"YR": 1.0, "MON": 12.0, "DEC": 0.1}, default=None, return_dtype=pl.Float64
    )
    off = rng.choice([-7, -3, -2, -1, -1, 1, 1, 2, 3, 7], size)
    told = latest.select(
        "case",
        "country",
        number=pl.format("SIM2-{}", pl.col("case").cast(pl.String).str.zfill(7)),
        received=pl.col("receipt")
        + pl.duration(days=pl.lit(pl.Series(rng.integers(5, 121, size)))),
        sex=pl.when(~happens(said.no_sex) & pl.col("sex").is_in(["F", "M"])).then("sex"),
        age_years=pl.when(~happens(said.no_age)).then(
            age + pl.when(happens(said.other_age)).then(pl.Series(rng.choice([-1.0, 1.0], size)))
            .otherwise(0.0)
        ),
        event_date=pl.when(~happens(said.no_day)).then(
            pl.col("event_date")
            + pl.duration(days=pl.when(happens(said.other_day)).then(pl.Series(off)).otherwise(0))
        ),
        precision=pl.when(happens(said.month_only)).then(pl.lit("month"))
        .otherwise(pl.lit("day")),
        sender=pl.format("SIMULATED PARTNER {}", pl.Series(rng.integers(1, 9, size))),
    )  # fmt: skip
    told = told.with_columns(
        age_years=pl.when(pl.col("age_years") >= 0).then("age_years"),
        event_date=pl.when(pl.col("precision") == "month")
        .then(pl.col("event_date").dt.truncate("1mo"))
        .otherwise("event_date"),
    )
    number = told.select("case", "number")
    return SecondReports(
        told, _drugs(reports, number, said, rng), _events(reports, number, said, rng)
    )


def _drugs(
    reports: Reports, number: pl.DataFrame, said: Noise, rng: np.random.Generator
) -> pl.DataFrame:
    of_case = number.with_columns(pl.col("case").cast(reports.drugs["case"].dtype))
    drugs = reports.drugs.join(of_case, on="case", maintain_order="left")
    size = drugs.height
    name, start = pl.col("drugname"), pl.col("start").cast(pl.String)
    spelled = (
        pl.when(pl.Series(rng.random(size) < said.slip))
        .then(name.str.slice(0, 4) + name.str.slice(5))
        .when(pl.Series(rng.random(size) < said.other_spelling))
        .then(pl.coalesce("prod_ai", name).str.to_titlecase())
        .otherwise(name)
    )
    day = pl.when(start.str.len_chars() == 8).then(start.str.to_date("%Y%m%d", strict=False))
    off = pl.when(pl.Series(rng.random(size) < said.other_start)).then(
        pl.Series(rng.choice([-3, -2, -1, 1, 2, 3], size))
    ).otherwise(0)  # fmt: skip
    kept = pl.Series(rng.random(size) >= said.no_drug) | (drugs["role"] != "C")
    return drugs.select(
        "number",
        "role",
        drug_seq=pl.col("drug_seq").cast(pl.String),
        drugname=spelled,
        substance=pl.when(pl.Series(rng.random(size) >= said.no_substance)).then("prod_ai"),
        lot=pl.when(pl.Series(rng.random(size) >= said.no_lot)).then("lot"),
        start=pl.when(pl.Series(rng.random(size) >= said.no_start)).then(
            day + pl.duration(days=off)
        ),
    ).filter(kept)


def _events(
    reports: Reports, number: pl.DataFrame, said: Noise, rng: np.random.Generator
) -> pl.DataFrame:
    of_case = number.with_columns(pl.col("case").cast(reports.reactions["case"].dtype))
    events = reports.reactions.join(of_case, on="case", maintain_order="left")
    size = events.height
    others = reports.reactions["pt"].unique().sort()
    other = others.gather(rng.integers(0, others.len(), size))
    first = events["number"].is_first_distinct()
    kept = pl.Series(rng.random(size) >= said.no_term) | first
    return (
        events.select(
            "number",
            pt=pl.when(pl.Series(rng.random(size) < said.other_term)).then(other).otherwise("pt"),
        )
        .filter(kept)
        .unique(maintain_order=True)
    )
