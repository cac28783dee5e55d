"""The analyst's kit in the demonstration's snapshot: views, macros, dictionary, keys, Parquet."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars
import pytest

from pv.dictionary import entities, parquet, table
from pv.dictionary.ddl import create
from pv.stats import disproportionality, information, stratified, twobytwo
from pv.warehouse import heads, kit
from pv.warehouse.relations import make

DOCS = Path(__file__).parents[2] / "docs"
TABLES = kit.published_tables()


@pytest.fixture(scope="module")
def published(demonstration: tuple[Path, dict[str, Any], str]) -> Path:
    return demonstration[0] / "published" / "current"


@pytest.fixture(scope="module")
def snapshot(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published / "poolvigil.duckdb"), read_only=True) as con:
        yield con


def test_every_view_macro_and_column_says_what_it_is(snapshot: duckdb.DuckDBPyConnection) -> None:
    silent = snapshot.execute(
        """
        select view_name from duckdb_views() where not internal and comment is null
        union all
        select function_name from duckdb_functions()
        where not internal and comment is null
        union all
        select table_name || '.' || column_name from duckdb_columns()
        where not internal and comment is null
        """
    ).fetchall()

    assert silent == []


def test_the_dictionary_in_the_snapshot_has_each_column_of_it_and_each_macro(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    """The former tables of mart too, which are views for one version."""
    there = snapshot.execute(
        "select schema_name || '.' || table_name, column_name, lower(data_type), comment "
        "from duckdb_columns() where not internal"
    ).fetchall()
    macros = snapshot.execute(
        """
        select 'main.' || function_name, '(' || array_to_string(parameters, ', ') || ')',
            replace(replace(function_type, 'table_macro', 'table macro'), '_', ' '), comment
        from duckdb_functions() where not internal
        """
    ).fetchall()

    said = [
        # A macro's parameters have their defaults with them.
        (table, re.sub(r" := [^,)]+", "", column), type_, meaning)
        for table, column, type_, meaning in snapshot.execute("from ops.data_dictionary").fetchall()
    ]

    assert len(macros) > 10
    assert sorted(said) == sorted([*there, *macros])


@pytest.mark.parametrize("page", ["entities.md", "parquet-schema.json"])
def test_the_generated_page_in_docs_is_the_one_of_the_dictionary(page: str) -> None:
    made = {"entities.md": entities.render, "parquet-schema.json": parquet.render}[page](TABLES)

    assert (DOCS / page).read_text(encoding="utf-8") == made, "run: poolvigil dictionary"


def test_each_join_of_the_entities_leads_to_one_row(snapshot: duckdb.DuckDBPyConnection) -> None:
    wrong: list[tuple[str, str, int]] = []
    for join in entities.joins(TABLES):
        key = ", ".join(join.on)
        ((twice,),) = snapshot.execute(
            f"select count(*) - count(distinct ({key})) from {join.of.qualified}"
        ).fetchall()
        ((lost,),) = snapshot.execute(
            f"select count(*) from {join.to.qualified} t anti join {join.of.qualified} "
            f"using ({key}) where {' and '.join(f't.{c} is not null' for c in join.on)}"
        ).fetchall()
        if twice or (lost and not join.may_be_lost):
            wrong.append((join.of.qualified, join.to.qualified, lost))

    assert wrong == []


def test_every_join_that_may_be_lost_is_one() -> None:
    drawn = {(j.of.qualified, j.to.qualified) for j in entities.joins(TABLES)}

    assert entities.MAY_BE_LOST.keys() - drawn == set()


def test_what_copy_writes_has_the_schema_in_docs(
    snapshot: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for of in TABLES:
        name = f"{of.qualified}.parquet"
        snapshot.execute(f"copy {of.qualified} to '{tmp_path / name}'")
        rows = snapshot.execute(
            "select name, type, converted_type from parquet_schema($file)",
            {"file": str(tmp_path / name)},
        ).fetchall()
        columns: list[tuple[Any, ...]] = []
        for column, physical, converted in rows[1:]:
            if converted == "LIST":
                columns.append((column, True))
            elif column == "list" and physical is None:
                continue
            elif column == "element" and len(columns[-1]) == 2:
                columns[-1] = (*columns[-1], physical, converted)
            else:
                columns.append((column, False, physical, converted))
        found[name] = columns

    assert found == {
        f"{table.qualified}.parquet": [
            tuple(column.values())[:4] for column in parquet.schema(table)
        ]
        for table in TABLES
    }


def test_what_is_new_serious_and_fatal_of_a_pair_are_its_cases(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    """Counted again from the cases, of every pair of an advanced therapy and a single event."""
    again = """
        from (with before as (
            select max(as_of) as as_of from core.look
            where is_regular and as_of < (select as_of from runs)
        ),
        told as (
            select distinct
                d.product, e.event, c.case_id, c.serious, c.fatal,
                least(c.first_receipt_date, c.receipt_date) > b.as_of as is_new,
                c.fatal and c.receipt_date > b.as_of as is_fatal_new
            from cases c
            join case_drugs d using (case_id)
            join case_events e using (case_id)
            cross join before b
            where d.role in ('primary_suspect', 'suspect', 'interacting')
        )
        select
            t.product, t.event, count(*) as n, count(*) filter (where is_new),
            count(*) filter (where serious), count(*) filter (where fatal),
            count(*) filter (where is_fatal_new)
        from told t
        group by t.product, t.event)
    """
    said = """
        select product, event, n, n_new_cases, n_serious, n_fatal, n_fatal_new
        from pairs where event_kind = 'event'
    """
    differ = snapshot.execute(
        f"select count(*) from (({again} except {said}) union all ({said} except {again}))"
    ).fetchone()
    sums = snapshot.execute(
        "select min(n_new_cases), max(n_new_cases) > 0, max(n_fatal) > 0, max(n_fatal_new) > 0, "
        "bool_and(n_fatal <= n_serious and n_serious <= n) from pairs"
    ).fetchone()

    assert differ == (0,)
    assert sums == (0, True, True, True, True)


STATE = "insert into mart.signal_state values (?, ?::date, ?, 'default 1')"
LINE = """
    insert into mart.signal_history by name
    select ? as valid_from_state, ?::integer as valid_to_state, 'P' as product, ? as event,
        'event' as event_kind, ? as verdict, ? as n, 1.0 as expected, 1.0 as ic, 0.1 as ic025,
        0.0 as crude_ic025, 2 as n_countries, [] as countries_flagged
