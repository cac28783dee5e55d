"""The permutation null: how many pairs would be called pooled only if there were nothing to find?

Two permutations of the night's own cases, both of the products in scope only:

- country_labels: the strata of all cases are permuted, with their periods of receipt. Products and
  events keep their link, the countries lose their meaning.
- broken_links: within each period of a stratum the events of the cases are permuted against their
  products. Every margin stays and every association goes, so that what is still called pooled only
  is false.

The first three conditions of the verdict are applied, as far as one look shows them
(`pv.pairs.conditions`). Earlier looks and further conditions could only take away, so the numbers
are upper bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import numpy as np
from scipy import sparse

from pv.counts.counts import Counts, Float, Int, Mask, Periods
from pv.pairs import conditions, pooling
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.warehouse.relations import put, run, take


@dataclass(frozen=True, slots=True)
class Links:
    """Which case has which products and events, cases [N] in order of their period of receipt.

    `products` [cases with one, P] and `events` [N, S] are 0/1 matrices; `treated` are the
    positions of the cases with a product.
    """

    period: Int
    treated: Int
    products: sparse.csr_array
    events: sparse.csr_array


@dataclass(frozen=True, slots=True)
class Drawn:
    """Counts of a draw and their pairs: what the pool expects [P], and whether the rule holds."""

    counts: Counts
    pairs: Pairs
    expected: Float
    flagged: Mask

    @classmethod
    def of(cls, counts: Counts, decide: Decision) -> "Drawn":
        """Pool the counts."""
        pairs = Pairs.of(counts)
        pooled = pooling.pooled(counts, pairs)
        flagged = decide(pairs.product, pooled["n"], pooled)
        return cls(counts, pairs, pooled["expected"], flagged)


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of the products in scope by kind of permutation, and how the night decides.

    `rows` are those of mart.permutation_null.
    """

    decide: Decision
    kinds: dict[str, list[Drawn]]
    rows: list[dict[str, object]]


def draw(counts: Counts, links: Links, decide: Decision, seed: int) -> Draws:
    """The night's own counts, and those of each kind's draws; `links` are of the same counts."""
    own = counts.of_products(np.flatnonzero(counts.in_scope))
    draws = decide.rule.permutations
    kinds = {
        "observed": [own],
        "country_labels": country_labels(own, links, draws, seed),
        "broken_links": broken_links(own, links, draws, seed),
    }
    decide = replace(decide, monitored=own.monitored)
    found = {kind: [Drawn.of(each, decide) for each in drawn] for kind, drawn in kinds.items()}
    return Draws(decide, found, [_row(kind, drawn, decide) for kind, drawn in found.items()])


def fill(con: duckdb.DuckDBPyConnection, draws: Draws) -> None:
    """Fill mart.permutation_null: the night's own counts, and the mean of each kind's draws."""
    columns = {key: np.array([row[key] for row in draws.rows]) for key in draws.rows[0]}
    put(con, "mart.permutation_null", columns)


def country_labels(counts: Counts, links: Links, draws: int, seed: int) -> Iterator[Counts]:
    """The counts of each draw with the periods of the cases, and so their strata, permuted."""
    random = np.random.default_rng((seed, 1))
    cases, width = links.period.size, counts.periods.totals.size
    all_products = _all_cases(links)
    for _ in range(draws):
        period = random.permutation(links.period)
        placed = sparse.csr_array(
            (np.ones(cases), period, np.arange(cases + 1)), shape=(cases, width)
        )
        margins = [
            sparse.csr_array(links_of.T.astype(np.float64) @ placed)
            for links_of in (all_products, links.events)
        ]
        for margin in margins:
            margin.sort_indices()
        periods = replace(counts.periods, product=margins[0], event=margins[1])
        cells, *named = _recounted(counts, links, period, links.events[links.treated])
        yield counts.parted(replace(periods, period=cells.period, a=cells.a), *named)


