"""The scores of an evaluation as rows of a table, each with its Monte Carlo error."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.evaluate import detection
from pv.evaluate.detection import Estimate
from pv.evaluate.replicates import Replicates
from pv.evaluate.verdicts import Judged


@dataclass(frozen=True)
class Score:
    """One figure about R replicates.

    Attributes:
        name: what it is, in words.
        value: a share between 0 and 1, or `unit`; nan where no replicate has it.
        error: Monte Carlo standard error.
        of: replicates behind it.
        unit: `share` or `years`.
    """

    name: str
    value: float
    error: float
    of: int
    unit: str = "share"


def share(name: str, hits: NDArray[np.bool_]) -> Score:
    """A share of replicates (R) with its binomial standard error sqrt(p (1 - p) / R).

    Of none or all the error is that of half a replicate: zero would say too much.
    """
    return _share(name, Estimate(float(hits.mean()), 0.0), hits.size)


def of_rates(found: Replicates) -> tuple[Score, ...]:
    """What the rate analysis saw.

    The best single country of a replicate is the one that signals first; it has missed the harm
    only when every country has. The gain is counted where both signal.
    """
    seen, size = detection.score(found), found.pooled_day.size
    both = np.isfinite(found.pooled_day) & np.isfinite(found.country_day).any(axis=1)
    gain, year = seen.gain_years, seen.pooled_year
    return (
        _share("pool signals", seen.pooled, size),
        _share("best single country signals", seen.any_country, size),
        _share("largest country signals", seen.country[0], size),
        _share("pooled-only: the pool signals and no country", seen.pooled_only, size),
        Score(
            "median time of the pool's signal",
            year.value, year.error, int(np.isfinite(found.pooled_day).sum()), "years",
        ),
        Score(
            "median gain in time over the best country",
            gain.value, gain.error, int(both.sum()), "years",
        ),
    )  # fmt: skip


def of_null(found: Replicates) -> tuple[Score, ...]:
    """False signals of the rate analysis where there is nothing to see."""
    seen, size = detection.score(found), found.pooled_day.size
    return (
        _share("false signal of the pool", seen.pooled, size),
        _share("false signal of any country", seen.any_country, size),
        _share("false signal of the largest country", seen.country[0], size),
        _share("false pooled-only signal", seen.pooled_only, size),
    )


def of_verdicts(judged: Sequence[Judged]) -> tuple[Score, ...]:
    """Right verdicts, false pooled-only ones, and every verdict that occurred."""
    verdict = np.array([each.verdict for each in judged])
    right = np.array([each.right for each in judged])
    return (
        share("right verdict", right),
        share("false pooled-only verdict", (verdict == "pooled_only") & ~right),
        *(
            share(f"verdict {name}", verdict == name)
            for name, _ in Counter(verdict.tolist()).most_common()
        ),
    )


def _share(name: str, found: Estimate, size: int) -> Score:
    inner = min(max(found.value, 0.5 / size), 1 - 0.5 / size)
    return Score(name, found.value, math.sqrt(inner * (1 - inner) / size), size)
