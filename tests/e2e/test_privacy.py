"""What a file says of a person stays in work/ and the inbox: nothing published repeats it."""

import zipfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

STORY = "Mrs Agathe Muster of Altdorf felt ill on her birthday"
NARRATIVE = f"{STORY}, " * 7


class Night(NamedTuple):
    """A home whose last night met a narrative in the column of terms."""

    home: Path
    number: int


@pytest.fixture(scope="module")
def night(poolvigil, world, once) -> Night:
    number = 49_000_001

    def make(home: Path) -> None:
        world.add_first(home)
        told = world.case(number, "DE", ("KYMRIAH",), ("Nausea", NARRATIVE), date(2024, 2, 1))
        world.write(home, "24Q3", [told])
        (home / "poolvigil.toml").write_text("shareable_cells_from = 3\n", encoding="utf-8")
        assert poolvigil.run(home).summary["status"] == "published"

    return Night(once("narrative", make)[0], number)


def test_the_narrative_is_set_aside_and_a_snapshot_says_where_it_stood(world, night: Night) -> None:
    found = world.query(
        night.home,
        "select name, line, source_report_id from quarantine where rule = 'term_too_long'",
    )

    assert found == [("faers_ascii_2024Q3/ASCII/REAC24Q3.txt", 3, f"{night.number}1")]


def test_the_row_stays_in_the_warehouse(night: Night) -> None:
    with duckdb.connect(str(night.home / "work" / "warehouse.duckdb"), read_only=True) as con:
        (row,) = con.execute("select row::varchar from ops.quarantine").fetchone() or ("",)

    assert STORY in row


def text_of(database: Path) -> str:
    """Every value of every table of a database."""
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by all"
        ).fetchall()
        return "\n".join(str(con.execute(f"from {name}").fetchall()) for (name,) in tables)


def test_nothing_published_repeats_it(night: Night) -> None:
    told: dict[str, str] = {}
    for file in (night.home / "published" / "current").resolve().rglob("*"):
        if file.suffix == ".duckdb":
            told[file.name] = text_of(file)
        elif file.suffix == ".parquet":
            rows = duckdb.sql(f"from '{file}'").fetchall()
            told[file.name] = str(rows)
        elif file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as book:
                told[file.name] = "".join(book.read(part).decode() for part in book.namelist())
        elif file.is_file():
            told[file.name] = file.read_text(encoding="utf-8")
    for file in (*(night.home / "reports").rglob("*.html"), *(night.home / "logs").iterdir()):
        told[file.name] = file.read_text(encoding="utf-8")

    assert {"poolvigil.duckdb", "kept.duckdb", "shareable.duckdb", "ops.source_file.parquet",
            "index.html", "latest.html", "nightly.jsonl",
            "poolvigil.xlsx"} <= told.keys()  # fmt: skip
    assert [name for name, text in told.items() if "Agathe" in text] == []


def test_a_snapshot_is_shareable_when_asked_for(world, night: Night, copied, poolvigil) -> None:
    def smallest(home: Path) -> int | None:
        shared = world.current(home).with_name("shareable.duckdb")
        with duckdb.connect(str(shared), read_only=True) as con:
            return (con.execute("select min(n) from pairs_by_country").fetchone() or (None,))[0]

    assert smallest(night.home) >= 3
    home = copied(night.home)
    (home / "poolvigil.toml").write_text("shareable_cells_from = 5\n", encoding="utf-8")
    assert poolvigil.run(home).summary["status"] == "published"
    assert smallest(home) >= 5
    (home / "poolvigil.toml").unlink()
    assert poolvigil.run(home).summary["status"] == "published"
    assert not world.current(home).with_name("shareable.duckdb").exists()
