"""Observed cases by latency window, now and at every look: what the sequential tests look at."""

from dataclasses import dataclass

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
    both of places with a background rate; only rows that expect something at the last look are
    there. Of a row there are the first look with an expectation and every look at which `n`
    changes: between these n stands still and the expectation grows, so that nothing can signal
    there. The last look is there too where a chain may have reached its horizon.
    """

    looks: Looks
    row: Int


@dataclass(frozen=True, slots=True)
class Observed:
    """Cases at the last look, [K, E, W]: in the window for certain, possibly; and the same of
    places with a background rate. `before` [K, E]: onset before the product was given.

    The changes behind them, sorted by row and look: `row` as in `Numbered`, `look`, `compared`.
    """

    n: Float
    possible: Float
    compared: Float
    compared_possible: Float
    before: Float
    row: Int
    look: Int
    change: Float


def read(con: duckdb.DuckDBPyConnection, shape: tuple[int, int, int]) -> Observed:
    """The counts of the grid [K, E, W], from the relations of sql/rates/windows."""
    found = take(con, "work.window_change")
    keys = (found["place_no"], found["window_event_no"], found["window_no"])
    row = np.ravel_multi_index(keys, shape) if keys[0].size else keys[0]

    def now(name: str) -> Float:
        total = np.zeros(shape).ravel()
        np.add.at(total, row, found[name])
        return total.reshape(shape)

    before = np.zeros(shape[:2])
    early = take(con, "work.onset_before")
    before[early["place_no"], early["window_event_no"]] = early["n_before"]
    return Observed(
        now("delta"),
        now("delta_possible"),
        now("delta_compared"),
        now("delta_compared_possible"),
        before,
        row,
        found["look_no"],
        found["delta_compared"].astype(np.float64),
    )


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
    shape, last = expected.shape, places.look.size - 1
    live = np.flatnonzero(expected.ravel() > 0)
    changed = (counts.change != 0) & (expected.ravel()[counts.row] > 0)
    row_place, row_event, row_window = np.unravel_index(live, shape)
    first = _first_expected(places, backgrounds, row_place, row_event, row_window)
    code = np.concatenate(
        [
            live * (last + 1) + first,
            live[over.ravel()[live]] * (last + 1) + last,
            counts.row[changed] * (last + 1) + counts.look[changed],
        ]
    )
    code = np.unique(code)
    row, look = code // (last + 1), code % (last + 1)

    step = np.zeros(code.size)
    at = np.searchsorted(code, counts.row[changed] * (last + 1) + counts.look[changed])
    step[at] = counts.change[changed]
    total = np.cumsum(step)
    begins = np.searchsorted(row, row, side="left")
    n = total - total[begins] + step[begins]

    place, event, window = np.unravel_index(row, shape)
    by_then = _expected_at(places, backgrounds, place, event, window, look)
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
            places.look[look[order]],
            n[order],
            by_then[order],
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
