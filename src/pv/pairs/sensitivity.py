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

from pv.counts.counts import Counts, Int
from pv.pairs import comparators
from pv.pairs.comparators import Comparators
from pv.pairs.notices import Noticed
from pv.pairs.pooling import Pairs, Tables, chunks, statistics
from pv.pairs.possible_duplicates import PossibleDuplicates
from pv.pairs.screen import Screen
from pv.stats._stratum_sums import TableSums
from pv.warehouse.relations import put, run

Mask = NDArray[np.bool_]
_FIGURES = ("n", "expected", "ic", "ic025")
# The sums over the tables of some pairs, by position and in rising order.
Sums = Callable[[Int], TableSums]


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of the counts: its name, the pairs [P] that it is asked of, and their sums."""

    name: str
    asked: Mask
    sums: Sums


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

    def of_known(pair: Int) -> TableSums:
        tables = Tables.of(counts, pairs, pair)
        return tables.sums(known[tables.stratum])

    def without_largest(pair: Int) -> TableSums:
        tables = Tables.of(counts, pairs, pair)
        cases = np.where(known, tables.by_stratum(tables.a, known.size), -1.0)
        # Strata are in the order of their names: of equals the first in the alphabet.
        largest = cases.argmax(1)
        return tables.sums(tables.stratum != largest[tables.pair])

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
    beyond, lists_any = comparators.beyond_listed(con, counts, pairs, chosen)
    masked = np.zeros(chosen.size, dtype=bool)
    masked[other.unmasked.pair] = True

    def of(sums: Callable[[Counts, Pairs, Int], TableSums]) -> Sums:
        return lambda pair: sums(counts, pairs, pair)

    return (
        Variant("therapeutic_area", chosen & ~np.isnan(other.n_area), of(other.area.sums)),
        Variant("unmasked", chosen & masked, of(other.unmasked.sums)),
        Variant("beyond_listed", chosen & lists_any, of(beyond.sums)),
    )


def _placed(screen: Screen) -> Mask:
    """The pairs [P] with a case of a known country."""
    counts, pairs = screen.counts, screen.pairs
    cells = pairs.of_cell[counts.is_country[counts.stratum]]
    return np.bincount(cells, minlength=pairs.product.size) > 0


def _as_counted(screen: Screen, chosen: Mask) -> dict[str, NDArray[Any]]:
    pair = np.flatnonzero(chosen)
    found = {name: screen.pooled[name][pair] for name in _FIGURES}
    return _rows(screen, "as_counted", pair, {**found, "stands": screen.flagged[pair]})


def _figures(screen: Screen, variant: Variant) -> dict[str, NDArray[Any]]:
    """The figures of a variant on the tables of its pairs."""
    pair = np.flatnonzero(variant.asked)
    parts: dict[str, list[NDArray[Any]]] = {name: [np.zeros(0)] for name in _FIGURES}
    stands = [np.zeros(0, dtype=bool)]
    for part in chunks(screen.counts, pair):
        sums = variant.sums(part)
        found = statistics(sums)
        for name, values in parts.items():
            values.append(found[name])
        stands.append(screen.decide.on_sums(sums, screen.pairs.product[part]))
    figures = {name: np.concatenate(values) for name, values in parts.items()}
    return _rows(screen, variant.name, pair, {**figures, "stands": np.concatenate(stands)})


def _rows(
    screen: Screen, name: str, pair: Int, found: dict[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    return {
        "product_no": screen.pairs.product[pair],
        "event_no": screen.pairs.event[pair],
        "variant": np.full(pair.size, name, dtype=object),
        **found,
    }
