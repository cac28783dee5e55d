"""Reads files in a process of its own: what a file does to its reader, it does to itself alone."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

import duckdb

from pv.dictionary.tables.work.raw import RAW
from pv.errors import FileProblemError
from pv.sources import worker
from pv.sources.limits import Limits
from pv.sources.model import Reading
from pv.sources.worker import Answer, Died, DiskFailed, Job, Order

# A worker imports DuckDB and nothing else before it says that it is there.
_START_SECONDS = 300
_MEND = (
    "check what the file is and export it again, or raise the settings reader_memory and "
    "reader_seconds"
)
# After these there is no worker any more.
_SPENT = ("reader_died", "reader_killed")


class Reader:
    """Has one file after the other read by a worker, which is started when it is needed.

    `folder` is for working files: what lies in it is removed.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._limits = limits
        # While the raw tables in one are used, the next file is read in the other.
        self._folders = (folder / "a", folder / "b")
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._asked: Order | None = None
        self._fresh = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def read(
        self, con: duckdb.DuckDBPyConnection, job: Job, then: Job | None = None
    ) -> Iterator[Reading]:
        """A file that has been read: inside, `con` has its raw tables, and cannot write to them.

        Meanwhile the worker reads the file that comes `then`.

        Raises:
            FileProblemError: it cannot be read, its reader died of it (`reader_died`), or somebody
                killed its reader (`reader_killed`).
            OSError: the working disk failed.
        """
        answer = self._answer(job)
        if isinstance(answer, Died) and not self._fresh:
            # It may be that a file before this one took the memory: each has its own fate.
            answer = self._answer(job)
        folder, *others = self._folders
        self._folders = (*others, folder)
        if then:
            self.ask(then)
        match answer:
            case FileProblemError():
                raise answer
            case Died():
                memory = self._limits.of(job.item.size or 0).memory
                raise _died(f"{answer.why}, with {memory / 1e9:.1f} GB allowed")
            case DiskFailed():
                raise OSError(f"{job.item.name}: {answer.why}")
        with _raw_tables(con, folder / "raw"):
            yield answer

    def _answer(self, job: Job) -> Answer:
        """What became of a file; a worker that died or failed is not used again."""
        if not (self._asked and self._asked.job is job):
            self.ask(job)
        seconds = self._limits.of(job.item.size or 0).seconds
        late = _died(f"it takes over {seconds} s")
        assert self._pipe, "it has been asked"
        try:
            answer: Answer = self._pipe.recv() if self._pipe.poll(seconds) else late
        except (EOFError, OSError):
            answer = self._ending()
        self._asked = None
        if isinstance(answer, Died) or getattr(answer, "code", None) in _SPENT:
            self._stop()
        return answer

    def ask(self, job: Job) -> None:
        """Have the worker begin with a file that is read next."""
        order = Order(job, self._folders[0], self._limits.of(job.item.size or 0).memory)
        shutil.rmtree(order.folder, ignore_errors=True)
        for folder in (order.scratch, order.raw):
            folder.mkdir(parents=True)
        self._fresh = self._pipe is None
        pipe = self._pipe or self._start()
        self._asked = order
        with suppress(OSError):  # of a dead worker, which will be noticed
            pipe.send(order)

    def _ending(self) -> Died | FileProblemError:
        """How a worker ended that did not answer."""
        assert self._process, "a worker was asked"
        code = self._process.wait()
        if -code in (signal.SIGKILL, signal.SIGTERM):
            return FileProblemError(
                "reader_killed",
                f"{signal.Signals(-code).name} from outside: is the memory of the machine full?",
                "the next night reads it again",
            )
        if -code == signal.SIGABRT:
            return Died("its reader gave up (SIGABRT), as one without memory does")
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Died(f"its reader ended with {how}")

    def _start(self) -> Connection:
        self._pipe, theirs = Pipe()
        code = f"from pv.sources import worker; worker.serve({theirs.fileno()}, {os.getpid()})"
        threads = dict.fromkeys(("POLARS_MAX_THREADS", "RAYON_NUM_THREADS"), str(worker.THREADS))
        ours = {k: v for k, v in os.environ.items() if not k.startswith("POOLVIGIL_")}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-c", code],
                pass_fds=[theirs.fileno()],
                # What a library prints of a file is for nobody.
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**ours, **threads, "OPENBLAS_NUM_THREADS": "1"},
            )
        if not self._pipe.poll(_START_SECONDS):
            self._stop()
            raise RuntimeError(f"no reader within {_START_SECONDS} s")
        self._pipe.recv()
        return self._pipe

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
        if self._pipe:
            self._pipe.close()
        self._process = self._pipe = self._asked = None


def _died(why: str) -> FileProblemError:
    return FileProblemError("reader_died", why, _MEND)


@contextmanager
def _raw_tables(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[None]:
    """The raw tables that a worker wrote, as work relations."""
    files = {table.name: folder / f"{table.name}.parquet" for table in RAW}
    views = {name: str(file).replace("'", "''") for name, file in files.items() if file.exists()}
    try:
        for name, file in views.items():
            con.execute(f"create or replace temp view {name} as from read_parquet('{file}')")
        yield
    finally:
        for name in views:
            con.execute(f"drop view if exists {name}")
