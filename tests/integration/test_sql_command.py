"""`poolvigil sql` answers from the snapshot, and can do nothing else on the machine."""

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from pv import cli
from pv.errors import LockedError, UsageError
from pv.warehouse import ask
from pv.warehouse.share import share

Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def home(demonstration: tuple[Path, dict[str, Any], str]) -> Path:
    return demonstration[0]


@pytest.fixture
def sql(home: Path) -> Ask:
    def asked(*arguments: str, input: str | None = None, home: Path = home) -> Result:
        return CliRunner().invoke(
            cli.app, ["sql", *arguments, "--home", str(home)], input=input, catch_exceptions=True
        )

    return asked


def test_a_query_is_answered_as_table_csv_and_json(sql: Ask) -> None:
    query = "select product, event, n from signals order by rank limit 2"

    shown = sql(query).stdout
    as_csv = list(csv.DictReader(io.StringIO(sql(query, "--format", "csv").stdout)))
    as_json = [json.loads(line) for line in sql(query, "--format", "json").stdout.splitlines()]

    assert [{**row, "n": int(row["n"])} for row in as_csv] == as_json
    assert len(as_json) == 2
    assert all(row["product"] in shown and row["event"] in shown for row in as_json)


def test_a_table_shows_so_many_rows_and_csv_gives_all(sql: Ask) -> None:
    query = "select i from range(1000) t (i)"

    assert "1000 rows (200 shown)" in " ".join(sql(query).stdout.split())
    assert len(sql(query, "--format", "csv").stdout.splitlines()) == 1001


def test_without_a_query_the_statements_of_the_input_are_answered(sql: Ask) -> None:
    done = sql("--format", "json", input="select 1 as a;\n\nselect\n  2 as a;\nselect 3 as a")

    assert [json.loads(line) for line in done.stdout.splitlines()] == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_the_macros_and_comments_of_the_snapshot_are_there(sql: Ask) -> None:
    done = sql("select n from pv_subgroup('Carvykti', 'Pancreatitis')", "--format", "csv")

    assert done.stdout == "n\n10\n"


@pytest.mark.parametrize(
    "query",
    [
        "from read_csv('{file}')",
        "from read_text('{file}')",
        "from '{file}'",
        "from glob('{folder}/*')",
        "copy (select 1) to '{folder}/out.csv'",
        "export database '{folder}/out'",
        "attach '{folder}/out.duckdb'",
        "attach '{file}' (read_only)",
        "install httpfs",
        "load httpfs",
        "from read_csv('https://example.org/a.csv')",
        "set enable_external_access = true",
        "set temp_directory = '{folder}'",
        "reset lock_configuration",
        "create table mart.other (a int)",
        "delete from mart.signal",
        "drop view signals",
        "from own_program",
    ],
)
def test_it_reads_no_file_and_no_network_and_writes_nothing(
    sql: Ask, tmp_path: Path, query: str
) -> None:
    own_program = duckdb.sql("select 'secret' as word").pl()
    (tmp_path / "file.csv").write_text("word\nsecret\n")
    assert own_program.height == 1

    done = sql(query.format(file=tmp_path / "file.csv", folder=tmp_path))

    assert isinstance(done.exception, UsageError)
    assert "secret" not in done.output
    assert [p.name for p in tmp_path.iterdir()] == ["file.csv"]


def test_a_mistake_is_one_line_with_what_was_meant(sql: Ask) -> None:
    said = [str(sql(query).exception) for query in ("select prodct from signals", "selec 1")]

    assert 'Candidate bindings: "product"' in said[0]
    assert [line.count("\n") for line in said] == [0, 0]


@pytest.mark.parametrize("text", ["\x1b[31mred", "\u202eturned", "\x07bell"])
def test_text_from_files_moves_nothing_on_a_terminal(text: str) -> None:
    with duckdb.connect() as con:
        (shown,) = ask.told(con, f"select '{text}' as word", "table", 80)

    assert not set(text[0]) & set(shown)
    assert text[1:] in shown


def test_what_does_not_fit_in_memory_spills_outside_the_snapshot(home: Path) -> None:
    current = home / "published" / "current"
    before = sorted(p.name for p in current.iterdir())
    query = "select h from (select hash(i) as h from range(2_000_000) t (i)) order by h offset 9"
    with ask.opened(current / "poolvigil.duckdb", 50_000_000) as con:
        rows = sum(piece.count("\n") + 1 for piece in ask.told(con, query, "csv", 80))
        assert sorted(p.name for p in current.iterdir()) == before

    assert rows == 2_000_000 - 9 + 1


def test_an_earlier_run_and_the_shareable_snapshot_are_asked_by_name(
    sql: Ask, home: Path, tmp_path: Path
) -> None:
    published = tmp_path / "published"
    for run in ("2025-01-31-a", "2025-02-28-b"):
        (published / run).mkdir(parents=True)
        with duckdb.connect(str(published / run / "poolvigil.duckdb")) as con:
            con.execute(f"create table runs as select '{run}' as run_id")
    (published / "current").symlink_to("2025-02-28-b")
    query = ("select run_id from runs", "--format", "csv")

    assert sql(*query, home=tmp_path).stdout == "run_id\n2025-02-28-b\n"
    assert sql(*query, "--run", "2025-01-31-a", home=tmp_path).stdout == "run_id\n2025-01-31-a\n"
    assert str(sql(*query, "--run", "../b", home=tmp_path).exception) == (
        "no snapshot of run ../b; kept are 2025-01-31-a, 2025-02-28-b"
    )
    assert "set shareable_cells_from" in str(sql(*query, "--shareable", home=tmp_path).exception)
    current = home / "published" / "current" / "poolvigil.duckdb"
    shutil.copyfile(current, published / "2025-02-28-b" / "poolvigil.duckdb")
    share(published / "2025-02-28-b" / "poolvigil.duckdb", 3)
    found = sql("select min(n) from pairs_by_country", "--shareable", "--format", "csv",
                home=tmp_path)  # fmt: skip
    assert found.stdout.splitlines()[1] == "3"


def test_a_home_without_a_snapshot_says_so(sql: Ask, tmp_path: Path) -> None:
    done = sql("select 1", home=tmp_path)

    assert "has no published snapshot: start poolvigil run" in str(done.exception)


def test_a_snapshot_that_another_writes_to_is_named(sql: Ask, tmp_path: Path) -> None:
    (tmp_path / "published" / "current").mkdir(parents=True)
    database = tmp_path / "published" / "current" / "poolvigil.duckdb"
    hold = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", hold, str(database)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdout
    assert writer.stdout.readline() == "open\n"

    done = sql("select 1", home=tmp_path)

    writer.communicate("\n")
    assert isinstance(done.exception, LockedError)
    assert f"PID {writer.pid}" in str(done.exception)
