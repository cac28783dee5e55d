"""A scenario into a warehouse in memory, by the readers and the SQL that read its files."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from pv.dictionary.tables.staging import STAGING
from pv.simulate.scenarios.scenario import Scenario
from pv.simulate.world.faers_writer import delimited, quarter_tables
from pv.simulate.world.reports import Reports
from pv.sources import faers, ledger
from pv.sources.lots import hmac_pads
from pv.sources.model import Intake, Part
from pv.warehouse.connect import connect
from pv.warehouse.relations import run, run_script
from pv.warehouse.transaction import transaction

LOT_KEY = b"simulated lots are no secret"


@contextmanager
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory, on one thread: a replicate is small."""
    con = connect(Path(":memory:"), memory_limit="2GB", threads=1)
    try:
        run_script(con, "macros/reading")
        yield con
    finally:
        con.close()


def last_day(scenario: Scenario) -> date:
    """The last day of the scenario's quarters, on which its last deletions count as received."""
    return scenario.reports.quarters[-1].next.first_day - timedelta(days=1)


def stage(con: duckdb.DuckDBPyConnection, scenario: Scenario) -> None:
    """Put a scenario's reports into staging, in place of what is there.

    They are read as the FAERS files of its last quarter, which hold the rows of all quarters.
    """
    stage_reports(con, scenario.reports)


def stage_reports(con: duckdb.DuckDBPyConnection, reports: Reports) -> None:
    """`stage` of the reports alone."""
    first_padded = reports.quarters[0].year > 2021
    assert first_padded, "partial dates are padded from 2021Q3 on: in all quarters or in none"
    with transaction(con), TemporaryDirectory() as scratch:
        for table in STAGING:
            con.execute(f"delete from {table.qualified}")
        con.execute("delete from ops.source_file")
        con.execute("delete from core.case_key")
        for file_id, (name, content) in enumerate(_files(reports), 1):
            _read(con, file_id, name, content, Path(scratch))


def _files(reports: Reports) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file."""
    quarters = [quarter_tables(reports, number) for number in range(len(reports.quarters))]
    short = reports.quarters[-1].short
    for label in quarters[0]:
        name = f"{label}{short}.txt"
        whole = pl.concat([tables[label] for tables in quarters], how="vertical_relaxed")
        yield name, delimited(whole, name)
    deleted = reports.deleted["case_id"].to_list()
    yield f"DELETE{short}.txt", "".join(f"{case}\r\n" for case in [" ", *deleted]).encode()


def _read(
    con: duckdb.DuckDBPyConnection, file_id: int, name: str, content: bytes, scratch: Path
) -> None:
    """One file into staging and the ledger, as if the gate had let it through."""
    part = faers.recognise(name)
    assert isinstance(part, Part), f"{name} is a table of FAERS"
    inner, outer = hmac_pads(LOT_KEY)
    params = {
        "source": "faers",
        "file_id": file_id,
        "name": name,
        "release": part.release,
        "lot_inner": inner,
        "lot_outer": outer,
    }
    reading = part.read(Intake(con, lambda: io.BytesIO(content), scratch, params))
    for step in reading.stages:
        run(con, step, reading.params)
    ledger.write(
        con,
        ledger.Line(
            file_id=file_id,
            source="faers",
            name=name,
            release=part.release,
            staging_table=part.staging_table,
            sha256=None,
            bytes=len(content),
            rows_read=reading.rows_read,
            rows_kept=reading.rows_read,
            rows_quarantined=0,
            status="ok",
            message=None,
        ),
    )
