"""A warehouse of any version is brought to the dictionary's tables, and loses nothing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pv.dictionary import TABLES, Field, Table, table
from pv.dictionary.ddl import columns
from pv.errors import UsageError
from pv.warehouse.connect import connect
from pv.warehouse.migrate import Migration, migrate, migrations

LOOK = {
    "product": "Kymriah", "event": "Nausea", "event_kind": "event", "latency_window": "all",
    "country": "all", "sequence_no": 1, "chain_no": 1, "as_of": "2024-01-31",
    "n_seen": 3, "expected_seen": 0.5, "llr": 2.9, "signal": True,
}  # fmt: skip
FIRST = Migration(1, "first", Path())


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of this version in memory, with a look, a mart row and a step that is done."""
    made = duckdb.connect()
    migrate(made)
    names = ", ".join(f"${name} as {name}" for name in LOOK)
    made.execute(f"insert into ops.sequential_look by name select {names}", LOOK)
    made.execute(
        "insert into mart.country_margin by name "
        "select 'DE' as stratum, true as is_country, 'EU' as region, 7 as n_cases"
    )
    made.execute("insert into ops.step_state values ('signals', 'a')")
    yield made
    made.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., list[Migration]]:
    """The migrations that are known, and after them those with these statements."""

    def write(*statements: str) -> list[Migration]:
        known = migrations()
        for number, statement in enumerate(statements, known[-1].number + 1):
            file = tmp_path / f"{number:04}_planted.sql"
            file.write_text(statement)
            known.append(Migration(number, "planted", file))
        return known

    return write


def changed(qualified: str, fields: tuple[Field, ...]) -> list[Table]:
    """The dictionary's tables, one of them with other fields."""
    return [replace(t, fields=fields) if t.qualified == qualified else t for t in TABLES]


def rows(con: duckdb.DuckDBPyConnection, qualified: str) -> list[tuple]:
    return con.execute(f"from {qualified} order by all").fetchall()


def shape(con: duckdb.DuckDBPyConnection, qualified: str) -> list[str]:
    return [
        f"{name} {kind.lower()}{'' if null == 'YES' else ' not null'}"
        for name, kind, null, *_ in con.execute(f"describe {qualified}").fetchall()
    ]


def test_migrations_are_numbered_from_one_without_a_gap_and_say_why() -> None:
    known = migrations()

    assert [m.number for m in known] == list(range(1, len(known) + 1))
    for migration in known:
        assert re.fullmatch(r"[0-9]{4}_[a-z0-9_]+\.sql", migration.file.name)
        assert migration.file.read_text(encoding="utf-8").startswith("-- Why: ")


def test_a_new_warehouse_has_the_dictionarys_tables_and_no_migration_to_do(tmp_path: Path) -> None:
    with connect(tmp_path / "warehouse.duckdb", memory_limit="1GB", threads=1) as con:
        assert {t.qualified: shape(con, t.qualified) for t in TABLES} == {
            t.qualified: columns(t) for t in TABLES
        }
        assert rows(con, "ops.schema_version") == [(m.number, m.name) for m in migrations()]


def test_opened_again_nothing_is_changed(con: duckdb.DuckDBPyConnection) -> None:
    before = {t.qualified: rows(con, t.qualified) for t in TABLES}

    migrate(con)

    assert {t.qualified: rows(con, t.qualified) for t in TABLES} == before
    assert before["ops.step_state"] == [("signals", "a")]


def test_a_migration_runs_once_and_is_recorded(con, written) -> None:
    known = written("update ops.sequential_look set n_seen = n_seen + 1")

    migrate(con, known=known)
    migrate(con, known=known)

    assert con.execute("select n_seen from ops.sequential_look").fetchall() == [(4,)]
    assert rows(con, "ops.schema_version")[-1] == (known[-1].number, "planted")


