"""What a night says: JSON lines in the home's logs, a progress display for a person."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pv import faults

LOG = logging.getLogger("poolvigil")
# Longer messages are cut: what a file holds does not get into them at length.
LENGTH = 300
# A plain line of progress comes when this long nothing was said: of a step, of what is within it.
MOMENT_SECONDS, PATIENCE_SECONDS = 2, 10
STEPS = ("load", "check", "cases", "signals", "snapshot", "report", "publish")


@dataclass(frozen=True, slots=True)
class Rotation:
    """From how many bytes on a log is put aside, how many such stay, and the least grave level."""

    from_bytes: int
    keep: int
    level: str


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "message": record.getMessage()[:LENGTH],
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            # Without the exception's own words: those of a library may quote a file.
            line["traceback"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(line, default=str, ensure_ascii=False)


class _Display(logging.Handler):
    """Rich progress: one task a night, its description is the newest message."""

    def __init__(self, progress, task) -> None:
        super().__init__(logging.INFO)
        self._progress, self._task = progress, task

    def emit(self, record: logging.LogRecord) -> None:
        from rich.markup import escape

        done = getattr(record, "done", None)
        self._progress.update(
            self._task,
            description=escape(record.getMessage()),
            completed=STEPS.index(done) + 1 if done in STEPS else None,
        )
        if record.levelno >= logging.WARNING:
            # The night goes on when nobody listens any more (a closed pipe).
            with suppress(OSError):
                told = f"[yellow]{escape(record.getMessage())}[/yellow]"
                self._progress.console.print(told, soft_wrap=True)


class _Lines(logging.Handler):
    """Progress where there is no terminal: a plain line for each step once work takes longer than a
    moment, and one now and then within a step. What a person should look at is told at once."""

    def __init__(self, console) -> None:
        super().__init__(logging.INFO)
        self._console = console
        self._began = self._told = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        clock = time.monotonic()
        if record.levelno >= logging.WARNING:
            said = record.getMessage()
        else:
            patience = MOMENT_SECONDS if record.getMessage().endswith("...") else PATIENCE_SECONDS
            if clock - self._told < patience:
                return
            self._told = clock
            said = f"{clock - self._began:,.0f} s: {record.getMessage()}"
        # The night goes on when nobody listens any more (a closed pipe).
        with suppress(OSError):
            self._console.print(said, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def to_file(folder: Path, rotation: Rotation | None = None) -> Iterator[None]:
    """Append what is said to `folder`/nightly.jsonl, and the traceback of what ends the night.

    With a rotation, a log that has grown is put aside first, and what is less grave is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if rotation is not None:
        _rotate(folder / "nightly.jsonl", rotation)
    handler = _File(folder / "nightly.jsonl")
    handler.setLevel(rotation.level.upper() if rotation else logging.INFO)
    handler.setFormatter(_JsonLines())
    with _listening(handler):
        try:
            yield
        except Exception as error:
            # For the file alone: the person is told by who catches it.
            handler.handle(
                LOG.makeRecord(
                    LOG.name, logging.ERROR, __file__, 0, _said(error), (), sys.exc_info()
                )
            )
            raise


def _rotate(file: Path, rotation: Rotation) -> None:
    """Between two nights: no night is in two files. One that cannot be put aside is written on."""
    with suppress(OSError):
        if not file.is_file() or file.stat().st_size < rotation.from_bytes:
            return
        aside = [file, *(file.with_name(f"{file.name}.{n + 1}") for n in range(rotation.keep))]
        for older, newer in zip(reversed(aside[1:]), reversed(aside[:-1]), strict=True):
            if newer.exists():
                newer.replace(older)


def _said(error: Exception) -> str:
    """What a user can act on says nothing out of a file; of a defect the kind is told."""
    return str(faults.told(error) or type(error).__name__)


class _File(logging.FileHandler):
    """The log of a home. One that cannot be written is told once, and no reason to stop."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8")
        self._is_lost = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[1]
        if not self._is_lost:
            self._is_lost = True
            warn(f"the log {self.baseFilename} is not written on: {error}")

    def close(self) -> None:
        with suppress(OSError):  # told already: what is left of a line
            super().close()


@contextmanager
def to_person(console) -> Iterator[None]:
    """Show what is said on a Rich console: as one line of progress on a terminal, else as plain
    lines."""
    if not console.is_terminal:
        with _listening(_Lines(console)):
            yield
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(20), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=len(STEPS))
        with _listening(_Display(progress, task)):
            yield


@contextmanager
def _listening(handler: logging.Handler) -> Iterator[None]:
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        handler.close()


def say(message: str, **facts: object) -> None:
    """Tell what goes on; facts go to the log file as fields."""
    LOG.info(message, extra={"facts": facts})


def warn(message: str, **facts: object) -> None:
    """Tell what a person should look at."""
    LOG.warning(message, extra={"facts": facts})


def last_words(message: str) -> None:
    """Write a line into the home's log at once, past every buffer: the process ends now."""
    record = LOG.makeRecord(LOG.name, logging.ERROR, __file__, 0, message, (), None)
    for handler in LOG.handlers:
        if isinstance(handler, logging.FileHandler):
            with open(handler.baseFilename, "ab", buffering=0) as file:  # noqa: PTH123
                file.write(f"{handler.format(record)}\n".encode())


def done(step: str, seconds: float, **facts: object) -> None:
    """Tell that a step (of `STEPS`, or the replay) is done."""
    LOG.info(
        f"{step}: done in {seconds:.1f} s",
        extra={"done": step, "facts": {"step": step, "seconds": round(seconds, 3), **facts}},
    )
