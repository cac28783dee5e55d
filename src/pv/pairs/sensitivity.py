"""Sensitivity: would the rule still hold of a pair on fewer cases, or beside another comparator?

A variant leaves out cases, of the pair as of all that it is compared with, or compares with others
(METHODS part 7). The verdict is not decided here: its conditions ask for some of the variants
themselves (`pv.pairs.answers`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int
from pv.pairs import comparators
from pv.pairs.comparators import Comparators
from pv.pairs.notices import Noticed
from pv.pairs.pooling import Pairs, dense
from pv.pairs.possible_duplicates import PossibleDuplicates
from pv.pairs.screen import Screen
from pv.stats import information
from pv.warehouse.relations import put, run

Mask = NDArray[np.bool_]
# The 2x2 tables [4, pairs, K] of some pairs, by position.
Tables = Callable[[Int], Float]

# Dense tables of so many pairs fit memory.
_CHUNK = 512


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of the counts: its name, the pairs [P] that it is asked of, and their tables."""

    name: str
    asked: Mask
    tables: Tables


def fill(  # noqa: PLR0913, PLR0917
    con: duckdb.DuckDBPyConnection, screen: Screen, chosen: Mask, duplicates: PossibleDuplicates,
    noticed: Noticed, other: Comparators,
) -> None:  # fmt: skip
    """Fill mart.sensitivity with every variant of the chosen pairs [P]; they are in scope."""
    variants = (
        *of_cases(screen, chosen, duplicates, noticed),
        *of_comparators(con, screen, chosen, other),
    )
    parts = [_as_counted(screen, chosen), *(_figures(screen, variant) for variant in variants)]
    put(
        con, "work.pair_variant", {key: np.concatenate([p[key] for p in parts]) for key in parts[0]}
    )
    run(con, "pairs/sensitivity")


def of_cases(
    screen: Screen, chosen: Mask, duplicates: PossibleDuplicates, noticed: Noticed
) -> tuple[Variant, ...]:
    """The variants that leave out cases."""
    counts, pairs = screen.counts, screen.pairs
    known = counts.is_country

    def of_known(pair: Int) -> Float:
        return dense(counts, pairs, pair)[:, :, known]

    def without_largest(pair: Int) -> Float:
        tables = dense(counts, pairs, pair)
        country, place = np.unique(counts.country[known].astype(str), return_inverse=True)
        cases = np.zeros((pair.size, country.size))
        np.add.at(cases.T, place, tables[0][:, known].T)
        # Of equals the first in the alphabet.
        largest = np.zeros(tables.shape[1:], dtype=bool)
        largest[:, known] = place == cases.argmax(1)[:, None]
        return np.where(largest, 0.0, tables)

    compared = chosen & ~np.isnan(duplicates.n_joined)
    return (
        Variant(
            "without_possible_duplicates", compared,
            lambda pair: duplicates.without(counts, pairs, pair),
        ),
        Variant("without_largest_country", chosen & _placed(screen), without_largest),
        Variant("before_notice", chosen & ~np.isnan(noticed.n_before), noticed.of_pairs),
        Variant("known_country", chosen, of_known),
    )  # fmt: skip


def of_comparators(
    con: duckdb.DuckDBPyConnection, screen: Screen, chosen: Mask, other: Comparators
) -> tuple[Variant, ...]:
    """The variants beside other comparators."""
    counts, pairs = screen.counts, screen.pairs
    beyond, lists_any = comparators.beyond_listed(con, pairs, chosen)
    masked = np.zeros(chosen.size, dtype=bool)
    masked[other.unmasked.pair] = True

    def of(tables: Callable[[Counts, Pairs, Int], Float]) -> Tables:
        return lambda pair: tables(counts, pairs, pair)

    return (
        Variant("therapeutic_area", chosen & ~np.isnan(other.n_area), of(other.area.tables)),
        Variant("unmasked", chosen & masked, of(other.unmasked.tables)),
        Variant("beyond_listed", chosen & lists_any, of(beyond.tables)),
    )


def _placed(screen: Screen) -> Mask:
    """The pairs [P] with a case of a known country."""
    counts, pairs = screen.counts, screen.pairs
    cells = pairs.of_cell[counts.is_country[counts.stratum]]
    return np.bincount(cells, minlength=pairs.product.size) > 0


def _as_counted(screen: Screen, chosen: Mask) -> dict[str, NDArray[Any]]:
    pair = np.flatnonzero(chosen)
    found = {name: screen.pooled[name][pair] for name in ("n", "expected", "ic", "ic025")}
    return _rows(screen, "as_counted", pair, {**found, "stands": screen.flagged[pair]})


def _figures(screen: Screen, variant: Variant) -> dict[str, NDArray[Any]]:
    """The figures of a variant on the tables of its pairs."""
    pair = np.flatnonzero(variant.asked)
    n, expected, stands = np.zeros(pair.size), np.zeros(pair.size), np.zeros(pair.size, dtype=bool)
    for start in range(0, pair.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        tables = variant.tables(pair[part])
        a, b, c, d = tables
        size = a + b + c + d
        n[part] = a.sum(1)
        product_event = (a + b) * (a + c)
        expected[part] = np.divide(
            product_event, size, out=np.zeros_like(size), where=size > 0
        ).sum(1)
        stands[part] = screen.decide.on_tables(tables, screen.pairs.product[pair[part]])
    ic = information.ic(n, expected)
    found = {"n": n, "expected": expected, "ic": ic.estimate, "ic025": ic.lower, "stands": stands}
    return _rows(screen, variant.name, pair, found)


def _rows(
    screen: Screen, name: str, pair: Int, found: dict[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    return {
        "product_no": screen.pairs.product[pair],
        "event_no": screen.pairs.event[pair],
        "variant": np.full(pair.size, name, dtype=object),
        **found,
    }