def broken_links(counts: Counts, links: Links, draws: int, seed: int) -> Iterator[Counts]:
    """The counts of each draw with the cases' events permuted within each period of a stratum."""
    random = np.random.default_rng((seed, 2))
    ends = np.cumsum(np.bincount(links.period, minlength=counts.periods.totals.size))
    for _ in range(draws):
        case = np.concatenate([random.permutation(part) for part in np.split(
            np.arange(links.period.size), ends[:-1])])  # fmt: skip
        cells = _recounted(counts, links, links.period, links.events[case[links.treated]])
        yield counts.of_parts(*cells)


def pooled_only(drawn: Drawn, decide: Decision) -> tuple[int, int, int]:
    """Pairs with a case, those that the pool flags, and those that meet the first conditions."""
    counts, pairs, flagged = drawn.counts, drawn.pairs, np.flatnonzero(drawn.flagged)
    seen = counts.of_cells(np.isin(pairs.of_cell, flagged))
    few, cell = Pairs.of(seen), pooling.of_cells(seen)
    held = conditions.pooled_alone(
        seen, few, np.ones(flagged.size, dtype=bool), decide(seen.product, cell["a"], cell),
        pooling.crude(seen, few)["ic"], decide.rule,
    )  # fmt: skip
    return pairs.product.size, flagged.size, int(held.sum())


def _recounted(
    counts: Counts, links: Links, period: Int, events: sparse.csr_array
) -> tuple[Periods, Int, Int]:
    """Cells counted anew, with their products and events; `events` are the rows of the cases with a
    product.
    """
    width = counts.periods.totals.size
    at = period[links.treated]
    # One column per event and period that occur: a product of two matrices counts every cell.
    key = events.indices.astype(np.int64) * width + np.repeat(at, np.diff(events.indptr))
    columns, column = np.unique(key, return_inverse=True)
    shape = (events.shape[0], columns.size)
    placed = sparse.csr_array((events.data, column, events.indptr), shape=shape)
    found = sparse.csr_array(links.products.T @ placed)
    found.sort_indices()
    product = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    place = columns[found.indices]
    periods = replace(counts.periods, period=place % width, a=found.data.astype(np.int64))
    return periods, product, place // width


def _all_cases(links: Links) -> sparse.csr_array:
    """The products of every case [N, P], most of which have none in scope."""
    size = np.zeros(links.period.size, dtype=np.int64)
    size[links.treated] = np.diff(links.products.indptr)
    start = np.concatenate([[0], np.cumsum(size)])
    shape = (links.period.size, links.products.shape[1])
    return sparse.csr_array((links.products.data, links.products.indices, start), shape=shape)


def _row(kind: str, drawn: list[Drawn], decide: Decision) -> dict[str, object]:
    found = np.array([pooled_only(each, decide) for each in drawn], dtype=np.float64)
    found = found.reshape(-1, 3)
    draws = found.shape[0]
    pairs, flagged, kept = found.mean(0) if draws else np.zeros(3)
    return {
        "permutation": kind,
        "draws": draws,
        "pairs_mean": pairs,
        "flagged_mean": flagged,
        "pooled_only_mean": kept,
        "pooled_only_sd": found[:, 2].std(ddof=1) if draws > 1 else np.nan,
        "pooled_only_share": kept / pairs if pairs else np.nan,
    }


def read_links(con: duckdb.DuckDBPyConnection, counts: Counts) -> Links:
    """Read the links of the cases that count, with the products in scope only."""
    run(con, "pairs/permutation")
    scope = np.flatnonzero(counts.in_scope)
    number = take(con, "work.permuted_case", "period_no")["period_no"]
    period = np.searchsorted(counts.periods.number, number)
    event, product = take(con, "work.permuted_event"), take(con, "work.permuted_product")
    treated, row = np.unique(product["case_no"], return_inverse=True)
    place = np.searchsorted(scope, product["product_no"])
    return Links(
        period,
        treated,
        _ones(row, place, (treated.size, scope.size)),
        _ones(event["case_no"], event["event_no"], (period.size, counts.event_margin.shape[0])),
    )


def _ones(row: Int, column: Int, shape: tuple[int, int]) -> sparse.csr_array:
    ones = np.ones(row.size, dtype=np.int32)
    return sparse.csr_array(sparse.coo_array((ones, (row, column)), shape=shape))
