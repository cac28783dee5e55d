"""The error of each list: how many of its pairs chance alone is expected to bring.

Two answers stand side by side. By the null: the expected number of pairs of the family whose count
reaches the list's threshold without an effect. By broken links: how many pairs of permuted cases
reach the thresholds of this night; an audit, which must not exceed the first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int
from pv.dictionary.fields.verdicts import ERROR_LISTS
from pv.pairs import chance as by_chance
from pv.pairs import conditions, critical, families, pooling
from pv.pairs.chance import Chance, Lists
from pv.pairs.decision import Decision
from pv.pairs.families import FAMILIES, Expected
from pv.pairs.permutation_null import Drawn, Draws
from pv.pairs.pooling import strata_of
from pv.stats.null_tails import Null
from pv.warehouse.relations import put

Mask = NDArray[np.bool_]
# By family: whether the event is important.
Limits = dict[bool, float]

# New false lines of a year over the false lines of one night, from the second year of monthly looks
# on: mean of six simulated worlds (Monte Carlo error .8).
TURNOVER = 4.4
# Further above the expected number than so many standard errors is no accident of the draws.
_ERRORS = 3
# One pair stands for those whose expectation is within 1/20 of a natural logarithm of its own.
_BINS_PER_LOG = 20


def fill(con: duckdb.DuckDBPyConnection, chance: Chance, lists: Lists, draws: Draws) -> None:
    """Fill mart.list_error; reads mart.signal."""
    signal = _headlines(con)
    limits = limits_of(lists, _limits_of_first(signal))
    own = draws.kinds["observed"][0].counts
    drawn = [listed(one, draws.decide, chance.null, limits) for one in draws.kinds["broken_links"]]
    rows: list[dict[str, object]] = []
    for name, kind in FAMILIES.items():
        expected = _expected(own, draws.decide, chance, limits, kind)
        for shown in ERROR_LISTS:
            found = np.array([one[shown][kind] for one in drawn], dtype=np.float64)
            rows.append(
                {
                    "family": name,
                    "list": shown,
                    "rows": np.sum((signal["family"] == name) & (signal["verdict"] == shown)),
                    "expected_false": expected[shown],
                    "permutation_mean": found.mean() if found.size else np.nan,
                    "permutation_sd": found.std(ddof=1) if found.size > 1 else np.nan,
                    "permutation_exceeds": exceeds(found, expected[shown]),
                    "false_per_year": TURNOVER * expected[shown],
                }
            )
    put(con, "mart.list_error", {key: np.array([row[key] for row in rows]) for key in rows[0]})


def _headlines(con: duckdb.DuckDBPyConnection) -> dict[str, NDArray[Any]]:
    """Family, verdict and p-value of the pairs that are headlines."""
    found = con.execute(
        """
        select family, verdict, p_value
        from mart.signal
        where family is not null and (product, event, event_kind)
            = (headline_product, headline_event, headline_event_kind)
        """
    ).fetchnumpy()
    return {name: np.ma.getdata(column) for name, column in found.items()}


def limits_of(lists: Lists, pooled_first: Limits) -> dict[str, Limits]:
    """The largest p-value of each list, by family."""
    return {
        "pooled_only": lists.pooled_only.limit,
        "pooled_first": pooled_first,
        "country": lists.country.limit,
        "pool": lists.pool.limit,
    }


def _limits_of_first(signal: dict[str, NDArray[Any]]) -> Limits:
    """The largest p-value of the pairs called pooled first, by family; 0 where there is none."""
    called = signal["verdict"] == "pooled_first"
    return {
        kind: float(signal["p_value"][called & (signal["family"] == name)].max(initial=0.0))
        for name, kind in FAMILIES.items()
    }


def exceeds(found: Float, expected: float) -> bool | None:
    """Whether the mean of what each draw found is above the expected number, beyond Monte Carlo
    error; None without a draw.

    The error is that of the draws, or of Poisson counts of the expected mean if these scatter more:
    a few draws without any say nothing of their spread.
    """
    if not found.size:
        return None
    variance = max(expected, float(found.var(ddof=1)) if found.size > 1 else 0.0)
    return bool(found.mean() > expected + _ERRORS * np.sqrt(variance / found.size))


def listed(
    drawn: Drawn, decide: Decision, null: Null, limits: Mapping[str, Limits]
) -> dict[str, dict[bool, int]]:
    """Pairs of each family on each list by this night's thresholds, as far as one look shows.

    `drawn` is of products in scope, `limits` the largest p-value of each list by family. Earlier
    looks, possible duplicates and notices are left out.
    """
    counts, pairs = drawn.counts, drawn.pairs
    open_ = ~counts.is_listed(pairs.product, pairs.event)
    flagged = drawn.flagged & open_
    enough = counts.a >= decide.fewest()
    alone, expected = np.zeros(counts.a.size, dtype=bool), np.zeros(counts.a.size)
    some = counts.of_cells(enough)
    cell = pooling.of_cells(some)
    alone[enough] = decide(some.product, cell["a"], cell)
    expected[enough] = cell["expected"]
    by_country = conditions.by_country(counts, pairs, alone & open_[pairs.of_cell])
    clear = flagged & conditions.direction(
        flagged, flagged, ~flagged, pooling.crude(counts, pairs)["ic"]
    )
    clear &= conditions.spread(counts, pairs, counts.a, decide.rule).holds

    important = counts.important[pairs.event]
    p = by_chance.p_pool(counts, pairs, clear, drawn.expected, null)
    p_country = by_chance.p_country(counts, pairs, alone, expected, null)

    def within(values: Float, limit: Limits) -> Mask:
        return values <= np.where(important, limit[True], limit[False])

    only = ~by_country & within(p, limits["pooled_only"])
    earlier = by_country & within(p, limits["pooled_first"])
    country = within(p_country, limits["country"]) | within(p, limits["pool"])
    country &= by_country & ~earlier
    shown = {
        "pooled_only": only,
        "pooled_first": earlier,
        "country_signal": country,
        "watch": (clear | by_country) & ~only & ~earlier & ~country,
    }
    return {
        name: {kind: int((mask & (important == kind)).sum()) for kind in FAMILIES.values()}
        for name, mask in shown.items()
    }


def _expected(
    own: Counts, decide: Decision, chance: Chance, limits: Mapping[str, Limits], kind: bool
) -> dict[str, float]:
    """Expected false pairs of a family on each list; `own` are the counts of products in scope.

    Pooled first are at most as many as have a p-value like theirs tonight. Watched are pairs that
    the rule holds for, in the pool or in a country, less those that are confirmed.
    """
    pool, cells = chance.pool[kind], chance.cells[kind]

    def false(of: Expected, limit: Limits) -> float:
        return float(of.false(np.array(limit[kind])))

    only = false(pool, limits["pooled_only"])
    country = false(cells, limits["country"]) + false(pool, limits["pool"])
    held = _held(own, decide, chance.null, kind)
    watch = max(0.0, held - only - country)
    return {
        "pooled_only": only,
        "pooled_first": false(pool, limits["pooled_first"]),
        "country_signal": country,
        "watch": watch,
    }


def _held(own: Counts, decide: Decision, null: Null, kind: bool) -> float:
    """How many pairs and cells of a family the rule would hold for without an effect."""
    found = 0.0
    for some in _pool(own, kind):
        found += some.false(_needed(own, some, decide), null)
    for some, k in _cells(own, kind):
        found += some.false(_needed(own, some, decide, k), null)
    return found


def _needed(own: Counts, some: "_Examples", decide: Decision, k: int | None = None) -> Float:
    """Critical counts of the examples, over all periods or those of a stratum."""
    pair, period, product, event = strata_of(own, some.product, some.event)
    if k is not None:
        here = own.periods.stratum[period] == k
        pair, period, product, event = pair[here], period[here], product[here], event[here]
    total = own.periods.totals[period]
    return critical.of_strata(some.product, pair, product, event, total, decide)


@dataclass(frozen=True, slots=True)
class _Examples:
    """One pair for each bin of expectations: which it is, its E, and how many it stands for."""

    product: Int
    event: Int
    expected: Float
    count: Int

    @classmethod
    def of(cls, products: Int, events: Int, expected: Float) -> "_Examples":
        """Of the pairs of products and events with a case expected [products, events]."""
        at = np.flatnonzero(expected > 0)
        bins = np.floor(np.log(expected.ravel()[at]) * _BINS_PER_LOG)
        _, first, count = np.unique(bins, return_index=True, return_counts=True)
        row, column = np.unravel_index(at[first], expected.shape)
        return cls(products[row], events[column], expected[row, column], count)

    def false(self, needed: Float, null: Null) -> float:
        """How many would have the cases needed, nan where no number of cases will do."""
        known = np.isfinite(needed)
        tail = null.tail(needed[known], self.expected[known])
        return float((self.count[known] * tail).sum())


def _pool(own: Counts, kind: bool) -> Iterator[_Examples]:
    events = np.flatnonzero((own.important == kind) & own.event_margin.any(1))
    for products in families.chunks(np.flatnonzero(own.product_margin.any(1)), events.size):
        expected = families.expectations(own, products, events)
        own.leave_out_listed(products, events, expected)
        yield _Examples.of(products, events, expected)


def _cells(own: Counts, kind: bool) -> Iterator[tuple[_Examples, int]]:
    events = np.flatnonzero(own.important == kind)
    products = np.flatnonzero(own.product_margin.any(1))
    for k, some, there, expected in families.expectations_by_country(own, products, events):
        own.leave_out_listed(some, there, expected)
        yield _Examples.of(some, there, expected), k
