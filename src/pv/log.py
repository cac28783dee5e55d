"""What a night says: JSON lines in the home's logs, a progress display for a person."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOG = logging.getLogger("poolvigil")
# Longer messages are cut: what a file holds does not get into them at length.
LENGTH = 300
STEPS = ("load", "check", "cases", "signals", "snapshot", "report", "publish")


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
            self._progress.console.print(f"[yellow]{escape(record.getMessage())}[/yellow]")


@contextmanager
def to_file(folder: Path) -> Iterator[None]:
    """Append what is said to `folder`/nightly.jsonl, and the traceback of what ends the night."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(folder / "nightly.jsonl", encoding="utf-8")
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


def _said(error: Exception) -> str:
    """Our errors have an exit code and say nothing out of a file; of others the kind is told."""
    return str(error) if hasattr(error, "exit_code") else type(error).__name__


@contextmanager
def to_person(console) -> Iterator[None]:
    """Show what is said as one line of progress on a Rich console."""
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
