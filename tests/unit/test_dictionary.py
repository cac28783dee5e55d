"""The data dictionary: consistent in itself, and what is generated from it."""

import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES, WORK, Field, Table, table
from pv.dictionary.ddl import comments, create, script
from pv.dictionary.fields import ALL, FIELDS
from pv.dictionary.markdown import render
from pv.dictionary.tables.work import ROOMS
from pv.warehouse import kit

COLUMNS = [(t, f) for t in TABLES for f in t.fields]
ALL_TABLES = (*TABLES, *WORK)
ALL_COLUMNS = [(t, f) for t in ALL_TABLES for f in t.fields]


def test_no_table_and_no_column_of_a_table_is_there_twice() -> None:
    tables = Counter(t.qualified for t in ALL_TABLES)
    columns = Counter((t.qualified, f.name) for t, f in ALL_COLUMNS)

    assert [name for name, times in (tables + columns).items() if times > 1] == []


def test_every_table_lies_in_a_known_schema() -> None:
    assert {t.schema for t in TABLES} == set(SCHEMAS)
    assert {t.schema for t in WORK} == {"work"}


def test_a_work_relation_is_never_made_as_a_stored_table() -> None:
    """It has a bare name in SQL, so that no stored table and no other relation may have it."""
    assert [t.name for t in WORK if not create(t).startswith("create or replace temp table")] == []
    assert {t.schema for t in TABLES} & {"work"} == set()


def test_no_field_is_declared_twice() -> None:
    assert [name for name, times in Counter(f.name for f in ALL).items() if times > 1] == []


def test_every_field_belongs_to_a_table() -> None:
    assert FIELDS.keys() - {f.name for _, f in ALL_COLUMNS} == set()


def test_a_key_is_made_of_columns_of_its_table() -> None:
    strangers = {t.qualified: set(t.key) - {f.name for f in t.fields} for t in ALL_TABLES}

    assert {name: columns for name, columns in strangers.items() if columns} == {}


def test_a_field_means_the_same_in_every_table() -> None:
    """Only whether it may be null differs from table to table."""
    assert [f.name for _, f in ALL_COLUMNS if f.must() != FIELDS[f.name].must()] == []


def test_names_can_be_written_without_quotes() -> None:
    names = [name for t, f in ALL_COLUMNS for name in (t.schema, t.name, f.name)]

    assert [n for n in names if not re.fullmatch(r"[a-z][a-z0-9_]*", n)] == []


def test_a_number_with_a_unit_in_its_name_tells_it() -> None:
    units = {"_years": "years", "_days": "days", "_days_low": "days", "_days_high": "days"}
    told = {
        f.name: f.unit
        for f in FIELDS.values()
        for ending, unit in units.items()
        if f.name.endswith(ending) and unit not in (f.unit or "")
    }

    assert told == {}


def test_an_unknown_table_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        table("core.nothing")


def test_the_generated_script_makes_every_table_with_its_comments() -> None:
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)

    made = con.execute(
        "select schema_name || '.' || table_name, column_name, data_type, comment "
        "from duckdb_columns() where not internal"
    ).fetchall()
    said = dict(
        con.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables()"
        ).fetchall()
    )
    assert sorted(made) == sorted(
        (t.qualified, f.name, f.type.upper(), f.describe()) for t, f in COLUMNS
    )
    assert said == {t.qualified: t.describe() for t in TABLES}


def test_staging_takes_a_null_that_core_refuses() -> None:
    """Rows reach the gate before they are judged: only where they came from is forced."""
    reported = Field("sex", "varchar", "Sex", required=True)
    line = Field("line", "bigint", "Line", required=True)

    assert "sex varchar," in create(Table("staging", "t", "row", (reported, line)))
    assert "line bigint not null" in create(Table("staging", "t", "row", (reported, line)))
    assert "sex varchar not null," in create(Table("core", "t", "row", (reported, line)))


def test_a_quote_in_a_meaning_does_not_end_the_comment() -> None:
    told = Table("core", "t", "row", (Field("a", "varchar", "the agency's; drop table t"),))
    con = duckdb.connect()
    con.execute("create schema core")
    con.execute(create(told))
    for statement in comments(told):
        con.execute(statement)

    found = con.execute("select comment from duckdb_columns() where table_name = 't'").fetchall()
    assert found == [("the agency's; drop table t",)]


def test_a_field_describes_its_unit_values_and_e2b_element() -> None:
    field = Field("sex", "varchar", "Sex", unit="code", allowed=("F", "M"), e2b="D.5")

    assert field.describe() == "Sex; unit: code; one of: F, M; E2B(R3) D.5"


def test_a_table_warns_after_its_grain() -> None:
    told = Table("core", "t", "case", (), beware="Count masters only.")

    assert told.describe() == "Grain: one row per case. Beware: Count masters only."


def test_the_page_has_a_row_for_every_column_and_survives_a_bar_in_a_meaning() -> None:
    told = Table("core", "t", "case", (Field("a", "bigint", "this | that", required=True),))

    page = render([told], {"count": [told]}).splitlines()
    assert "| a | bigint | yes | this \\| that |" in page
    assert "| core.t | case | a |" in page
    stored = render(TABLES, {}).splitlines()
    rows = [line for line in stored if re.match(r"\| [a-z]\w* \| \w", line)]
    headers = len(TABLES)
    assert len(rows) - headers == len(COLUMNS)


def test_the_dictionary_in_docs_is_the_generated_one() -> None:
    page = Path(__file__).parents[2] / "docs" / "data-dictionary.md"

    made = render(TABLES, ROOMS, kit.views(), kit.macros())
    assert page.read_text(encoding="utf-8") == made, "run: poolvigil dictionary"
