"""The process that reads files, one after the other, within the memory that each may take.

What comes out of it are files of raw tables and what was counted. Nobody else's data are in it: not
the warehouse, and not the key of the lot numbers.
"""

import errno
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from traceback import extract_tb
from typing import Any

import duckdb

from pv import child
from pv.dictionary.tables.work.raw import RAW
from pv.errors import FileProblemError
from pv.sources.container import Item
from pv.sources.model import Intake, Reading
from pv.warehouse.connect import OFFLINE

# More threads would take more memory than they save seconds: the text is cleaned on one.
THREADS = 4
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read: how, and the params that its rows must carry."""

    read: Callable[[Intake], Reading]
    item: Item
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """A job, the folder to work in, which has the empty folders of `Intake` and of the raw tables,
    and the bytes of memory that it may take."""

    job: Job
    folder: Path
    memory: int

    @property
    def scratch(self) -> Path:
        """For the reader's working files."""
        return self.folder / "scratch"

    @property
    def raw(self) -> Path:
        """For the raw tables, one Parquet file each."""
        return self.folder / "raw"


@dataclass(frozen=True, slots=True)
class Died:
    """The reading did not come to an end, for a reason that is the file's; the worker is spent."""

    why: str


@dataclass(frozen=True, slots=True)
class DiskFailed:
    """The working disk failed, whatever the file is."""

    why: str


Answer = Reading | FileProblemError | Died | DiskFailed


def serve(descriptor: int, parent: int) -> None:
    """Answer the orders that come through a pipe until it is closed."""
    child.die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders = Connection(descriptor)
    orders.send(None)
    while True:
        try:
            order = orders.recv()
        except EOFError:
            return
        orders.send(answer(order))


def answer(order: Order) -> Answer:
    """What became of one file."""
    # Of the address space that libraries reserve this counts what may be written to.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = order.memory if hard == resource.RLIM_INFINITY else min(order.memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        return _read(order)
    except FileProblemError as problem:
        return problem
    except (MemoryError, duckdb.OutOfMemoryException):
        return _without_memory(order.memory)
    except duckdb.IOException as error:
        return DiskFailed(str(error).splitlines()[0])
    except BaseException as error:  # a panic of a library is no Exception
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return DiskFailed(str(error))
        return Died(f"{type(error).__name__} at {_place(error)}")


def _without_memory(memory: int) -> Died | FileProblemError:
    """It is the file's doing only where the reader could take what it may take."""
    _, data = resource.getrlimit(resource.RLIMIT_DATA)
    space, _ = resource.getrlimit(resource.RLIMIT_AS)
    for most in (data, space):
        if most != resource.RLIM_INFINITY and most < memory:
            return FileProblemError(
                "reader_killed",
                f"its reader was allowed {most / 1e9:.1f} GB from outside (ulimit), not the "
                f"{memory / 1e9:.1f} GB of reader_memory",
                "the next night reads it again",
            )
    return Died("it takes too much memory")


def _read(order: Order) -> Reading:
    config = {
        "memory_limit": f"{order.memory // 2}B",
        "threads": THREADS,
        "temp_directory": str(order.folder / "spill"),
        **OFFLINE,
    }
    job = order.job
    with duckdb.connect(config=config) as con:
        reading = job.read(Intake(con, job.item.open, order.scratch, job.params))
        _keep(con, order.raw)
    return reading


def _keep(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the raw tables that were made to Parquet: of what was tried it costs least."""
    con.execute("set preserve_insertion_order = false")  # rows have the number of their line
    made = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    for name in (table.name for table in RAW if table.name in made):
        con.table(name).write_parquet(str(folder / f"{name}.parquet"))


def _place(error: BaseException) -> str:
    """Where in our code it happened: what an error says may be content of the file."""
    frames = [f for f in extract_tb(error.__traceback__) if f"{os.sep}pv{os.sep}" in f.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
