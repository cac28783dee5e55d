"""Relations by the dictionary: what enters, what comes out, and what is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from pv.warehouse import heads
from pv.warehouse.connect import connect
from pv.warehouse.relations import drop, make, put, run, take

CELL = {
    "product_no": np.array([1, 0]), "event_no": np.array([0, 0]), "period_no": np.array([2, 2]),
    "a": np.array([7, 3]),
}  # fmt: skip


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    opened = connect(Path(":memory:"), memory_limit="1GB", threads=1)
    yield opened
    opened.close()


def query(writes: str, body: str, params: str = "none") -> heads.Query:
    head = f"-- writes: {writes}\n-- reads: none\n-- params: {params}\n-- grain: row\n"
    return heads.parse("count/made_up", head + body)


def test_what_is_put_comes_out_in_the_order_of_the_key(con) -> None:
    put(con, "work.cell", CELL)

    found = take(con, "work.cell")
    assert {name: values.tolist() for name, values in found.items()} == {
        "product_no": [0, 1], "event_no": [0, 0], "period_no": [2, 2], "a": [3, 7],
    }  # fmt: skip
    assert take(con, "work.cell", "a").keys() == {"a"}


def test_a_work_relation_is_put_anew_and_a_stored_table_is_added_to(con) -> None:
    for _ in range(2):
        put(con, "work.cell", CELL)
        put(con, "core.country", {
            "country": np.array(["FR"], dtype=object), "country_name": np.array(["France"]),
            "region": np.array(["Europe"]), "eea": np.array([True]),
        })  # fmt: skip

    assert con.execute("select count(*) from cell").fetchone() == (2,)
    assert con.execute("select count(*) from core.country").fetchone() == (2,)


def test_the_database_keeps_no_array(con) -> None:
    columns = {name: values.copy() for name, values in CELL.items()}
    put(con, "work.cell", columns)
    columns["a"][:] = 0

    assert take(con, "work.cell", "a")["a"].tolist() == [3, 7]
    views = con.execute("select view_name from duckdb_views() where not internal").fetchall()
    assert views == []


def test_nan_nat_and_none_are_null_and_an_empty_text_is_a_text(con) -> None:
    put(con, "core.look", {
        "look_no": np.array([0]), "as_of": np.array(["2024-01-31"], "M8[D]"),
        "is_regular": np.array([True]),
    })  # fmt: skip
    put(con, "core.exposure", {
        "product": np.array(["", "x"], dtype=object),
        "product_id": np.array([None, ""], dtype=object),
        "country": np.array(["FR", "DE"]),
        "period_start": np.array(["2024-01-01", "2024-01-02"], "M8[D]"),
        "period_end": np.array([date(2024, 2, 1), date(2024, 2, 2)], dtype=object),
        "patients": np.array([np.nan, 2.0]),
        "person_years": np.array([np.nan, np.nan]), "cumulative": np.array([np.nan, np.nan]),
        "quality": np.array([None, None], dtype=object),
        "reference": np.array([None, "r"], dtype=object),
    })  # fmt: skip

    assert con.execute(
        "select product, product_id, period_start, period_end, patients, person_years, quality, "
        "reference from core.exposure order by country desc"
    ).fetchall() == [
        ("", None, date(2024, 1, 1), date(2024, 2, 1), None, None, None, None),
        ("x", "", date(2024, 1, 2), date(2024, 2, 2), 2.0, None, None, "r"),
    ]
    assert take(con, "core.look")["as_of"].tolist() == [date(2024, 1, 31)]


def test_an_array_has_the_type_of_the_dictionary_whatever_it_holds(con) -> None:
    for status in ("ok", None):
        con.execute("delete from ops.source_file")
        con.execute(
            "insert into ops.source_file by name select 1 as file_id, 's' as source, 'n' as name, "
            "0 as rows_read, 0 as rows_kept, 0 as rows_quarantined, 'ok' as status, "
            "if($status is null, null, 5) as bytes, $status as message",
            {"status": status},
        )
        found = take(con, "ops.source_file", "file_id", "bytes", "message")
        assert [found[name].dtype for name in found] == [np.int64, np.float64, object]
        assert found["message"].tolist() == [status]
        assert np.isnan(found["bytes"]).tolist() == [status is None]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"a": None}, r"missing \['a'\]"),
        ({"b": np.array([1, 2])}, r"not in the dictionary \['b'\]"),
        ({"a": np.array([1])}, "different shapes"),
        ({"a": np.array([[1, 2]])}, "different shapes"),
        ({"a": np.array([1.0, np.nan])}, r"work.cell.a \(bigint\): holds a null"),
        ({"a": np.array([1.0, 1.5])}, "not whole"),
        ({"a": np.array(["1", "2"])}, "is an array of <U1"),
        ({"a": np.array([1, "2"], dtype=object)}, "holds str"),
        ({"a": np.array([1, None], dtype=object)}, "holds a null"),
    ],
)
def test_columns_that_the_dictionary_does_not_know_are_refused(
    con, changed: dict[str, Any], message: str
) -> None:
    columns = {name: values for name, values in {**CELL, **changed}.items() if values is not None}

    with pytest.raises(AssertionError, match=message):
        put(con, "work.cell", columns)


def test_whole_numbers_may_come_as_floats(con) -> None:
    put(con, "work.cell", {**CELL, "a": np.array([7.0, 3.0])})

    assert take(con, "work.cell", "a")["a"].tolist() == [3, 7]


def test_a_relation_that_sql_makes_must_be_that_of_the_dictionary(con) -> None:
    right = "select 0 as look_no, date '2024-01-31' as as_of"
    make(con, query("work.this_look", right), {})
    assert take(con, "work.this_look")["look_no"].tolist() == [0]

    for wrong in ("select 0::bigint as look_no, date '2024-01-31' as as_of", "select 0 as look_no"):
        with pytest.raises(AssertionError, match=r"work\.this_look"):
            make(con, query("work.this_look", wrong), {})


def test_rows_of_a_stored_table_go_in_by_name(con) -> None:
    make(con, query("core.country", "select 'EU' as region, 'F' as country_name, 'FR' as country"),
         {})  # fmt: skip

    assert con.execute("select country, country_name, region from core.country").fetchall() == [
        ("FR", "F", "EU")
    ]


def test_by_key_takes_the_place_of_the_rows_with_that_key(con) -> None:
    body = "select unnest($steps) as step, $said as fingerprint"
    for steps, said in ((["a", "b"], "1"), (["b", "c"], "2")):
        make(con, query("ops.step_state (by key)", body, "$steps, $said"),
             {"steps": steps, "said": said})  # fmt: skip

    assert con.execute("select * from ops.step_state order by all").fetchall() == [
        ("a", "1"), ("b", "2"), ("c", "2"),
    ]  # fmt: skip


def test_a_param_that_is_not_given_is_named(con) -> None:
    with pytest.raises(AssertionError, match=r"sql/count/at_look/this_look.sql: no param.*look_no"):
        run(con, "count/at_look/this_look")


def test_work_relations_can_be_let_go_and_nothing_else(con) -> None:
    put(con, "work.cell", CELL)
    drop(con, "work.cell", "work.this_look")

    with pytest.raises(duckdb.CatalogException):
        take(con, "work.cell")
    with pytest.raises(AssertionError, match=r"core\.case is kept"):
        drop(con, "core.case")


def test_a_column_that_is_none_of_the_relation_is_named(con) -> None:
    put(con, "work.cell", CELL)

    with pytest.raises(AssertionError, match=r"work\.cell has no column \['n'\]"):
        take(con, "work.cell", "n")
