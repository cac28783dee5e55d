"""The alpha ledger: what the sequential tests have looked at, kept from night to night.

Nothing in it is rewritten. A sequence of tests whose looks the data no longer bear out is taken
back, and the key is looked at anew from its first look on, in a sequence of the next number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.rates.sequential_tests import STATUS, Columns, NewLooks, SequentialTests, running, walk
from pv.spec.sequential import Design
from pv.warehouse.relations import put, run, take

Float = NDArray[np.float64]
Days = NDArray[np.datetime64]
Text = NDArray[np.object_]

# What a night reads of the state of each key.
_STATE = (
    "chain_status", "chain_no", "opened_on", "horizon", "minimum_events", "delay", "alpha",
    "alpha_spent", "critical_value", "n_start", "expected_start", "n_seen", "expected_seen",
    "seen_until", "is_added", "first_alpha",
)  # fmt: skip
KEY = ("product", "event", "event_kind", "latency_window", "country")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at events against their expectation: equally long arrays, sorted by key and date.

    The key is product, event, event_kind, latency_window and country (`all` for the pool); strata
    that are no country have no test. `n` and `expected` are all events and all expected events of
    the key as known at the look `as_of`, and `n_reported` the cases in its window whether or not
    exposure covers them. A look that is not due is none unless a night has to hold it; it tells
    what is known by its date.
    """

    product: Text
    event: Text
    event_kind: Text
    latency_window: Text
    country: Text
    as_of: Days
    n: Float
    n_reported: Float
    expected: Float
    is_due: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is planned for the key at each look: one entry per look.

    Attributes:
        projected: expected events at the end of the planned follow-up, as projected at the look.
        minimum: fewest events that signal (see `Design.minimums`).
    """

    projected: Float
    minimum: Float


@dataclass(frozen=True, slots=True)
class Standing:
    """Every key of the ledger as it stood at a date: equally long arrays, sorted by key.

    `chain_status` is open, signalled or ended; `signalled_on` NaT and the counts at the signal nan
    without one. `n`, `expected` (the test's own, without earlier tests) and `llr` are those of
    the last look; `critical_value`, `horizon` and `alpha` those of the last test.
    """

    product: Text
    event: Text
    event_kind: Text
    latency_window: Text
    country: Text
    chain_no: NDArray[np.int64]
    chain_status: Text
    signalled_on: Days
    n_at_signal: Float
    expected_at_signal: Float
    last_look: Days
    n: Float
    expected: Float
    llr: Float
    critical_value: Float
    horizon: Float
    minimum_events: NDArray[np.int64]
    alpha: Float
    alpha_spent: Float


def record(  # noqa: PLR0913, PLR0917 - what is looked at, how it was planned, and when
    con: duckdb.DuckDBPyConnection,
    looks: Looks,
    terms: Terms,
    late_windows: Sequence[str],
    design: Design,
    as_of: date,
    latest: date,
) -> Standing:
    """Record the looks that are new, and return every key as it stood at `as_of`.

    `late_windows` are those of tonight's plan. They share one alpha for each product, event and
    country, if the design says so, in equal parts that are fixed when the first of them opens.
    A window that is added later has what they leave, and counts what comes after the ledger's
    last look; without any alpha left it is not looked at.

    Sequences of tests that the looks no longer bear out are taken back first (sql/rates/superseded
    says when). Of the others, looks up to the last recorded one change nothing; where no count
    changes after it but n is another at `as_of`, that is a look. A night whose `as_of` lies before
    the ledger's last look changes nothing when the data (up to `latest`, the last receipt) know
    more than it asks for: what is returned is then what was recorded by that date.

    Runs inside the caller's transaction. Raises `ValueError` when looks are not sorted, repeat a
    key, lie after `as_of` or do not fit their terms.
    """
    first = _first_of_key(looks, terms, as_of)
    key = np.cumsum(first) - 1
    names = {name: getattr(looks, name)[first] for name in KEY}
    put(con, "work.tested", {"tested_no": np.arange(int(first.sum())), **names})
    if _repeats(con):
        raise ValueError("looks must be sorted by key, but a key comes twice")
    looks_back = as_of < latest and _knows_more(con, as_of)
    put(con, "work.present_look", _present(looks, key))
    if not looks_back:
        run(con, "rates/superseded", {"as_of": as_of})
        run(con, "rates/taken_back")
    sharing = list(late_windows) if design.late_windows_share_alpha else []
    asked = {"alpha": design.alpha, "late_windows": sharing, "as_of": as_of}
    run(con, "rates/state", asked)
    state = take(con, "work.sequential_state", *_STATE)

    _see(looks, state, key)
    new = (looks.as_of > state["seen_until"][key]) & (state["first_alpha"] > 0)[key]
    new &= looks.is_due | _has_changed(looks, state, key, new & looks.is_due)
    new &= not looks_back
    wanted = replace(terms, projected=design.wanted(terms.projected))
    walked = walk(_new_looks(looks, wanted, state, key, new), _tests(state), design)
    put(con, "work.new_look", walked.looks)
    status = STATUS[walked.tests.pop("status")]
    put(con, "work.new_test", {**walked.tests, "chain_status": status})
    named = {"design": design.name, "design_version": design.version}
    run(con, "rates/ledger", {**named, "as_of": as_of})
    return _standing(con)


def first_alphas(con: duckdb.DuckDBPyConnection) -> Float:
    """The alpha with which the first test of each key of tonight's looks opened or would open, in
    the order of the looks; 0 where none is left."""
    return take(con, "work.sequential_state", "first_alpha")["first_alpha"]


def _first_of_key(looks: Looks, terms: Terms, as_of: date) -> NDArray[np.bool_]:
    """Where a key begins; raises `ValueError` for looks that cannot be."""
    size = looks.as_of.size
    for name in (*Looks.__slots__, *Terms.__slots__):
        column = getattr(looks if name in Looks.__slots__ else terms, name)
        if column.shape != (size,):
            raise ValueError(f"{name} must have one entry per look, but has {column.shape}")
    for name, column in (("n", looks.n), ("expected", looks.expected), *_numbers(terms)):
        if not (np.isfinite(column).all() and (column >= 0).all()):
            raise ValueError(f"{name} must be finite and not negative")
    if (looks.n != np.floor(looks.n)).any():
        raise ValueError("n must hold whole numbers")
    first = np.ones(size, dtype=bool)
    first[1:] = np.any([getattr(looks, k)[1:] != getattr(looks, k)[:-1] for k in KEY], axis=0)
    if not (first[1:] | (looks.as_of[1:] > looks.as_of[:-1])).all():
        raise ValueError("looks of a key must rise in date")
    if size and looks.as_of.max() > np.datetime64(as_of):
        raise ValueError(f"no look may lie after the data lock point {as_of}")
    return first


def _numbers(terms: Terms) -> list[tuple[str, Float]]:
    return [(name, getattr(terms, name)) for name in Terms.__slots__]


def _present(looks: Looks, key: NDArray[np.int64]) -> Columns:
    """The looks as the data tell them now, by the number of their key."""
    return {
        "tested_no": key,
        "as_of": looks.as_of,
        "n_seen": looks.n,
        "n_reported": looks.n_reported,
        "expected_seen": running(key, looks.expected, np.zeros(key.max(initial=-1) + 1)),
        "is_due": looks.is_due,
    }


def _repeats(con: duckdb.DuckDBPyConnection) -> bool:
    query = f"select 1 from tested group by {', '.join(KEY)} having count(*) > 1 limit 1"
    return con.execute(query).fetchone() is not None


def _knows_more(con: duckdb.DuckDBPyConnection, as_of: date) -> bool:
    """Whether the ledger has looked beyond `as_of`."""
    (last,) = con.execute("select max(as_of) from ops.sequential_look").fetchone() or (None,)
    return last is not None and last > as_of


def _has_changed(
    looks: Looks, state: Columns, key: NDArray[np.int64], new: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Last looks of keys without a `new` one whose n is not the recorded one any more."""
    idle = (state["chain_no"] > 0) & (np.bincount(key[new], minlength=state["n_seen"].size) == 0)
    return _last_of_key(key) & idle[key] & (looks.n != state["n_seen"][key])


def _last_of_key(key: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where the next entry is another key's."""
    return np.append(key[1:] != key[:-1], True)[: key.size]


def _see(looks: Looks, state: Columns, key: NDArray[np.int64]) -> None:
    """Give windows that are added late what was known at the last look before them."""
    past = np.flatnonzero(looks.is_due & (looks.as_of <= state["seen_until"][key]))
    last = past[_last_of_key(key[past])]
    added = state["is_added"][key[last]] & (state["chain_no"][key[last]] == 0)
    for name, column in (("n_seen", looks.n), ("expected_seen", looks.expected)):
        state[name] = state[name].astype(np.float64)
        state[name][key[last[added]]] = column[last[added]]


def _new_looks(
    looks: Looks, terms: Terms, state: Columns, key: NDArray[np.int64], new: NDArray[np.bool_]
) -> NewLooks:
    """The new looks, each with what was known at the look before it."""
    of = key[new]
    n = looks.n[new]
    expected = running(of, looks.expected[new], state["expected_seen"])
    begins = np.ones(of.size, dtype=bool)
    begins[1:] = of[1:] != of[:-1]
    return NewLooks(
        of,
        looks.as_of[new],
        n,
        expected,
        np.where(begins, state["n_seen"][of], np.roll(n, 1)),
        np.where(begins, state["expected_seen"][of], np.roll(expected, 1)),
        terms.projected[new],
        state["first_alpha"][of],
        terms.minimum[new],
    )


def _tests(state: Columns) -> SequentialTests:
    tests = SequentialTests.unopened(state["chain_no"].size)
    tests.status = np.argmax(state["chain_status"][:, None] == STATUS, axis=1)
    for name in _STATE[1:]:
        if name in SequentialTests.__slots__:
            setattr(tests, name, state[name].astype(getattr(tests, name).dtype))
    return tests


def _standing(con: duckdb.DuckDBPyConnection) -> Standing:
    found = take(con, "work.sequential_standing")
    return Standing(**{name: found[name] for name in Standing.__slots__})
