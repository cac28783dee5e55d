"""What a run would take in of a file, tried on a database of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pv.errors import FileProblemError
from pv.settings import Settings
from pv.sources import ledger
from pv.sources.container import Item
from pv.sources.lots import hmac_pads
from pv.sources.model import Part
from pv.sources.reader import Reader
from pv.sources.worker import Job
from pv.warehouse.connect import connect
from pv.warehouse.relations import run, run_script

# The rows of a trial are thrown away, and their lots with them.
_FILE_ID, _KEY = 1, b"of a trial alone"


@dataclass(frozen=True, slots=True)
class Tried:
    """What reading a file gave: its rows, those set aside with the reason by line, what is to say
    of it, and why it cannot be read if it cannot. The gate has not judged it."""

    rows_read: int = 0
    rows_kept: int = 0
    set_aside: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str | None = None


@contextmanager
def database(folder: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse."""
    limit = f"{settings.share}B"
    con = connect(folder / "trial.duckdb", memory_limit=limit, threads=settings.threads)
    try:
        run_script(con, "macros/reading")
        yield con
    finally:
        con.close()


def tried(
    con: duckdb.DuckDBPyConnection, reader: Reader, source: str, item: Item, part: Part
) -> Tried:
    """Read a file as a run reads it."""
    inner, outer = hmac_pads(_KEY)
    params = {
        "source": source,
        "file_id": _FILE_ID,
        "name": item.name,
        "release": part.release,
        "issued_on": part.issued_on,
    }
    try:
        if item.problem:
            raise item.problem
        with reader.read(con, Job(part.read, item, params)) as reading:
            for stage in reading.stages:
                run(con, stage, {"lot_inner": inner, "lot_outer": outer, **reading.params})
            kept, _ = ledger.count_rows(con, _FILE_ID, part.staging_table)
            aside = con.execute(
                "select line, min(reason) from ops.quarantine group by line order by line"
            ).fetchall()
            notes = (*reading.notes, *ledger.quarantine_notes(con, _FILE_ID))
            return Tried(reading.rows_read, kept, dict(aside), notes)
    except FileProblemError as problem:
        return Tried(problem=str(problem))
    finally:
        ledger.clear_rows(con, _FILE_ID)
