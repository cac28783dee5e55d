"""Acknowledgements of the E2B(R3) batches that are ingested."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import mkstemp

import duckdb

from pv.errors import FileProblemError
from pv.night.trial import Tried
from pv.sources.container import Item
from pv.sources.e2b_ack import acknowledge, read_batch
from pv.sources.glimpse import plain_name
from pv.sources.model import Intake, Reading
from pv.sources.reader import Reader
from pv.sources.worker import Job


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement that was written, or why there is none."""

    told: str
    path: str | None = None


def read(intake: Intake) -> Reading:
    """What an answer needs of a batch, as a reading without rows: for the process that reads
    files."""
    with intake.open() as stream:
        return Reading(0, (), {"batch": read_batch(stream)}, latest_receipt=None)


def answer(
    con: duckdb.DuckDBPyConnection, reader: Reader, item: Item, tried: Tried, folder: Path
) -> Answer:
    """Answer one batch: its messages are accepted but those that the trial set aside, none where
    it could not be read."""
    try:
        with reader.read(con, Job(read, item, {})) as reading:
            batch = reading.params["batch"]
    except FileProblemError as problem:
        return Answer(f"no acknowledgement: {problem}")
    if not batch.can_be_answered:
        return Answer("no acknowledgement: no batch number (N.1.2) can be read")
    if tried.problem and not batch.problem:
        batch = replace(batch, problem=tried.problem)
    content = acknowledge(batch, tried.set_aside, datetime.now(UTC))
    path = _write(folder, plain_name(Path(item.name.replace("/", "_"))), content)
    good = 0 if batch.problem else sum(line not in tried.set_aside for line in batch.messages)
    told = f"acknowledged: {good} of {len(batch.messages)} messages accepted, in {path}"
    return Answer(told, str(path))


def _write(folder: Path, name: str, content: bytes) -> Path:
    """Whole or not at all, and in the place of no earlier answer."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, hidden = mkstemp(prefix=".ack-", dir=folder)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    for path in _names(folder, name):
        try:
            os.link(hidden, path)
        except FileExistsError:
            continue
        break
    else:
        raise AssertionError("names do not end")
    Path(hidden).unlink()
    return path


def _names(folder: Path, name: str) -> Iterator[Path]:
    yield folder / f"{name}.ack.xml"
    yield from (folder / f"{name}.ack-{number}.xml" for number in count(2))
