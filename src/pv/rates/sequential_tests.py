"""Sequential tests walk over their looks: open, test, signal or end, extend.

Pure functions on arrays: what a test does next depends on its own state and its own looks, so that
many looks walked at once and one look a night give the same tests. Poisson MaxSPRT; Kulldorff et
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
class SequentialTests:
    """The last test of each of G keys; `status` NONE before the first one is opened.

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
    def unopened(cls, keys: int) -> "SequentialTests":
        """No test yet."""
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
        """Rows for the ledger of some keys, with the key's number as `tested_no`."""
        columns: Columns = {name: getattr(self, name)[of] for name in self.__slots__}
        return {"tested_no": of, **columns}


@dataclass(frozen=True, slots=True)
class NewLooks:
    """N looks that no test has seen yet, sorted by key and date.

    Attributes:
        key: number of the key, 0 to G - 1; a key may have no new look.
        as_of: date of the look, rising within a key.
        n, expected: all events of the key, and all expected, as known at the look.
        n_before, expected_before: the same at the look before it; 0 before the first, or what a
            test that opens there must not count.
        wanted: expected events that the key is to be watched for in all, as planned at the look.
        alpha, minimum: of the key's first test, and of any that is opened at the look.
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
    """What a walk adds: looks (each once), and the tests that it opened or closed."""

    looks: Columns
    tests: Columns


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


def walk(new: NewLooks, tests: SequentialTests, design: Design) -> Walked:
    """Walk every key's last test (updated in place) over its new looks.

    A test signals at the first look with n >= its minimum, delay <= expected <= horizon and an
    LLR of at least the critical value. One that reaches the horizon without has ended; it is
    followed by another when more is wanted than the key has covered. Every test starts from what
    was known at the look before: only what was not known when it was registered counts.
    """
    cursor = np.searchsorted(new.key, np.arange(tests.status.size), side="left")
    stop = np.searchsorted(new.key, np.arange(tests.status.size), side="right")
    looks = [_untested(new, tests, np.zeros(0, dtype=np.int64))]
    closed: list[Columns] = []
    opened = np.zeros(tests.status.size, dtype=bool)
    while True:
        going = (cursor < stop) & (tests.status != SIGNALLED)
        if not going.any():
            break
        waiting = going & (tests.status != OPEN)
        at = _first_to_open(new, tests, waiting, cursor, stop)
        looks.append(_untested(new, tests, _between(new, waiting, cursor, at)))
        cursor[waiting] = at[waiting]
        begins = np.flatnonzero(waiting & (at < stop))
        _open(new, tests, design, begins, at[begins])
        opened[begins] = True

        watched = (tests.status == OPEN) & (cursor < stop)
        rows = _between(new, watched, cursor, stop)
        value, signal, over = _test(new, tests, rows)
        at = _first(new.key[rows], rows, over | signal, stop)
        seen = rows <= at[new.key[rows]]
        looks.append(_tested(new, tests, rows[seen], value[seen], signal[seen]))
        ends = np.flatnonzero(watched & (at < stop))
        _close(new, tests, ends, at[ends], signal[np.searchsorted(rows, at[ends])])
        closed.append(tests.rows(ends))
        cursor[watched] = np.minimum(at + 1, stop)[watched]
    still = np.flatnonzero(opened & (tests.status == OPEN))
    return Walked(_joined(looks), _joined([*closed, tests.rows(still)]))


def _between(new: NewLooks, chosen: Bool, cursor: Int, end: Int) -> Int:
    """Positions from `cursor` up to `end` of the chosen keys."""
    position = np.arange(new.key.size)
    return np.flatnonzero(
        chosen[new.key] & (position >= cursor[new.key]) & (position < end[new.key])
    )


def _first(key: Int, rows: Int, holds: Bool, otherwise: Int) -> Int:
    """For each key the first of its `rows` where something holds."""
    first = otherwise.copy()
    found, place = np.unique(key[holds], return_index=True)
    first[found] = rows[holds][place]
    return first


def _first_to_open(
    new: NewLooks, tests: SequentialTests, waiting: Bool, cursor: Int, stop: Int
) -> Int:
    rows = _between(new, waiting, cursor, stop)
    key = new.key[rows]
    more = new.wanted[rows] > new.expected_before[rows]
    return _first(key, rows, (tests.status[key] == NONE) | more, stop)


def _open(new: NewLooks, tests: SequentialTests, design: Design, keys: Int, at: Int) -> None:
    extends = tests.status[keys] == ENDED
    alpha = np.where(extends, tests.alpha[keys] / 2, new.alpha[at])
    tests.n_start[keys] = new.n_before[at]
    tests.expected_start[keys] = new.expected_before[at]
    horizon = design.horizons(new.wanted[at], tests.expected_start[keys])
    tests.chain_no[keys] += 1
    tests.status[keys] = OPEN
    tests.opened_on[keys] = new.as_of[at]
    tests.closed_on[keys] = np.datetime64("NaT")
    tests.horizon[keys] = horizon
    tests.minimum_events[keys] = new.minimum[at]
    tests.delay[keys] = design.delay
    tests.alpha[keys] = alpha
    tests.alpha_spent[keys] += alpha
    tests.critical_value[keys] = _critical_values(horizon, new.minimum[at], design.delay, alpha)


def _critical_values(horizon: Float, minimum: Float, delay: float, alpha: Float) -> Float:
    designs, place = np.unique(np.stack([horizon, minimum, alpha]), axis=1, return_inverse=True)
    value = [
        critical_value_poisson(float(t), minimum=int(m), delay=delay, alpha=float(level))
        for t, m, level in designs.T
    ]
    return np.array(value)[place.ravel()] if value else np.zeros(0)


def _test(new: NewLooks, tests: SequentialTests, rows: Int) -> tuple[Float, Bool, Bool]:
    """LLR, whether it signals, and whether the horizon is reached, at some looks."""
    key = new.key[rows]
    n = np.maximum(new.n[rows] - tests.n_start[key], 0.0)
    expected = new.expected[rows] - tests.expected_start[key]
    value = llr(n, expected)
    horizon = tests.horizon[key]
    # Without any exposure yet events are a gap in the exposure, and no evidence.
    timely = (expected > 0) & (expected >= tests.delay[key]) & (expected <= horizon)
    # A test that began when fewer events would do keeps its critical value and waits for as many as
    # are asked today: it signals more rarely than its alpha allows.
    enough = (n >= np.maximum(tests.minimum_events[key], new.minimum[rows])) & (n > expected)
    signal = timely & enough & (value >= tests.critical_value[key])
    return value, signal, expected >= horizon


def _close(new: NewLooks, tests: SequentialTests, keys: Int, at: Int, signal: Bool) -> None:
    tests.status[keys] = np.where(signal, SIGNALLED, ENDED)
    tests.closed_on[keys] = new.as_of[at]
    n = new.n[at] - tests.n_start[keys]
    expected = new.expected[at] - tests.expected_start[keys]
    tests.n_at_signal[keys] = np.where(signal, n, np.nan)
    tests.expected_at_signal[keys] = np.where(signal, expected, np.nan)


def _tested(
    new: NewLooks, tests: SequentialTests, rows: Int, value: Float, signal: Bool
) -> Columns:
    key = new.key[rows]
    return {
        "tested_no": key,
        "chain_no": tests.chain_no[key],
        "as_of": new.as_of[rows],
        "n_seen": new.n[rows],
        "expected_seen": new.expected[rows],
        "llr": np.where(np.isfinite(value), value, np.nan),
        "signal": signal,
    }


def _untested(new: NewLooks, tests: SequentialTests, rows: Int) -> Columns:
    """Looks of keys whose test has ended: counted, so that the next test knows its start."""
    nothing = np.full(rows.size, np.nan)
    return _tested(new, tests, rows, nothing, np.zeros(rows.size, dtype=bool))


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
