"""Sequential chains walk over their looks: open, test, signal or end, extend.

Pure functions on arrays: a chain's next steps depend on its own state and its own looks, so that
many looks walked at once and one look a night give the same chains. Poisson MaxSPRT; Kulldorff et
al. 2011 (Seq Anal 30:58).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pv.spec.sequential import Design
from pv.stats.sequential import critical_value_poisson, llr

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Columns = dict[str, NDArray[Any]]

NONE, OPEN, SIGNALLED, ENDED = range(4)
STATUS = np.array(["none", "open", "signalled", "ended"], dtype=object)


@dataclass(slots=True)
class Chains:
    """The last chain of each of G keys; `status` NONE before the first one is opened.

    The columns are those of ops.alpha_ledger of the same name.
    """

    chain_no: Int
    status: Int
    opened_on: Days
    closed_on: Days
    horizon: Float
    minimum_events: Float
    delay: Float
    alpha: Float
    alpha_spent: Float
    critical_value: Float
    n_start: Float
    expected_start: Float
    n_at_signal: Float
    expected_at_signal: Float

    @classmethod
    def unopened(cls, keys: int) -> "Chains":
        """No chain yet."""
        number = {
            name: np.zeros(keys)
            for name in (
                "horizon", "minimum_events", "delay", "alpha", "alpha_spent", "critical_value",
                "n_start", "expected_start",
            )
        }  # fmt: skip
        return cls(
            chain_no=np.zeros(keys, dtype=np.int64),
            status=np.full(keys, NONE),
            opened_on=np.full(keys, np.datetime64("NaT", "D")),
            closed_on=np.full(keys, np.datetime64("NaT", "D")),
            n_at_signal=np.full(keys, np.nan),
            expected_at_signal=np.full(keys, np.nan),
            **number,
        )

    def rows(self, of: Int) -> Columns:
        """Rows for the ledger of some keys, with the key's number as `key_no`."""
        columns: Columns = {name: getattr(self, name)[of] for name in self.__slots__}
        return {"key_no": of, **columns}


