"""The rows under test: those of the files that were loaded and not yet let through."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import duckdb

from pv.quality.suites import STAGING
from pv.warehouse.numbered import transaction


@contextmanager
def views(con: duckdb.DuckDBPyConnection, night: date) -> Iterator[None]:
    """The schema `gate` while the block runs.

    It has `gate.night` (one row: the night's date) and for each staging table a view of the same
    name with its rows under test. Whatever a killed night left of it is replaced.
    """
    with transaction(con):
        con.execute("drop schema if exists gate cascade")
        con.execute("create schema gate")
        con.execute("create table gate.night as select $night::date as night", {"night": night})
        for table in STAGING:
            con.execute(
                f"create view gate.{table.name} as select * from {table.qualified} "
                "where file_id in (select file_id from ops.source_file where status = 'loaded')"
            )
    try:
        yield
    finally:
        con.execute("drop schema gate cascade")
