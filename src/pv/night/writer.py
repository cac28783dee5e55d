"""The connection of a home's one writer to its warehouse."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import duckdb

from pv import log
from pv.settings import Home, Settings


@contextmanager
def warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The writer's connection, closed at the end. A lost warehouse begins with what was kept.

    Raises `UsageError` when it is damaged, `LockedError` when another keeps it open.
    """
    from pv.warehouse.connect import connect
    from pv.warehouse.kept import restore

    settings = Settings.of(home)
    if restore(home.warehouse, home.last):
        log.say("the warehouse is lost: ledger, history and case_ids are those of the snapshot")
    con = connect(
        home.warehouse,
        memory_limit=f"{settings.share}B",
        threads=settings.threads,
        waiting=log.warn,
        # An empty ledger would spend alpha twice.
        may_be_new=not os.path.lexists(home.last),
    )
    try:
        yield con
    finally:
        con.close()


@contextmanager
def counting(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """`warehouse` for a step that counts: on the engine of the settings."""
    with warehouse(home) as con, _engine(home):
        yield con


def _engine(home: Home) -> AbstractContextManager[None]:
    settings = Settings.of(home)
    if settings.engine == "duckdb":
        return nullcontext()
    from pv.engine import spark

    folder = settings.spark_folder or home.work / "spark"
    return spark.using(settings.spark_master, settings.spark_memory, folder)
