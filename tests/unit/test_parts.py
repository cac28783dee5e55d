"""Parts: named by what they hold, written once, linked from night to night."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES, table
from pv.dictionary.ddl import create
from pv.warehouse import manifest, parts

CASES = 1000
CASE_EVENT = table("core.case_event")
FILL = """
    insert into core.case_event by name
    select i as case_id, 1 as event_seq, 'Fever' as term_verbatim, 'Pyrexia' as event,
        i % 7 as time_to_onset_days_low
    from range($cases) t (i)
    order by hash(i + $seed)
"""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part holds 100 cases, and 250 rows are sorted at a time."""
    monkeypatch.setattr(parts, "_IDS", 100)
    monkeypatch.setattr(parts, "_ROWS", 250)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of a thousand cases, and a database for a snapshot in use."""
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as night")
        con.execute("use night")
        for schema in SCHEMAS:
            con.execute(f"create schema {schema}")
        for made in TABLES:
            if made.schema == "core":
                con.execute(create(made))
        con.execute(FILL, {"cases": CASES, "seed": 1})
        yield con


def stored(con: duckdb.DuckDBPyConnection, folder: Path, last: Path) -> dict[str, int]:
    """The inode of each part of a night, which is published then."""
    con.execute(f"attach '{folder}.duckdb' as snapshot")
    con.execute("use snapshot")
    con.execute("create schema core")
    parts.store(con, CASE_EVENT, "night", folder, last)
    view, night = (f"select * from {of}.core.case_event" for of in ("snapshot", "night"))
    assert con.execute(f"({view} except all {night})").fetchall() == []
    assert con.execute(f"({night} except all {view})").fetchall() == []
    con.execute("use night")
    con.execute("detach snapshot")
    manifest.write(folder, fingerprint="f", page="p", summary={})
    found = (folder / "parts" / "core.case_event").iterdir()
    return {file.name: file.stat().st_ino for file in found}


def test_a_part_holds_a_range_of_cases_in_their_order(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    names = sorted(stored(con, tmp_path / "one", tmp_path / "none"))

    assert [name[:6] for name in names] == [f"{number:06}" for number in range(10)]
    file = tmp_path / "one" / "parts" / "core.case_event" / names[3]
    cases = con.execute(f"select case_id from '{file}'").fetchall()
    assert cases == [(case,) for case in range(300, 400)]


def test_the_same_rows_in_another_order_are_linked(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    one = stored(con, tmp_path / "one", tmp_path / "none")
    con.execute("delete from core.case_event")
    con.execute(FILL, {"cases": CASES, "seed": 2})

    assert stored(con, tmp_path / "two", tmp_path / "one") == one


@pytest.mark.parametrize(
    "change",
    [
        "update core.case_event set term_verbatim = 'fever' where case_id = 345",
        "update core.case_event set outcome = 'fatal' where case_id = 345",
        "update core.case_event set event = term_verbatim, term_verbatim = event "
        "where case_id = 345",
        "update core.case_event set time_to_onset_days_low = null, time_to_onset_days_high = "
        "time_to_onset_days_low where case_id = 345",
        "delete from core.case_event where case_id = 345",
        "insert into core.case_event from core.case_event where case_id = 345",
        "update core.case_event set event_seq = if(case_id = 345, 2, 0) "
        "where case_id in (345, 346)",
    ],
)
def test_what_changes_in_a_part_writes_it_and_no_other(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, change: str
) -> None:
    one = stored(con, tmp_path / "one", tmp_path / "none")
    con.execute(change)

    two = stored(con, tmp_path / "two", tmp_path / "one")

    assert {name[:6] for name, inode in two.items() if one.get(name) != inode} == {"000003"}


def test_new_cases_are_a_part_of_their_own(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    one = stored(con, tmp_path / "one", tmp_path / "none")
    con.execute("insert into core.case_event by name select 1000 as case_id, * exclude (case_id) "
                "from core.case_event limit 1")  # fmt: skip

    two = stored(con, tmp_path / "two", tmp_path / "one")

    assert [name[:6] for name in two.keys() - one.keys()] == ["000010"]
    assert {name: two[name] for name in one} == one


def test_a_part_that_is_damaged_is_written_and_one_that_nobody_published_too(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    one = stored(con, tmp_path / "one", tmp_path / "none")
    spoilt, unknown = sorted(one)[:2]
    folder = tmp_path / "one" / "parts" / "core.case_event"
    (folder / spoilt).write_bytes(b"PAR1")
    (folder / unknown).unlink()

    two = stored(con, tmp_path / "two", tmp_path / "one")

    assert {name for name in one if two[name] != one[name]} >= {spoilt, unknown}
    assert {name: two[name] for name in sorted(one)[2:]} == dict(sorted(one.items())[2:])


def test_without_hard_links_a_part_is_copied(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    one = stored(con, tmp_path / "one", tmp_path / "none")
    monkeypatch.setattr(os, "link", refused)

    two = stored(con, tmp_path / "two", tmp_path / "one")

    assert two.keys() == one.keys()
    assert not set(two.values()) & set(one.values())