"""


@pytest.fixture
def states() -> Iterator[duckdb.DuckDBPyConnection]:
    """The history without rows, and the view of its changes."""
    with duckdb.connect() as con:
        con.execute("create schema mart")
        for name in ("mart.signal_state", "mart.signal_history"):
            con.execute(create(table(name)))
        make(con, heads.read("views/changes"), {})
        yield con


def test_changes_compare_the_last_state_with_the_one_before_it_by_date(
    states: duckdb.DuckDBPyConnection,
) -> None:
    """A replay added a state of an earlier month after the two: it is neither."""
    for state in [(1, "2024-05-31"), (2, "2024-06-30"), (3, "2023-01-31")]:
        states.execute(STATE, [*state, f"s{state[0]}"])
    for line in [
        (1, None, "same", "watch", 3),
        (1, 2, "gone", "watch", 4),
        (1, 2, "grown", "watch", 5),
        (2, 3, "grown", "pooled_only", 6),
        (2, 3, "new", "country_signal", 7),
        (3, None, "old", "watch", 8),
    ]:
        states.execute(LINE, line)

    found = states.execute(
        "select event, change, verdict_before, verdict, n_before, n, as_of_before::varchar, "
        "as_of::varchar from changes order by event"
    ).fetchall()

    dates = ("2024-05-31", "2024-06-30")
    assert found == [
        ("gone", "gone", "watch", None, 4, None, *dates),
        ("grown", "changed", "watch", "pooled_only", 5, 6, *dates),
        ("new", "new", None, "country_signal", None, 7, *dates),
    ]


def test_of_a_first_state_every_line_is_new(states: duckdb.DuckDBPyConnection) -> None:
    states.execute(STATE, [1, "2024-05-31", "s1"])
    states.execute(LINE, (1, None, "first", "watch", 3))

    assert states.execute("select event, change, as_of_before from changes").fetchall() == [
        ("first", "new", None)
    ]


def test_formulas_of_a_country_are_reckoned_as_in_python(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    found = snapshot.execute("from pairs_by_country").fetchnumpy()
    a, b, c, d = cells = [found[name].astype(np.float64) for name in "abcd"]
    both = found["expected"]

    assert a.size > 10_000
    for name, said in {
        "ic": information.ic(a, both).estimate,
        "rrr": a / both,
        "chi2": disproportionality.chi2(*cells),
        "crude_expected": (a + b) * (a + c) / (a + b + c + d),
    }.items():
        reckoned = np.ma.filled(found[name], np.nan)
        np.testing.assert_allclose(reckoned, said, rtol=1e-12, atol=1e-12, err_msg=name)


OF_PAIR = (
    "n, n_product, n_event, n_cases, expected, ic, ic025, ic975, ror, ror025, ror975, prr, "
    "chi2_yates, rrr, crude_ic"
)
OF_CELL = "a, b, c, d, expected, ic, ic025, ic975, ror, ror025, ror975, prr"


def numbers(rows: list[tuple[Any, ...]]) -> np.ndarray:
    return np.array([[np.nan if v is None else float(v) for v in row] for row in rows])


@pytest.fixture(scope="module")
def some_pairs(snapshot: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """A pair of each verdict, flagged and not, of events and of event groups."""
    return snapshot.execute(
        "select any_value((product, event, event_kind) order by n desc, product, event) "
        "from mart.signal group by verdict, event_kind order by all"
    ).fetchall()


def test_the_subgroup_of_all_cases_is_what_the_night_computed(
    snapshot: duckdb.DuckDBPyConnection, some_pairs: list[tuple[Any, ...]]
) -> None:
    of_events = {kind for ((_, _, kind),) in some_pairs}
    for ((product, event, kind),) in some_pairs:
        given = {"product": product, "event": event, "kind": kind}
        said = snapshot.execute(
            f"select {OF_PAIR} from mart.pair "
            "where product = $product and event = $event and event_kind = $kind",
            given,
        ).fetchall()
        found = snapshot.execute(
            f"select {OF_PAIR} from pv_subgroup($product, $event, kind := $kind)", given
        ).fetchall()
        np.testing.assert_allclose(numbers(found), numbers(said), rtol=1e-9, err_msg=str(given))

    assert of_events == {"event", "event_group"}
    assert len(some_pairs) > 5


def test_the_subgroup_of_all_cases_has_the_nights_countries(
    snapshot: duckdb.DuckDBPyConnection, some_pairs: list[tuple[Any, ...]]
) -> None:
    """With the statistics of those with a case of both, and the tables of all."""
    for ((product, event, kind),) in some_pairs[::2]:
        given = {"product": product, "event": event, "kind": kind}
        of_all = (
            "select country, a, b, c, d from {} order by country",
            "select country, a, b, c, d from pairs_by_country_with_zeros where product = $product "
            "and event = $event and event_kind = $kind order by country",
        )
        call = "pv_subgroup_by_country($product, $event, kind := $kind)"
        assert (
            snapshot.execute(of_all[0].format(call), given).fetchall()
            == snapshot.execute(of_all[1], given).fetchall()
        )
        said = snapshot.execute(
            f"select {OF_CELL} from pairs_by_country where product = $product "
            "and event = $event and event_kind = $kind order by country",
            given,
        ).fetchall()
        found = snapshot.execute(
            f"select {OF_CELL} from {call} where a > 0 order by country", given
        ).fetchall()
        np.testing.assert_allclose(numbers(found), numbers(said), rtol=1e-9, err_msg=str(given))


def test_a_subgroup_is_counted_and_pooled_as_in_python(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    """Women of at least 40 years whose reports are serious, counted with sets and pooled by
    pv.stats."""
    product, event = "Carvykti", "Pancreatitis"
    cases = {
        row[0]: row[1:]
        for row in snapshot.execute(
            "select case_id, stratum, least(first_receipt_date, receipt_date) from cases "
            "where sex = 'F' and age_years >= 40 and serious"
        ).fetchall()
    }
    periods = snapshot.execute(
        "select stratum, coalesce(received_from, '0001-01-01'), "
        "coalesce(received_to, '9999-12-31') from mart.period_margin"
    ).fetchall()
    given = {
        case
        for case, name, role in snapshot.execute(
            "select case_id, product, role from case_drugs"
        ).fetchall()
        if name == product and role != "concomitant"
    }
    happened = {
        case
        for case, name in snapshot.execute("select case_id, event from case_events").fetchall()
        if name == event
    }
    tables: list[tuple[int, int, int, int]] = []
    for stratum, first, last in periods:
        here = {c for c, (at, on) in cases.items() if at == stratum and first <= on <= last}
        both = here & given & happened
        tables.append((
            len(both), len(here & given - both), len(here & happened - both),
            len(here - given - happened),
        ))  # fmt: skip
    a, b, c, d = np.array(tables).T
    assert (a + b + c + d).sum() == len(cases)
    some = a + b + c + d > 0
    expected = twobytwo.expected(a[some], b[some], c[some], d[some]).sum()
    ic, ror = information.ic(a.sum(), expected), stratified.mh_or(a, b, c, d)

    (found,) = snapshot.execute(
        "select n, n_product, n_event, n_cases, expected, ic025, ic975, ror, ror025, ror975, prr "
        "from pv_subgroup($product, $event, sex = 'F' and age_years >= 40 and serious)",
        {"product": product, "event": event},
    ).fetchall()

    np.testing.assert_allclose(
        numbers([found])[0],
        [a.sum(), (a + b).sum(), (a + c).sum(), len(cases), expected, ic.lower, ic.upper,
         ror.estimate, ror.lower, ror.upper, stratified.mh_rr(a, b, c, d).estimate],
        rtol=1e-9,
    )  # fmt: skip
    assert a.sum() > 0


def test_an_attached_snapshot_is_used_as_an_opened_one(
    published: Path, snapshot: duckdb.DuckDBPyConnection
) -> None:
    """Views and macros that are values by their names; macros that are tables after `use`."""
    question = "select n, expected, ic025 from pv_subgroup('Carvykti', 'Pancreatitis', sex = 'F')"
    pooled = (
        "select product, {0}pv_mh_ror(a, b, c, d), {0}pv_ic_lower(sum(a), sum(expected)) "
        "from {0}pairs_by_country_with_zeros where product = 'Carvykti' "
        "and event = 'Pancreatitis' and event_kind = 'event' group by product"
    )
    with duckdb.connect() as reader:
        database = str(published / "poolvigil.duckdb").replace("'", "''")
        reader.execute(f"attach '{database}' as night (read_only)")
        for view in kit.views():
            reader.execute(f"from night.{view.name.removeprefix('main.')} limit 0").fetchall()
        (attached,) = reader.execute(pooled.format("night.")).fetchall()
        (opened,) = snapshot.execute(pooled.format("")).fetchall()
        assert attached[0] == opened[0] == "Carvykti"
        # Sums of two threads add up in another order.
        assert attached[1:] == pytest.approx(opened[1:], rel=1e-12)
        reader.execute("use night")
        assert reader.execute(question).fetchall() == snapshot.execute(question).fetchall()


def test_polars_and_pandas_take_what_a_snapshot_answers(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    query = "from signals order by rank limit 5"
    rows = snapshot.execute(query).fetchall()

    assert snapshot.sql(query).pl().rows() == rows
    assert polars.read_database(query, snapshot).height == 5
    assert snapshot.sql(query).df()["product"].tolist() == [row[0] for row in rows]
    assert snapshot.sql(query).to_arrow_table().num_rows == 5
