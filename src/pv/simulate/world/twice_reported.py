"""The same person told of by two senders: near, but not equal, in age and dates."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pv.simulate.world.reports import Reports

Ints = NDArray[np.int64]

_PERSON = ("sex", "age", "age_unit", "age_group")


def report_twice(reports: Reports, original: Ints, twin: Ints, rng: np.random.Generator) -> Reports:
    """Give each case of `twin` (J) the person and contents of the case of `original` (J).

    Age may differ by a year; every second twin has lost its lots. Sender, number, country and days
    stay the twin's own.
    """
    years = rng.integers(-1, 2, twin.size)
    links = pl.DataFrame({"case": twin, "original": original, "years": years})
    telling = links.select("case", "original", forgetful=pl.int_range(pl.len()) % 2 == 1)

    def second(contents: pl.DataFrame) -> pl.DataFrame:
        links = telling.with_columns(pl.col("case", "original").cast(contents["case"].dtype))
        told = contents.join(
            links, left_on="case", right_on="original", suffix="_twin", maintain_order="left"
        )
        if "lot" in contents.columns:
            told = told.with_columns(lot=pl.when(~pl.col("forgetful")).then("lot"))
        told = told.with_columns(case="case_twin").select(contents.columns)
        kept = contents.join(links, on="case", how="anti", maintain_order="left")
        key = contents.columns[:2]
        return pl.concat([kept, told]).sort(key, maintain_order=True)

    person = reports.reports.select("case", *_PERSON).unique("case", maintain_order=True)
    told = links.join(person, left_on="original", right_on="case", maintain_order="left").select(
        "case",
        pl.lit(True).alias("told"),
        sex_told="sex",
        age_told=pl.when(pl.col("age_unit") == "YR")
        .then(pl.col("age") + pl.col("years"))
        .otherwise("age"),
        age_unit_told="age_unit",
        age_group_told="age_group",
    )
    joined = reports.reports.join(told, on="case", how="left", maintain_order="left")
    return replace(
        reports,
        reports=joined.with_columns(
            pl.when("told").then(f"{name}_told").otherwise(name).alias(name) for name in _PERSON
        ).select(reports.reports.columns),
        drugs=second(reports.drugs),
        reactions=second(reports.reactions),
        outcomes=second(reports.outcomes),
    )
