"""What a report tells of a drug that was given: dose, end, and what came of stopping and resuming.

Shares are those of the drugs of the first 1,000 reports of 2025Q4, by the role of the drug.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Of the primary suspect, other suspects with what interacts, and concomitant drugs.
_DECHALLENGE = {
    "Y": (0.16, 0.09, 0.006), "N": (0.04, 0.01, 0.004), "U": (0.39, 0.55, 0.26),
    "D": (0.13, 0.25, 0.01),
}  # fmt: skip
_RECHALLENGE = {
    "Y": (0.006, 0.003, 0.0), "N": (0.004, 0.002, 0.0), "U": (0.32, 0.075, 0.002),
    "D": (0.011, 0.0, 0.0),
}  # fmt: skip
_DOSED = (0.53, 0.44, 0.24)
_OFTEN_SHARE = 0.4
_ENDED_SHARE = 0.45
_AMOUNTS = (300, 10, 25, 20, 5, 40, 100, 200, 50, 500)
_UNITS = ("MG", "MG", "MG", "MG", "MG", "MG/KG", "UG")
_OFTEN = ("QD", "QD", "BID", "/WK", "QOW", "Q3W")
_MEAN_DAYS = 30


def told(group: Ints, code: Ints, once: Flags, rng: np.random.Generator) -> pl.DataFrame:
    """`dechal`, `rechal`, `dose_amt`, `dose_unit` and `dose_freq` of each drug.

    `group` is 0 for a primary suspect, 1 for another suspect, 2 for a concomitant drug; `code` is
    its substance. What is given `once` has one unit as its dose.
    """
    size = group.size
    dosed = rng.random(size) < np.array(_DOSED)[group]
    often = dosed & ~once & (rng.random(size) < _OFTEN_SHARE)
    amount = np.where(once, 1, np.array(_AMOUNTS)[code % len(_AMOUNTS)])
    unit = np.where(once, len(_UNITS), code % len(_UNITS))
    return pl.DataFrame(
        {
            "dechal": _answers(_DECHALLENGE, group, rng),
            "rechal": _answers(_RECHALLENGE, group, rng),
            "dose_amt": pl.Series(amount).zip_with(pl.Series(dosed), _nothing(size, pl.Int64)),
            "dose_unit": _gather((*_UNITS, "DF"), unit, dosed),
            "dose_freq": _gather(_OFTEN, code % len(_OFTEN), often),
        }
    )


def ends(started: Ints, last: Ints, once: Flags, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """The day on which each drug was given last, and whether the report says so.

    What is given `once` ends where it starts, any other by the day `last`.
    """
    lasted = rng.geometric(1 / _MEAN_DAYS, started.size)
    day = np.where(once, started, np.minimum(started + lasted, np.maximum(started, last)))
    return day, rng.random(started.size) < _ENDED_SHARE


def _answers(
    shares: dict[str, tuple[float, ...]], group: Ints, rng: np.random.Generator
) -> pl.Series:
    """A code for each drug, and none in what the shares leave."""
    steps = np.cumsum(np.array(list(shares.values())), axis=0)[:, group]
    found = (rng.random(group.size) >= steps).sum(axis=0)
    return _gather((*shares, ""), found, found < len(shares))


def _gather(values: tuple[str, ...], index: Ints, known: Flags) -> pl.Series:
    found = pl.Series(values).gather(index)
    return found.zip_with(pl.Series(known), _nothing(index.size, pl.String))


def _nothing(size: int, dtype: type[pl.DataType]) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, size)
