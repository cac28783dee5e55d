"""Observed cases by latency window, now and at every look: what the sequential tests look at."""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float, Int
from pv.rates.expected import Backgrounds
from pv.rates.ledger import Looks
from pv.rates.person_time import PersonTime
from pv.spec.windows import Plan
from pv.warehouse.relations import take


@dataclass(frozen=True, slots=True)
class Numbered:
    """Looks, with the place of each entry in the grid of rows: `row` = (k * E + e) * W + w.

    `n` are the definite cases, `expected` what the central scenario leads one to expect by then,
    both of places with a background rate; `n_reported` are the cases whether or not exposure covers
    them. Only rows that expect something at the last look are there. Due are the first look with an
    expectation and every regular look at which a count changes: between these n stands still and
    the expectation grows, so that nothing can signal there. The last look is due where a chain may
    have reached its horizon. What is not due tells the counts of the lock points of earlier nights,
    and of the last look; expected is there what it is at the next regular look.
    """

    looks: Looks
    row: Int


@dataclass(frozen=True, slots=True)
class Steps:
    """Changes of a count, sorted by `row` (as in `Numbered`) and `look`."""

    row: Int
    look: Int
    change: Float

    def of(self, kept: NDArray[np.bool_]) -> "Steps":
        """Those of some entries."""
        return Steps(self.row[kept], self.look[kept], self.change[kept])

    def until(self, row: Int, look: Int, looks: int) -> Float:
        """The count at some rows and looks (of so many)."""
        code = self.row * looks + self.look
        total = np.concatenate([[0.0], np.cumsum(self.change)])
        until = np.searchsorted(code, row * looks + look, side="right")
        return total[until] - total[np.searchsorted(code, row * looks, side="left")]

    def seen_at(self, moved: Int, looks: int) -> Int:
        """`row * looks + look` of the looks at which the count changes, when look l is `moved[l]`:
        what changes back in between has not changed."""
        code, place = np.unique(self.row * looks + moved[self.look], return_inverse=True)
        return code[np.bincount(place, self.change, minlength=code.size) != 0]


@dataclass(frozen=True, slots=True)
class Observed:
    """Cases at the last look, [K, E, W]: in the window for certain, possibly; and the same of
    places with a background rate. `before` [K, E]: onset before the product was given.

    Behind them are the looks `as_of`, of which `is_regular` are those of every home, and the steps
    of the cases compared and of those reported.
    """

    n: Float
    possible: Float
    compared: Float
    compared_possible: Float
    before: Float
    as_of: NDArray[np.datetime64]
    is_regular: NDArray[np.bool_]
    steps: Steps
    reported: Steps

    @property
    def next_regular(self) -> Int:
        """For each look the first regular one that is not before it; the last look is one."""
        regular = np.flatnonzero(self.is_regular)
        return regular[np.searchsorted(regular, np.arange(self.as_of.size))]


def read(con: duckdb.DuckDBPyConnection, shape: tuple[int, int, int]) -> Observed:
    """The counts of the grid [K, E, W], from the relations of sql/rates/windows."""
    found = take(con, "work.window_change")
    row = _rows(found, shape)

    def now(name: str) -> Float:
        total = np.zeros(shape).ravel()
        np.add.at(total, row, found[name])
        return total.reshape(shape)

    before = np.zeros(shape[:2])
    early = take(con, "work.onset_before")
    before[early["place_no"], early["window_event_no"]] = early["n_before"]
    reported = take(con, "work.reported_change")
    look = take(con, "work.look")
    return Observed(
        now("delta"),
        now("delta_possible"),
        now("delta_compared"),
        now("delta_compared_possible"),
        before,
        look["as_of"],
        look["is_regular"],
        Steps(row, found["look_no"], found["delta_compared"].astype(np.float64)),
        Steps(
            _rows(reported, shape),
            reported["look_no"],
            reported["delta_reported"].astype(np.float64),
        ),
    )


def _rows(found: dict[str, NDArray[Any]], shape: tuple[int, int, int]) -> Int:
    """The place of each entry in the grid."""
    keys = (found["place_no"], found["window_event_no"], found["window_no"])
    return np.ravel_multi_index(keys, shape) if keys[0].size else keys[0]


