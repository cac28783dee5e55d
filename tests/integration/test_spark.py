"""Spark counts what DuckDB counts, from the same SQL files: row for row, on a local Spark."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pv.cases import build
from pv.cases.duplicates import blocking
from pv.counts import changes, versions
from pv.engine import dialect, spark
from pv.errors import UsageError
from pv.night import writer
from pv.night.judge import judge
from pv.settings import Home
from pv.spec import AnalysisSpec
from pv.warehouse import heads
from pv.warehouse.connect import OFFLINE
from pv.warehouse.engine import COUNTED
from pv.warehouse.relations import run
from tests.engines import Both

FILES = [query for folder in COUNTED for query in heads.folder(folder)]
# What a night with the demonstration's inbox says: every table of the mart, and the cases.
RESULTS = (
    "core.case", "mart.country_margin", "mart.event_margin", "mart.period_margin",
    "mart.product_margin", "mart.signal",
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """What a home was counted to on both engines: rows of each relation, and how many only one of
    them has."""

    home: Home
    rows: dict[str, int]
    differences: dict[str, int]


@pytest.fixture(scope="session")
def counted(
    demonstration: tuple[Path, dict[str, Any], str], once: Callable[..., tuple[Path, Any]]
) -> Counted:
    """Cases and verdicts of the demonstration anew with `engine = "spark"`, each relation made by
    DuckDB too. The home's warehouse is that of a night on Spark."""

    def make(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
        home = Home(folder)
        home.work.mkdir()
        shutil.copy(demonstration[0] / "work" / "warehouse.duckdb", home.warehouse)
        shutil.copytree(demonstration[0] / "vocab", folder / "vocab")
        (folder / "poolvigil.toml").write_text(
            'engine = "spark"\nspark_master = "local[2]"\nspark_memory = "2GB"\n', encoding="utf-8"
        )
        both = count(home)
        return both.rows, both.differences

    folder, (rows, differences) = once("spark", make)
    return Counted(Home(folder), rows, differences)


def count(home: Home) -> Both:
    """Count as a night of the home does, with its engine beside DuckDB."""
    made: list[Both] = []
    counter = spark.counter

    @contextmanager
    def both(master: str, memory: int, folder: Path) -> Iterator[Both]:
        with counter(master, memory, folder) as other:
            made.append(Both(other))
            yield made[-1]

    spec = AnalysisSpec.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spark, "counter", both)
        with writer.counting(home) as con:
            (as_of,) = con.execute("select max(as_of) from core.look").fetchone() or (None,)
            build(con, as_of, home.vocab, spec.duplicates)
            judge(con, spec, as_of)
            changes.read_frequent(con, 3)
            count_awkward(con, spec)
    return made[0]


def count_awkward(con: duckdb.DuckDBPyConnection, spec: AnalysisSpec) -> None:
    """Once more what the demonstration does not have: letters that the engines capitalise each in
    its own way, blocks that are too large at some looks, indications that are events, an earlier
    look. Nothing of it stays."""
    with rolled_back(con):
        con.execute("update current_version set sender = 'Größe Ødegård ' || version_no % 3")
        run(con, "core/compared", {**blocking(spec.duplicates), "largest_block": 3})
    with rolled_back(con):
        con.execute(
            """
            update core.case_drug set indication = (
                select string_agg(e.event, '; ') from core.case_event e
                where e.case_id = case_drug.case_id
            )
            where case_id % 2 = 0
            """
        )
        versions.make(con, spec.rule.counted, spec.rule.stratum_min_cases)
        run(con, "count/at_look", {"look_no": 10})
        run(con, "count/margins")


@contextmanager
def rolled_back(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.execute("begin")
    yield
    con.execute("rollback")


def test_both_engines_make_every_counting_file(counted: Counted) -> None:
    assert counted.rows.keys() == {query.writes for query in FILES}
    assert [relation for relation, rows in counted.rows.items() if rows == 0] == []


def test_each_relation_has_the_same_rows_on_both_engines(counted: Counted) -> None:
    assert {name: rows for name, rows in counted.differences.items() if rows} == {}


@pytest.mark.parametrize("table", RESULTS)
def test_a_night_on_spark_ends_as_one_on_duckdb(
    counted: Counted, demonstration: tuple[Path, dict[str, Any], str], table: str
) -> None:
    before = demonstration[0] / "work" / "warehouse.duckdb"
    with duckdb.connect(config=OFFLINE) as con:
        con.execute(f"attach '{before}' as a (read_only)")
        con.execute(f"attach '{counted.home.warehouse}' as b (read_only)")
        (rows,) = con.execute(f"select count(*) from a.{table}").fetchone() or (0,)
        differ = con.execute(
            f"(from a.{table} except all from b.{table}) "
            f"union all (from b.{table} except all from a.{table})"
        ).fetchall()

    assert rows > 0 and differ == []


def test_what_spark_was_given_is_gone_at_the_end(counted: Counted) -> None:
    assert list((counted.home.work / "spark").glob("**/*.parquet")) == []


def test_a_master_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"Spark does not start at nowhere: "),
        spark.counter("nowhere", 10**9, tmp_path),
    ):
        pass


@pytest.mark.parametrize("query", FILES, ids=lambda query: query.name)
def test_no_counting_file_has_what_is_known_to_differ(query: heads.Query) -> None:
    assert dialect.spark(query.body)