def test_an_added_column_takes_its_place_among_the_dictionarys_and_its_not_null(
    con, written
) -> None:
    fields = table("ops.sequential_look").fields
    added = Field("design", "varchar", "", required=True)
    tables = changed("ops.sequential_look", (fields[0], added, *fields[1:]))
    known = written(
        "alter table ops.sequential_look add column design varchar; "
        "update ops.sequential_look set design = 'default'"
    )

    migrate(con, tables, known)

    looks = next(t for t in tables if t.qualified == "ops.sequential_look")
    assert shape(con, "ops.sequential_look") == columns(looks)
    ((product, design, *_),) = rows(con, "ops.sequential_look")
    assert (product, design) == ("Kymriah", "default")
    names = con.execute("select table_name from duckdb_tables() order by all").fetchall()
    assert names == sorted((t.name,) for t in TABLES)


def test_a_null_that_the_dictionary_forbids_stops_with_the_tables_name(con, written) -> None:
    added = Field("design", "varchar", "", required=True)
    tables = changed("ops.sequential_look", (*table("ops.sequential_look").fields, added))
    known = written("alter table ops.sequential_look add column design varchar")

    with pytest.raises(UsageError, match=r"ops\.sequential_look holds a null.*design") as stopped:
        migrate(con, tables, known)

    assert "\n" not in str(stopped.value)
    assert len(rows(con, "ops.sequential_look")) == 1


def test_a_column_that_no_migration_brings_stops_with_table_and_column(con) -> None:
    fields = table("ops.alpha_ledger").fields
    renamed = tuple(replace(f, name="alpha_used") if f.name == "alpha" else f for f in fields)

    with pytest.raises(UsageError) as stopped:
        migrate(con, changed("ops.alpha_ledger", renamed))

    assert "ops.alpha_ledger has 'alpha double not null'" in str(stopped.value)
    assert "'alpha_used double not null'" in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_another_type_of_a_received_column_stops_too(con) -> None:
    fields = table("staging.report").fields
    retyped = tuple(replace(f, type="varchar") if f.name == "age_years" else f for f in fields)

    with pytest.raises(UsageError, match=r"staging\.report has 'age_years double'"):
        migrate(con, changed("staging.report", retyped))


def test_a_kept_table_is_not_made_of_nothing(con) -> None:
    """One that was renamed without a migration would begin empty, and its rows be forgotten."""
    new = Table("ops", "planted", "decision", (Field("a", "integer", ""),), durability="permanent")

    with pytest.raises(UsageError, match=r"ops\.planted has 'nothing' where .* 'a integer'"):
        migrate(con, [*TABLES, new])


def test_a_kept_table_comes_by_a_migration(con, written) -> None:
    new = Table("ops", "planted", "decision", (Field("a", "integer", ""),), durability="permanent")

    migrate(con, [*TABLES, new], written("create table ops.planted (a integer)"))

    assert rows(con, "ops.planted") == []


def test_a_derived_table_that_differs_is_made_anew_and_its_steps_are_to_be_done(con) -> None:
    added = (*table("mart.country_margin").fields, Field("b", "integer", ""))
    tables = changed("mart.country_margin", added)

    migrate(con, tables)

    assert shape(con, "mart.country_margin")[-1] == "b integer"
    assert rows(con, "mart.country_margin") == []
    assert rows(con, "ops.step_state") == []
    assert len(rows(con, "ops.sequential_look")) == 1


def test_a_warehouse_of_a_newer_version_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    with connect(database, memory_limit="1GB", threads=1) as con:
        con.execute("insert into ops.schema_version values (9000, 'from the future')")
        con.execute("drop table mart.signal")

    with pytest.raises(UsageError, match=r"schema version 9000, but .* use the newer version"):
        connect(database, memory_limit="1GB", threads=1)

    with duckdb.connect(str(database)) as con:
        assert ("signal",) not in con.execute("select table_name from duckdb_tables()").fetchall()


def test_a_migration_that_fails_leaves_nothing_of_itself_and_the_one_before_stays(
    con, written
) -> None:
    known = written(
        "update ops.sequential_look set n_seen = 10",
        "update ops.sequential_look set n_seen = 20; alter table ops.nothing add column b integer",
    )

    with pytest.raises(UsageError, match=f"migration {known[-1].file.name} does not fit"):
        migrate(con, known=known)

    assert con.execute("select n_seen from ops.sequential_look").fetchall() == [(10,)]
    assert rows(con, "ops.schema_version")[-1][0] == known[-2].number
