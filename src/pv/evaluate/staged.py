"""A scenario into a warehouse in memory: the staging SQL of the sources, without any file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pv.dictionary.tables.staging import STAGING
from pv.simulate.scenarios.scenario import Scenario
from pv.simulate.world.faers_writer import quarter_tables
from pv.sources import sql
from pv.sources.lots import hmac_pads
from pv.warehouse.connect import connect
from pv.warehouse.numbered import transaction

_LOT_KEY = b"simulated lots are no secret"


@contextmanager
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory, on one thread: a replicate is small."""
    con = connect(Path(":memory:"), memory_limit="2GB", threads=1)
    try:
        sql.run(con, "raw/reading", {})
        yield con
    finally:
        con.close()


def last_day(scenario: Scenario) -> date:
    """The last day of the scenario's quarters, on which its last deletions count as received."""
    return scenario.reports.quarters[-1].next.first_day - timedelta(days=1)


def stage(con: duckdb.DuckDBPyConnection, scenario: Scenario) -> None:
    """Put a scenario's reports into staging, in place of what is there.

    They are the lines of its FAERS files, read by the SQL that reads the files; only that one
    delivery holds all quarters.
    """
    reports = scenario.reports
    quarters = [quarter_tables(reports, number) for number in range(len(reports.quarters))]
    tables = {
        name: pl.concat([each[name] for each in quarters], how="vertical_relaxed")
        for name in quarters[0]
    }
    tables["DELETED"] = reports.deleted.select(caseid="case_id")
    inner, outer = hmac_pads(_LOT_KEY)
    first_padded = reports.quarters[0].year > 2021
    assert first_padded, "partial dates are padded from 2021Q3 on: in all quarters or in none"
    params = {
        "source": "faers",
        "release": "simulated",
        "padded": True,
        "receipt_date": last_day(scenario),
        "lot_inner": inner,
        "lot_outer": outer,
    }
    with transaction(con):
        for table in STAGING:
            con.execute(f"delete from {table.qualified}")
        con.execute("delete from ops.source_file")
        con.execute("delete from core.case_key")
        for file_id, (name, table) in enumerate(tables.items(), 1):
            _stage(con, name, table, {**params, "file_id": file_id})


def _stage(
    con: duckdb.DuckDBPyConnection, name: str, table: pl.DataFrame, params: Mapping[str, Any]
) -> None:
    """One table as lines, and the lines into staging."""
    fields = pl.all().cast(pl.String).fill_null("")
    lines = table.select(line=pl.concat_str(fields, separator="$"))["line"]
    con.execute(
        """
        insert into ops.source_file by name
        select $file_id as file_id, $source as source, $name as name, $release as release,
            0 as rows_read, 0 as rows_kept, 0 as rows_quarantined, 'ok' as status
        """,
        {**{key: params[key] for key in ("file_id", "source", "release")}, "name": name},
    )
    con.register("simulated_line", {"content": lines.to_numpy()})
    con.execute(
        """
        create or replace temp table raw_line as
        select row_number() over () as line, content, $width as fields
        from simulated_line
        """,
        {"width": table.width},
    )
    con.unregister("simulated_line")
    position = {column: number for number, column in enumerate(table.columns, 1)}
    file = f"staging/faers_{name.lower()}"
    sql.run(con, file, {**params, "position": position, "width": table.width})
