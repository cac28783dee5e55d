"""States kept as changes are the states kept whole, in whatever order they were added."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pv import resources
from pv.pairs import history
from pv.spec.rule import load
from pv.warehouse import heads
from pv.warehouse.connect import connect
from pv.warehouse.relations import rows

RULE = load("default")
DAYS = [date(2024, month, 28) for month in range(1, 7)]
FIGURES = (
    "n bigint, expected double, ic double, ic025 double, ror double, ror025 double, prr double, "
    "chi2_yates double, crude_ic025 double, n_countries integer, effective_countries double, "
    "top_country varchar, top_share double, countries_flagged varchar[]"
)
FORMER = f"product varchar, event varchar, event_kind varchar, verdict varchar, {FIGURES}"
# What migrations 10, 11 and 15 added: states that were kept before have none of it.
ERROR = (
    "family varchar, p_value double, q_value double, q_country double, q_pool double, "
    "confirmed boolean, first_confirmed date, headline boolean"
)
COLUMNS = f"{FORMER}, {ERROR}"
WIDTH = COLUMNS.count(",") + 1

# Few values, so that states repeat rows: each figure by itself can be all that changes.
row = st.tuples(
    st.sampled_from(["pooled_only", "country_signal", "not_flagged"]),
    st.sampled_from([3, 4]),
    st.tuples(*[st.sampled_from([0.1, 0.1 + 2**-56])] * 3),
    st.tuples(*[st.sampled_from([None, 0.5])] * 4),
    st.sampled_from([-0.5, 0.5]),
    st.sampled_from([1, 2]),
    st.sampled_from([None, 1.5]),
    st.sampled_from([None, "DE"]),
    st.sampled_from([None, 0.75]),
    st.sampled_from([[], ["DE"], ["DE", "FR"]]),
    st.tuples(
        st.sampled_from([None, "other"]),
        *[st.sampled_from([None, 0.5])] * 4,
        st.sampled_from([None, True]),
        st.sampled_from([None, DAYS[0]]),
        st.sampled_from([None, True, False]),
    ),
)
pair = st.tuples(
    st.sampled_from(["P", "Q"]), st.just("E"), st.sampled_from(["event", "event_group"])
)
state = st.dictionaries(pair, row, max_size=4)


def flat(key: tuple, values: tuple) -> tuple:
    verdict, n, first, some, *rest, error = values
    return (*key, verdict, n, *first, *some, *rest, *error)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(Path(":memory:"), memory_limit="1GB", threads=1)
    yield con
    con.close()


def fill(con: duckdb.DuckDBPyConnection, given_state: dict) -> None:
    """Make mart.signal a state, of the columns that the history knows."""
    con.execute(f"create or replace table mart.signal ({COLUMNS})")
    for key, values in given_state.items():
        marks = ", ".join("?" * WIDTH)
        con.execute(f"insert into mart.signal values ({marks})", flat(key, values))


def empty(con: duckdb.DuckDBPyConnection) -> None:
    for name in ("mart.signal_state", "mart.signal_history"):
        con.execute(f"delete from {name}")


def shown(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    whole = heads.read("views/signal_history").body
    return sorted(con.execute(whole).fetchall(), key=repr)


def whole(states: list[tuple[date, dict]]) -> list[tuple]:
    """Every state with all its rows, as it was kept before there were changes."""
    return sorted(
        (
            (number, day, *flat(key, values), "default 1", f"s{number}")
            for number, (day, each) in enumerate(states, 1)
            for key, values in each.items()
            if values[0] != "not_flagged"
        ),
        key=repr,
    )


states = st.lists(st.tuples(st.sampled_from(DAYS), state), min_size=1, max_size=5)


@settings(deadline=None, max_examples=40)
@given(states=states)
def test_changes_show_every_state_whole(con, states: list[tuple[date, dict]]) -> None:
    empty(con)
    for number, (day, each) in enumerate(states, 1):
        fill(con, each)
        history.append(con, f"s{number}", day, RULE)

    assert shown(con) == whole(states)
    assert history.states(con) == sorted(f"s{n}" for n in range(1, len(states) + 1))


@settings(deadline=None, max_examples=40)
@given(states=states, at=st.integers(min_value=0, max_value=4))
def test_each_state_is_itself_and_no_other(con, states: list[tuple[date, dict]], at: int) -> None:
    empty(con)
    for number, (day, each) in enumerate(states, 1):
        fill(con, each)
        history.append(con, f"s{number}", day, RULE)
    chosen = at % len(states)
    for _, each in states:
        fill(con, each)
        flagged, own = (
            sorted((flat(*r) for r in s.items() if r[1][0] != "not_flagged"), key=repr)
            for s in (each, states[chosen][1])
        )
        found = rows(con, "audit/state_is_same", {"state_id": f"s{chosen + 1}"})
        assert (found == []) == (flagged == own)


@settings(deadline=None, max_examples=40)
@given(states=states)
def test_a_history_that_was_kept_whole_is_migrated_to_its_changes(
    con, states: list[tuple[date, dict]]
) -> None:
    # A state without a flagged pair left no row before, and there was no error control.
    states = [
        (d, {key: (*values[:-1], (None,) * 8) for key, values in s.items()})
        for d, s in states
        if any(v[0] != "not_flagged" for v in s.values())
    ]
    folder = resources.root() / "sql" / "migrations"
    names = (
        "0004_history_as_changes",
        "0010_confirmed",
        "0011_first_confirmed",
        "0015_headline",
    )
    migrations = [folder / f"{name}.sql" for name in names]
    con.execute("begin")
    try:
        con.execute("drop table mart.signal_state")
        con.execute("drop table mart.signal_history")
        con.execute(
            f"create table mart.signal_history (state_no integer, as_of date, {FORMER}, "
            "rule_name varchar, state_id varchar)"
        )
        for *each, rule, state_id in whole(states):
            former = (*each[:-8], rule, state_id)
            marks = ", ".join("?" * len(former))
            con.execute(f"insert into mart.signal_history values ({marks})", former)
        for file in migrations:
            con.execute(file.read_text(encoding="utf-8"))
        migrated = shown(con)
        stored = con.execute(
            "select * from mart.signal_history "
            "order by product, event, event_kind, valid_from_state"
        ).fetchall()
    finally:
        con.execute("rollback")

    assert migrated == whole(states)
    empty(con)
    for number, (day, each) in enumerate(states, 1):
        fill(con, each)
        history.append(con, f"s{number}", day, RULE)
    assert (
        stored
        == con.execute(
            "select valid_from_state, valid_to_state, * exclude (valid_from_state, valid_to_state) "
            "from mart.signal_history order by product, event, event_kind, valid_from_state"
        ).fetchall()
    )