@dataclass(frozen=True, slots=True)
class Steps:
    """N looks that no chain has seen yet, sorted by key and date.

    Attributes:
        key: number of the key, 0 to G - 1; a key may have no new look.
        as_of: date of the look, rising within a key.
        n, expected: all events of the key, and all expected, as known at the look.
        n_before, expected_before: the same at the look before it; 0 before the first, or what a
            chain that opens there must not count.
        wanted: expected events that the key is to be watched for in all, as planned at the look.
        alpha, minimum: of the key's first chain, and of any that is opened at the look.
    """

    key: Int
    as_of: Days
    n: Float
    expected: Float
    n_before: Float
    expected_before: Float
    wanted: Float
    alpha: Float
    minimum: Float


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk adds: looks (each once), and the chains that it opened or closed."""

    looks: Columns
    chains: Columns


def running(key: Int, expected: Float, seen: Float) -> Float:
    """Expected events that never fall: the maximum so far within a key, from `seen` (G) on.

    `key` must be sorted. Expectations fall when exposure is corrected; time does not run back.
    """
    # A maximum of ranks, lifted by key so that none reaches into the next key.
    order = np.argsort(expected, kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    lifted = np.maximum.accumulate(key * order.size + rank)
    return np.maximum(expected[order[lifted - key * order.size]], seen[key])


def walk(steps: Steps, chains: Chains, design: Design) -> Walked:
    """Walk every key's last chain (updated in place) over its new looks.

    A chain signals at the first look with n >= its minimum, delay <= expected <= horizon and an
    LLR of at least the critical value. One that reaches the horizon without has ended; it is
    followed by another when more is wanted than the key has covered. Every chain starts from what
    was known at the look before: only what was not known when it was registered counts.
    """
    cursor = np.searchsorted(steps.key, np.arange(chains.status.size), side="left")
    stop = np.searchsorted(steps.key, np.arange(chains.status.size), side="right")
    looks = [_untested(steps, chains, np.zeros(0, dtype=np.int64))]
    closed: list[Columns] = []
    opened = np.zeros(chains.status.size, dtype=bool)
    while True:
        going = (cursor < stop) & (chains.status != SIGNALLED)
        if not going.any():
            break
        waiting = going & (chains.status != OPEN)
        at = _first_to_open(steps, chains, waiting, cursor, stop)
        looks.append(_untested(steps, chains, _between(steps, waiting, cursor, at)))
        cursor[waiting] = at[waiting]
        begins = np.flatnonzero(waiting & (at < stop))
        _open(steps, chains, design, begins, at[begins])
        opened[begins] = True

        watched = (chains.status == OPEN) & (cursor < stop)
        rows = _between(steps, watched, cursor, stop)
        value, signal, over = _test(steps, chains, rows)
        at = _first(steps.key[rows], rows, over | signal, stop)
        seen = rows <= at[steps.key[rows]]
        looks.append(_tested(steps, chains, rows[seen], value[seen], signal[seen]))
        ends = np.flatnonzero(watched & (at < stop))
        _close(steps, chains, ends, at[ends], signal[np.searchsorted(rows, at[ends])])
        closed.append(chains.rows(ends))
        cursor[watched] = np.minimum(at + 1, stop)[watched]
    still = np.flatnonzero(opened & (chains.status == OPEN))
    return Walked(_joined(looks), _joined([*closed, chains.rows(still)]))


def _between(steps: Steps, chosen: Bool, cursor: Int, end: Int) -> Int:
    """Positions from `cursor` up to `end` of the chosen keys."""
    position = np.arange(steps.key.size)
    return np.flatnonzero(
        chosen[steps.key] & (position >= cursor[steps.key]) & (position < end[steps.key])
    )


def _first(key: Int, rows: Int, holds: Bool, otherwise: Int) -> Int:
    """For each key the first of its `rows` where something holds."""
    first = otherwise.copy()
    found, place = np.unique(key[holds], return_index=True)
    first[found] = rows[holds][place]
    return first


def _first_to_open(steps: Steps, chains: Chains, waiting: Bool, cursor: Int, stop: Int) -> Int:
    rows = _between(steps, waiting, cursor, stop)
    key = steps.key[rows]
    more = steps.wanted[rows] > steps.expected_before[rows]
    return _first(key, rows, (chains.status[key] == NONE) | more, stop)


def _open(steps: Steps, chains: Chains, design: Design, keys: Int, at: Int) -> None:
    extends = chains.status[keys] == ENDED
    alpha = np.where(extends, chains.alpha[keys] / 2, steps.alpha[at])
    chains.n_start[keys] = steps.n_before[at]
    chains.expected_start[keys] = steps.expected_before[at]
    horizon = design.horizons(steps.wanted[at], chains.expected_start[keys])
    chains.chain_no[keys] += 1
    chains.status[keys] = OPEN
    chains.opened_on[keys] = steps.as_of[at]
    chains.closed_on[keys] = np.datetime64("NaT")
    chains.horizon[keys] = horizon
    chains.minimum_events[keys] = steps.minimum[at]
    chains.delay[keys] = design.delay
    chains.alpha[keys] = alpha
    chains.alpha_spent[keys] += alpha
    chains.critical_value[keys] = _critical_values(horizon, steps.minimum[at], design.delay, alpha)


def _critical_values(horizon: Float, minimum: Float, delay: float, alpha: Float) -> Float:
    designs, place = np.unique(np.stack([horizon, minimum, alpha]), axis=1, return_inverse=True)
    value = [
        critical_value_poisson(float(t), minimum=int(m), delay=delay, alpha=float(level))
        for t, m, level in designs.T
    ]
    return np.array(value)[place.ravel()] if value else np.zeros(0)


def _test(steps: Steps, chains: Chains, rows: Int) -> tuple[Float, Bool, Bool]:
    """LLR, whether it signals, and whether the horizon is reached, at some looks."""
    key = steps.key[rows]
    n = np.maximum(steps.n[rows] - chains.n_start[key], 0.0)
    expected = steps.expected[rows] - chains.expected_start[key]
    value = llr(n, expected)
    horizon = chains.horizon[key]
    # Without any exposure yet events are a gap in the exposure, and no evidence.
    timely = (expected > 0) & (expected >= chains.delay[key]) & (expected <= horizon)
    enough = (n >= chains.minimum_events[key]) & (n > expected)
    signal = timely & enough & (value >= chains.critical_value[key])
    return value, signal, expected >= horizon


def _close(steps: Steps, chains: Chains, keys: Int, at: Int, signal: Bool) -> None:
    chains.status[keys] = np.where(signal, SIGNALLED, ENDED)
    chains.closed_on[keys] = steps.as_of[at]
    n = steps.n[at] - chains.n_start[keys]
    expected = steps.expected[at] - chains.expected_start[keys]
    chains.n_at_signal[keys] = np.where(signal, n, np.nan)
    chains.expected_at_signal[keys] = np.where(signal, expected, np.nan)


def _tested(steps: Steps, chains: Chains, rows: Int, value: Float, signal: Bool) -> Columns:
    key = steps.key[rows]
    return {
        "key_no": key,
        "chain_no": chains.chain_no[key],
        "as_of": steps.as_of[rows],
        "n_seen": steps.n[rows],
        "expected_seen": steps.expected[rows],
        "llr": np.where(np.isfinite(value), value, np.nan),
        "signal": signal,
    }


def _untested(steps: Steps, chains: Chains, rows: Int) -> Columns:
    """Looks of keys whose chain has ended: counted, so that the next chain knows its start."""
    nothing = np.full(rows.size, np.nan)
    return _tested(steps, chains, rows, nothing, np.zeros(rows.size, dtype=bool))


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
