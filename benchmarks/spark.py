"""The counting of a home on DuckDB and on Spark: the same rows, and the time of each folder.

    python benchmarks/spark.py --home HOME [--master 'local[2]'] [--memory 4GB] [--folder DIR]

Works on a copy of the home's warehouse, which is removed at the end. Exit code 1 where a row
differs. Spark builds on what Spark has made; DuckDB makes each relation of the same.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from pydantic import ByteSize, TypeAdapter

from pv.cases import build
from pv.counts import changes
from pv.engine import spark
from pv.night.judge import judge
from pv.settings import Home
from pv.spec import AnalysisSpec
from pv.warehouse import engine
from pv.warehouse.connect import connect
from pv.warehouse.heads import Query

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.engines import Both

# That of the home's last night, or what a first one would take.
_AS_OF = """
    select coalesce(max(as_of), (select max(receipt_date) from staging.report)) from core.look
"""


class Timed(Both):
    """Prints what each folder took on each engine."""

    def run(
        self, con: duckdb.DuckDBPyConnection, queries: Sequence[Query], params: Mapping[str, Any]
    ) -> None:
        super().run(con, queries, params)
        rows = sum(self.rows[str(query.writes)] for query in queries)
        folder = queries[0].name.rpartition("/")[0]
        print(
            f"{folder:16} {rows:14,} rows   DuckDB {self.seconds[0]:8.1f} s"
            f"   Spark {self.seconds[1]:8.1f} s",
            flush=True,
        )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--master", default="local[*]")
    asked.add_argument("--memory", default="4GB")
    asked.add_argument("--folder", type=Path, help="where to work; beside the home if absent")
    given = asked.parse_args()
    memory = int(TypeAdapter(ByteSize).validate_python(given.memory))
    home, spec = Home(given.home.resolve()), AnalysisSpec.load()
    with tempfile.TemporaryDirectory(dir=given.folder or home.root) as scratch:
        database = Path(scratch) / "warehouse.duckdb"
        shutil.copy(home.warehouse, database)
        con = connect(database, memory_limit=f"{memory}B", threads=2)
        began = time.monotonic()
        with con, spark.counter(given.master, memory, Path(scratch) / "spark") as made:
            print(f"Spark has started after {time.monotonic() - began:.1f} s", flush=True)
            both = Timed(made)
            with engine.using(both):
                (as_of,) = con.execute(_AS_OF).fetchone() or (None,)
                build(con, as_of, home.vocab, spec.duplicates)
                judge(con, spec, as_of)
                changes.read_frequent(con, 3)
    wrong = {name: rows for name, rows in both.differences.items() if rows}
    print(
        f"{len(both.rows)} relations, {sum(both.rows.values()):,} rows; differ: {wrong or 'none'}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