def looks(  # noqa: PLR0913, PLR0917 - the parts of the grid
    plan: Plan,
    places: PersonTime,
    backgrounds: Backgrounds,
    counts: Observed,
    expected: Float,
    over: NDArray[np.bool_],
) -> Numbered:
    """The looks of every row of the grid whose `expected` [K, E, W] at the last look is above 0.

    `over` [K, E, W] marks the rows that need their last look.
    """
    shape, size = expected.shape, counts.as_of.size
    regular, moved = np.flatnonzero(counts.is_regular), counts.next_regular
    live = np.flatnonzero(expected.ravel() > 0)
    first = regular[_first_expected(places, backgrounds, *np.unravel_index(live, shape))]
    opens = np.full(expected.size, size)
    opens[live] = first
    steps = counts.steps.of(expected.ravel()[counts.steps.row] > 0)
    # Reports of a time without any expectation are there when it begins.
    reported = counts.reported.of(expected.ravel()[counts.reported.row] > 0)
    told = reported.of(reported.look >= opens[reported.row])
    last = live * size + size - 1
    due = np.concatenate(
        [live * size + first, last[over.ravel()[live]], steps.seen_at(moved, size),
         told.seen_at(moved, size)]
    )  # fmt: skip
    changed = [each.row * size + each.look for each in (steps, told)]
    code = np.unique(np.concatenate([due, *changed, last]))
    row, look = code // size, code % size

    place, event, window = np.unravel_index(row, shape)
    regular_no = np.searchsorted(regular, moved[look])
    by_then = _expected_at(places, backgrounds, place, event, window, regular_no)
    order = np.lexsort(
        (
            look,
            *(
                _rank(names)[index]
                for names, index in (
                    (places.country, place),
                    (np.array(plan.names, dtype=object), window),
                    (backgrounds.event_kind, event),
                    (backgrounds.event, event),
                    (places.product, place),
                )
            ),
        )
    )
    place, event, window = place[order], event[order], window[order]
    return Numbered(
        Looks(
            places.product[place],
            backgrounds.event[event],
            backgrounds.event_kind[event],
            np.array(plan.names, dtype=object)[window],
            places.country[place],
            counts.as_of[look[order]],
            steps.until(row, look, size)[order],
            reported.until(row, look, size)[order],
            by_then[order],
            np.isin(code, due)[order],
        ),
        row[order],
    )


def _first_expected(
    places: PersonTime, backgrounds: Backgrounds, place: Int, event: Int, window: Int
) -> Int:
    """The first look with an expectation, of rows that have one at the last."""
    reached = places.years > 0
    first = reached.argmax(axis=-1)
    alone = first[place, window]
    # Of a sum the first of the countries that have a rate.
    of_pool = np.full((*backgrounds.rate.shape, first.shape[1]), places.look.size)
    country = np.flatnonzero(~places.is_sum & places.is_sum[places.pool])
    begins = np.where(
        (backgrounds.rate[country] > 0)[:, :, None] & (places.years[country, None, :, -1] > 0),
        first[country][:, None, :],
        places.look.size,
    )
    np.minimum.at(of_pool, places.pool[country], begins)
    return np.where(places.is_sum[place], of_pool[place, event, window], alone)


def _expected_at(  # noqa: PLR0913, PLR0917 - the four coordinates of an entry
    places: PersonTime, backgrounds: Backgrounds, place: Int, event: Int, window: Int, look: Int
) -> Float:
    """Expected cases of entries; of pools that are sums, from all their countries."""
    found = places.years[place, window, look] * backgrounds.rate[place, event]
    summed = np.flatnonzero(places.is_sum[place])
    for pool in np.unique(place[summed]):
        entries = summed[place[summed] == pool]
        country = np.flatnonzero((places.pool == pool) & ~places.is_sum)
        # [E, W, L] of one product at a time: small, whatever the number of products.
        by_look = np.tensordot(backgrounds.rate[country], places.years[country], axes=(0, 0))
        found[entries] = by_look[event[entries], window[entries], look[entries]]
    return found


def _rank(names: NDArray[np.object_]) -> Int:
    """The place of each name in the order of distinct names."""
    _, rank = np.unique(names.astype(str), return_inverse=True)
    return rank
