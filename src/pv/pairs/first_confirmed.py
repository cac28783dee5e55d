"""Earlier looks: since when is the pool's flag confirmed, with what was known then?

At each look the conditions are asked of the counts of that look, and the list of what is confirmed
is that of the look: its family, and the pairs that met the conditions then. Null and prior are
tonight's, as for earlier flags (`pv.pairs.first_flags`), so that a look says the same in every
night that knows the same. Listed are pairs that the pool flags tonight: one that has fallen since
lends the others no weight.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.changes import Changes
from pv.counts.counts import Counts, Int
from pv.pairs import chance as by_chance
from pv.pairs import conditions, pooling
from pv.pairs.chance import Chance
from pv.pairs.decision import Decision
from pv.pairs.families import Expected, Families
from pv.pairs.first_flags import NEVER, FirstFlags
from pv.pairs.pooling import Pairs
from pv.warehouse.relations import put

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Past:
    """The earlier looks of a look, for Q pairs that are looked back at.

    `changes` are theirs, `first` tells when they first flagged, and `families` gives the families
    of a look from its number and its counts, as they come from `changes`.
    """

    changes: Changes
    first: FirstFlags
    families: Callable[[int, Counts], Families]
    look: int

    def first_country(self) -> Int:
        """The first look [Q] at which a country flagged; NEVER where none did."""
        result = np.full(self.first.pairs.product.size, NEVER, dtype=np.int64)
        flagged = np.flatnonzero(self.first.country != NEVER)
        latest = np.full(result.size, np.iinfo(np.int64).max)
        np.minimum.at(latest, self.first.pairs.of_cell[flagged], self.first.country[flagged])
        found = latest < np.iinfo(np.int64).max
        result[found] = latest[found]
        return result

    def places(self, pairs: Pairs) -> Int:
        """The position [Q] of each pair in `pairs`, which holds them all."""
        width = self.changes.empty.event_margin.shape[0]
        own = self.first.pairs
        return np.searchsorted(pairs.product * width + pairs.event, own.product * width + own.event)

    def look_of(self, day: str) -> int:
        """The first look on a day or after it."""
        return bisect_left(self.changes.as_of, date.fromisoformat(day))


@dataclass(frozen=True, slots=True)
class Standing:
    """What tonight's answers say of Q pairs about all looks.

    `listed` [Q] may be confirmed at some look: in scope, and no condition fails that only tonight
    answers; `headline` [Q] are those that count on the list of a look. From `noticed_from` [Q] on
    `notices` [Q] is the answer to that condition; before, no notice was there.
    """

    listed: Mask
    headline: Mask
    noticed_from: Int
    notices: Mask


def sweep(past: Past, standing: Standing, chance: Chance, decide: Decision) -> Int:
    """The first look [Q] before this one at which a pair met every condition but that no country
    flags, and was confirmed; NEVER where there is none.

    Confirmed is what no country had flagged by then on the list of such pairs, and else on that of
    all pairs of the pool.
    """
    every, low = past.first.pairs, decide.fewest()
    result = np.full(every.product.size, NEVER, dtype=np.int64)
    first_country = past.first_country()
    open_ = standing.listed.copy()
    for look, counts, held in past.changes.looks(past.look - 1):
        if not open_.any():
            break
        pair = every.of_cell[held]
        n = np.bincount(pair, weights=counts.a, minlength=result.size)
        notices = (look < standing.noticed_from) | standing.notices
        asked = standing.listed & notices & (n >= low)
        if not (asked & open_).any():
            continue
        part = counts.of_cells(asked[pair])
        pairs, place = Pairs.of(part), np.flatnonzero(asked)
        pooled = pooling.pooled(part, pairs)
        met = _met(part, pairs, pooled, decide)
        if not (met & open_[place]).any():
            continue
        p = by_chance.p_pool(part, pairs, met, pooled["expected"], chance.null)
        country = first_country[place]
        no_country = (country == NEVER) | (country > look)
        confirmed = _confirmed(
            past.families(look, counts), chance, part.important[pairs.event], p, no_country,
            standing.headline[place],
        )  # fmt: skip
        new = place[confirmed & open_[place]]
        result[new] = look
        open_[new] = False
    return result


def _met(part: Counts, pairs: Pairs, pooled: Mapping[str, NDArray[np.float64]],
         decide: Decision) -> Mask:  # fmt: skip
    """The pairs that meet the conditions that counts answer, without that of the countries."""
    found = dict(pooled)
    met = decide(pairs.product, found["n"], found)
    met &= conditions.direction(met, met, ~met, pooling.crude(part, pairs)["ic"])
    met &= conditions.spread(part, pairs, part.a, decide.rule).holds
    at = np.flatnonzero(met)
    met[at] = conditions.on_known(part, pairs, at, decide)[1]
    return met


def _confirmed(  # noqa: PLR0913, PLR0917
    families: Families, chance: Chance, important: Mask, p: NDArray[np.float64], no_country: Mask,
    headline: Mask,
) -> Mask:  # fmt: skip
    """The confirmed pairs of a look, by the list that each stands on."""
    result = np.zeros(p.size, dtype=bool)
    for kind, parts in families.items():
        own = important == kind
        if not (own & (p < 1)).any():
            continue
        family = Expected(parts, chance.null)
        alone, pool = family.q_of_lists(p, (own & no_country, own), headline)
        q = np.where(no_country, alone, pool)
        result |= own & (q <= chance.q_max[kind])
    return result


def fill(con: duckdb.DuckDBPyConnection, past: Past, first: Int) -> None:
    """Make work.first_confirmed of the looks `first` [Q]."""
    at = np.flatnonzero(first != NEVER)
    put(
        con,
        "work.first_confirmed",
        {
            "product_no": past.first.pairs.product[at],
            "event_no": past.first.pairs.event[at],
            "look_no": first[at],
        },
    )
