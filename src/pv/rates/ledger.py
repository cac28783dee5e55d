"""The alpha ledger: what the sequential chains have looked at, kept from night to night."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.rates.chains import STATUS, Chains, Columns, Steps, running, walk
from pv.spec.sequential import Design
from pv.warehouse.frames import read, register
from pv.warehouse.numbered import run_step

Float = NDArray[np.float64]
Days = NDArray[np.datetime64]
Text = NDArray[np.object_]

KEY = ("product", "event", "event_kind", "latency_window", "country")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at events against their expectation: equally long arrays, sorted by key and date.

    The key is product, event, event_kind, latency_window and country (`all` for the pool); strata
    that are no country have no chain. `n` and `expected` are all events and all expected events of
    the key as known at the look `as_of`.
    """

    product: Text
    event: Text
    event_kind: Text
    latency_window: Text
    country: Text
    as_of: Days
    n: Float
    expected: Float


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
    without one. `n`, `expected` (the chain's own, without earlier chains) and `llr` are those of
    the last look; `critical_value`, `horizon` and `alpha` those of the last chain.
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


def run(  # noqa: PLR0913, PLR0917 - what is looked at, how it was planned, and when
    con: duckdb.DuckDBPyConnection,
    looks: Looks,
    plan: Terms,
    late_windows: Sequence[str],
    design: Design,
    as_of: date,
) -> Standing:
    """Record the looks that are new, and return every key as it stood at `as_of`.

    `late_windows` are those of tonight's plan. They share one alpha for each product, event and
    country, if the design says so, in equal parts that are fixed when the first of them opens. A
    window that is added later has what they leave, and counts what comes after the ledger's last
    look; without any alpha left it is not looked at.

    Looks up to a key's last recorded one change nothing, nor does a night whose `as_of` lies
    before the ledger's last look: what is returned is then what was recorded by that date. Runs
    inside the caller's transaction. Raises `ValueError` when looks are not sorted, repeat a key,
    lie after `as_of` or do not fit their plan.
    """
    first = _first_of_key(looks, plan, as_of)
    key = np.cumsum(first) - 1
    names = {name: getattr(looks, name)[first] for name in KEY}
    register(con, "look_key", {"key_no": np.arange(int(first.sum())), **names})
    if _repeats(con):
        raise ValueError("looks must be sorted by key, but a key comes twice")
    sharing = list(late_windows) if design.late_windows_share_alpha else []
    run_step(con, "rates/sequential_state", {"alpha": design.alpha, "late_windows": sharing})
    state = read(con, "select * exclude (late_windows) from chain_state order by key_no")

    new = looks.as_of > state["seen_until"].astype("datetime64[D]")[key]
    new &= (state["first_alpha"] > 0)[key] & (not _knows_more(con, as_of))
    _see(looks, state, key, ~new)
    wanted = replace(plan, projected=design.wanted(plan.projected))
    walked = walk(_steps(looks, wanted, state, key, new), _chains(state), design)
    _register(con, "walked_look", walked.looks)
    status = STATUS[walked.chains["status"]]
    _register(con, "walked_chain", {**walked.chains, "chain_status": status})
    design_columns = {"design": design.name, "design_version": design.version}
    run_step(con, "rates/ledger", {**design_columns, "as_of": as_of})
    return _standing(con)


def first_alphas(con: duckdb.DuckDBPyConnection) -> Float:
    """The alpha with which the first chain of each key of tonight's looks opened or would open, in
    the order of the looks; 0 where none is left."""
    return read(con, "select first_alpha from chain_state order by key_no")["first_alpha"]


def _register(con: duckdb.DuckDBPyConnection, name: str, columns: Columns) -> None:
    """Register with dates as DuckDB takes them."""
    dates = {k: v.astype("datetime64[us]") for k, v in columns.items() if v.dtype.kind == "M"}
    register(con, name, {**columns, **dates})


def _first_of_key(looks: Looks, plan: Terms, as_of: date) -> NDArray[np.bool_]:
    """Where a key begins; raises `ValueError` for looks that cannot be."""
    size = looks.as_of.size
    for name in (*Looks.__slots__, *Terms.__slots__):
        column = getattr(looks if name in Looks.__slots__ else plan, name)
        if column.shape != (size,):
            raise ValueError(f"{name} must have one entry per look, but has {column.shape}")
    for name, column in (("n", looks.n), ("expected", looks.expected), *_numbers(plan)):
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


def _numbers(plan: Terms) -> list[tuple[str, Float]]:
    return [(name, getattr(plan, name)) for name in Terms.__slots__]


def _repeats(con: duckdb.DuckDBPyConnection) -> bool:
    query = f"select 1 from look_key group by {', '.join(KEY)} having count(*) > 1 limit 1"
    return con.execute(query).fetchone() is not None


def _knows_more(con: duckdb.DuckDBPyConnection, as_of: date) -> bool:
    """Whether the ledger has looked beyond `as_of`: this night then looks back."""
    (last,) = con.execute("select max(as_of) from ops.sequential_look").fetchone() or (None,)
    return last is not None and last > as_of


def _see(looks: Looks, state: Columns, key: NDArray[np.int64], past: NDArray[np.bool_]) -> None:
    """Give windows that are added late what was known at the last look before them."""
    last = np.flatnonzero(past & ~np.append(past[1:] & (key[1:] == key[:-1]), False))
    added = state["is_added"][key[last]] & (state["chain_no"][key[last]] == 0)
    for name, column in (("n_seen", looks.n), ("expected_seen", looks.expected)):
        state[name] = state[name].astype(np.float64)
        state[name][key[last[added]]] = column[last[added]]


def _steps(
    looks: Looks, plan: Terms, state: Columns, key: NDArray[np.int64], new: NDArray[np.bool_]
) -> Steps:
    """The new looks, each with what was known at the look before it."""
    of = key[new]
    n = looks.n[new]
    expected = running(of, looks.expected[new], state["expected_seen"])
    begins = np.ones(of.size, dtype=bool)
    begins[1:] = of[1:] != of[:-1]
    return Steps(
        of,
        looks.as_of[new],
        n,
        expected,
        np.where(begins, state["n_seen"][of], np.roll(n, 1)),
        np.where(begins, state["expected_seen"][of], np.roll(expected, 1)),
        plan.projected[new],
        state["first_alpha"][of],
        plan.minimum[new],
    )


def _chains(state: Columns) -> Chains:
    chains = Chains.unopened(state["key_no"].size)
    chains.status = np.argmax(state["chain_status"][:, None] == STATUS, axis=1)
    chains.chain_no = state["chain_no"].astype(np.int64)
    chains.opened_on = state["opened_on"].astype("datetime64[D]")
    for name in (
        "horizon", "minimum_events", "delay", "alpha", "alpha_spent", "critical_value", "n_start",
        "expected_start",
    ):  # fmt: skip
        setattr(chains, name, state[name].astype(np.float64))
    return chains


def _standing(con: duckdb.DuckDBPyConnection) -> Standing:
    order = ", ".join(KEY)
    found = con.execute(f"select * from chain_result order by {order}").fetchnumpy()
    return Standing(**{name: _whole(found[name]) for name in Standing.__slots__})


def _whole(column: Any) -> NDArray[Any]:
    """A column with nan and NaT in the place of nulls; dates as days."""
    if column.dtype.kind == "M":
        return np.ma.filled(column, np.datetime64("NaT")).astype("datetime64[D]")
    return np.ma.filled(column, np.nan) if column.dtype.kind == "f" else np.asarray(column)
