"""Scores of replicates, each with its Monte Carlo error."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.evaluate.detections import Detections
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
    p, size = float(hits.mean()), hits.size
    inner = min(max(p, 0.5 / size), 1 - 0.5 / size)
    return Score(name, p, math.sqrt(inner * (1 - inner) / size), size)


def median(name: str, values: NDArray[np.float64]) -> Score:
    """A median in years; the error is a quarter of its 95% interval by order statistics.

    The interval's limits are the values of rank R/2 -+ 0.98 sqrt(R) (Conover 1999, section 3.2).
    """
    size = values.size
    if not size:
        return Score(name, math.nan, math.nan, 0, "years")
    ranked, half = np.sort(values), 0.98 * math.sqrt(size)
    low, high = math.floor(size / 2 - half), math.ceil(size / 2 + half)
    width = ranked[min(high, size - 1)] - ranked[max(low, 0)]
    return Score(name, float(np.median(values)), float(width) / 4, size, "years")


def of_rates(found: Detections) -> tuple[Score, ...]:
    """What the rate arm saw.

    The best single country of a replicate is the one that signals first; it has missed the harm
    only when every country has. The gain is counted where both signal.
    """
    pool, country = np.isfinite(found.pool), np.isfinite(found.first_country)
    both = pool & country
    gain = found.first_country[both] - found.pool[both]
    return (
        share("pool signals", pool),
        share("best single country signals", country),
        share(f"largest country ({found.names[0]}) signals", np.isfinite(found.country[:, 0])),
        share("pooled-only: the pool signals and no country", pool & ~country),
        share("a country signals and the pool does not", country & ~pool),
        median("median gain in time over the best country", gain),
    )


def of_null(found: Detections) -> tuple[Score, ...]:
    """False signals of the rate arm where there is nothing to see."""
    pool, country = np.isfinite(found.pool), np.isfinite(found.first_country)
    return (
        share("false signal of the pool", pool),
        share("false signal of the largest country", np.isfinite(found.country[:, 0])),
        share("false pooled-only signal", pool & ~country),
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
