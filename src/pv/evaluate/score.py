"""The scores of an evaluation as rows of a table, each with its Monte Carlo error."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.evaluate import detection
from pv.evaluate.detection import Estimate
from pv.evaluate.lists import NEVER, Bool, Lines
from pv.evaluate.replicates import Replicates
from pv.evaluate.verdicts import Judged


@dataclass(frozen=True)
class Score:
    """One figure about R replicates.

    Attributes:
        name: what it is, in words.
        value: a share between 0 and 1, or `unit`; nan where no replicate has it.
        error: Monte Carlo standard error.
        of: replicates (worlds or harms) behind it.
        unit: `share`, `years`, or `number` for a mean of counts.
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


def of_lists(worlds: Sequence[Lines]) -> tuple[Score, ...]:
    """The confirmed lines of one night in each world: how many are false, which harms are there.

    Kept are harms among those that the rule holds for: confirmed, and not watched.
    """
    last = [each.look == each.looks - 1 for each in worlds]
    false = _lines(worlds, last, lambda each: each.false)
    shown = _lines(worlds, last, lambda each: each.confirmed)
    of_pool = _lines(worlds, last, lambda each: each.of_pool)
    false_of_pool = _lines(worlds, last, lambda each: each.false & each.of_pool)
    found = _harms(worlds, last, lambda each: each.confirmed)
    held = _harms(worlds, last, lambda each: np.ones_like(each.confirmed))
    return (
        mean("confirmed lines a night", shown),
        mean("false lines a night", false),
        mean("false discovery proportion", false / np.maximum(shown, 1), "share"),
        mean("lines of the pool a night", of_pool),
        mean("false lines of the pool a night", false_of_pool),
        mean(
            "false discovery proportion of the pool",
            false_of_pool / np.maximum(of_pool, 1),
            "share",
        ),
        *_shares(("harms found", found), ("harms kept, of those flagged", found[held])),
    )


def of_looks(worlds: Sequence[Lines]) -> tuple[Score, ...]:
    """The same worlds look by look: what was ever false, who was first, and by how much.

    A look is a month. Turnover is how many times one night's false lines come new in a year, from
    the second year on: before, the lists fill.
    """
    years = np.array([each.looks / 12 for each in worlds])
    ever = np.array([np.unique(each.pair[each.false]).size for each in worlds])
    of_pool = np.array([np.unique(each.pair[each.false & each.of_pool]).size for each in worlds])
    pool, country, confirmed = (
        np.concatenate([each.first(chosen(each)) for each in worlds])
        for chosen in (lambda one: one.of_pool, lambda one: one.by_country, _confirmed_last)
    )
    at_end = confirmed != NEVER
    by_pool = np.concatenate([each.first(each.of_pool & _confirmed_last(each)) for each in worlds])
    first = pool[at_end] < country[at_end]
    both = (pool != NEVER) & (country != NEVER)
    gain = detection.median((country[both] - pool[both]) / 12)
    return (
        mean("pairs ever false, in five years", ever / years * 5),
        mean("pairs ever false on the pool's list, in five years", of_pool / years * 5),
        _turnover(worlds),
        *_shares(
            ("signals of the pool, of harms confirmed at the end", by_pool[at_end] != NEVER),
            ("pool first, of harms confirmed at the end", first),
        ),
        Score("median gain of the pool over the first country", gain.value, gain.error,
              int(both.sum()), "years"),
    )  # fmt: skip


def mean(name: str, values: NDArray[np.float64], unit: str = "number") -> Score:
    """The mean of one figure of each world with its standard error; of equal ones that is 0."""
    size = values.size
    error = float(values.std(ddof=1) / math.sqrt(size)) if size > 1 else math.nan
    return Score(name, float(values.mean()), error, size, unit)


def _shares(*named: tuple[str, Bool]) -> Iterator[Score]:
    """Shares of harms, where there are any."""
    return (share(name, hits) for name, hits in named if hits.size)


def _turnover(worlds: Sequence[Lines]) -> Score:
    """New false lines of a year over the false lines of a night: a ratio of sums over worlds."""
    new, a_night, years = [], [], []
    for each in worlds:
        late = each.look >= 12
        key = np.unique(each.pair[each.false] * each.looks + each.look[each.false])
        pair, look = key // each.looks, key % each.looks
        again = np.zeros(key.size, dtype=bool)
        again[1:] = (pair[1:] == pair[:-1]) & (look[1:] == look[:-1] + 1)
        new.append(float(np.sum((look >= 12) & ~again)))
        a_night.append(float(np.sum(each.false & late)) / max(each.looks - 12, 1))
        years.append(max(each.looks - 12, 1) / 12)
    comes, stands = np.array(new) / np.array(years), np.array(a_night)
    name = "new false lines a year, of one night's"
    if stands.sum() == 0:
        return Score(name, math.nan, math.nan, 0, "number")
    ratio = float(comes.sum() / stands.sum())
    size = comes.size
    spread = float((comes - ratio * stands).std(ddof=1)) if size > 1 else math.nan
    return Score(name, ratio, spread / math.sqrt(size) / float(stands.mean()), size, "number")


def _confirmed_last(each: Lines) -> Bool:
    return each.confirmed & (each.look == each.looks - 1)


def _lines(
    worlds: Sequence[Lines], last: list[Bool], chosen: Callable[[Lines], Bool]
) -> NDArray[np.float64]:
    counts = [np.sum(chosen(each) & at) for each, at in zip(worlds, last, strict=True)]
    return np.array(counts, dtype=np.float64)


def _harms(worlds: Sequence[Lines], last: list[Bool], chosen: Callable[[Lines], Bool]) -> Bool:
    """Which harms of all worlds have such a line at the last look."""
    first = [each.first(chosen(each) & at) for each, at in zip(worlds, last, strict=True)]
    return np.concatenate(first) != NEVER


def _share(name: str, found: Estimate, size: int) -> Score:
    inner = min(max(found.value, 0.5 / size), 1 - 0.5 / size)
    return Score(name, found.value, math.sqrt(inner * (1 - inner) / size), size)
