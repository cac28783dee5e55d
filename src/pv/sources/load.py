"""The inbox into staging: every new file in one transaction of its own."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pv.dictionary.tables.work.raw import RAW
from pv.errors import FileProblemError
from pv.sources import ledger
from pv.sources.ledger import Line
from pv.sources.lots import hmac_pads
from pv.sources.model import Intake
from pv.sources.plan import Task, tasks, to_forget, without_kept
from pv.sources.registry import SOURCES
from pv.sources.survey import survey
from pv.warehouse.relations import drop, run, run_script
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a run found in the inbox: files by their state, and the rows of those it loaded.

    `unchanged` are the files loaded by earlier runs; `missing` counts tables, not files; `unread`
    are files that were read before the warehouse was lost, and have left the inbox.
    """

    files: int
    loaded: int
    unchanged: int
    failed: int
    missing: int
    same_as: int
    rows_read: int
    rows_quarantined: int
    unread: int = 0


@dataclass(frozen=True, slots=True)
class _Workplace:
    """Where files are taken in: the database, a folder to work in, params of every staging SQL."""

    con: duckdb.DuckDBPyConnection
    scratch: Path
    params: dict[str, Any]


def load_inbox(  # noqa: PLR0913, PLR0917 - what is known of the night
    con: duckdb.DuckDBPyConnection,
    inbox: Path,
    scratch: Path,
    lot_key: bytes,
    progress: Callable[[str], None] = lambda _: None,
    lock_point_until: date | None = None,
) -> LoadSummary:
    """Bring staging and `ops.source_file` in line with `inbox/<source>/**`.

    A file is read once: what came before with the same bytes is left alone, what came with other
    bytes under the same name takes the place of the earlier. A file that cannot be read fails
    alone. Killed anywhere, the next run ends in the same tables. `scratch` is for working files;
    `lot_key` is the key of the lot numbers' HMAC; `progress` gets a line for each file. Receipts of
    new files move the data lock point up to the day `lock_point_until` (None: all do).

    Raises:
        UsageError: there is no inbox.
    """
    before = ledger.read(con)
    entries = without_kept(survey(inbox, SOURCES), before)
    with transaction(con):
        for line in to_forget(entries, before):
            ledger.clear_rows(con, line.file_id)
            ledger.remove(con, line.file_id)
    inner, outer = hmac_pads(lot_key)
    at = _Workplace(con, scratch / "intake", {"lot_inner": inner, "lot_outer": outer})
    run_script(con, "macros/reading")
    states: Counter[str] = Counter()
    taken_in: list[Line] = []
    lines = ledger.read(con)
    # A file that was read before the warehouse was lost is no news.
    said = {line.file_id: line.lock_point_until for line in lines if line.status == ledger.UNREAD}
    for task in tasks(entries, lines):
        if task.held:
            states["unchanged"] += 1
            continue
        line = _take_in(at, task, said.get(task.file_id, lock_point_until))
        states[line.status] += 1
        taken_in.append(line)
        progress(_said(line))
    drop(con, *(t.qualified for t in RAW))
    unread = [line for line in ledger.read(con) if line.status == ledger.UNREAD]
    for line in unread:
        progress(_said(line))
    return LoadSummary(
        files=len(entries) - states["missing"],
        loaded=states["loaded"],
        unchanged=states["unchanged"],
        failed=states["failed"],
        missing=states["missing"],
        same_as=states["same_as"],
        rows_read=sum(line.rows_read for line in taken_in),
        rows_quarantined=sum(line.rows_quarantined for line in taken_in),
        unread=len(unread),
    )


def _take_in(at: _Workplace, task: Task, lock_point_until: date | None) -> Line:
    """Do what the task asks for; returns the file's line in the ledger."""
    line = _new_line(task, lock_point_until)
    entry = task.entry
    if entry.absent:
        line = replace(line, status="missing", message=entry.absent.message)
    elif task.twin:
        line = replace(line, status="same_as", message=f"the same bytes as {task.twin}")
    else:
        try:
            if entry.problem:
                raise entry.problem
            return _load(at, task, line)
        except FileProblemError as problem:
            held = any(old.status in ledger.HELD for old in task.replaces)
            kept = "; what came earlier under this name stays in use" if held else ""
            line = replace(line, status="failed", message=f"{problem}{kept}")
    with transaction(at.con):
        ledger.clear_rows(at.con, line.file_id)
        if line.status == "same_as":
            _supersede(at.con, task)
        ledger.write(at.con, line)
    return line


def _load(at: _Workplace, task: Task, line: Line) -> Line:
    """Read the file into staging and quarantine, and let it take its predecessor's place.

    Raises:
        FileProblemError: the file cannot be read; nothing of it is in the database then.
    """
    con, part, item = at.con, task.entry.part, task.entry.item
    assert part and item, "an entry without problem is a file that its source knows"
    params = {
        "source": line.source,
        "file_id": line.file_id,
        "name": line.name,
        "release": line.release,
        **at.params,
    }
    shutil.rmtree(at.scratch, ignore_errors=True)
    at.scratch.mkdir(parents=True)
    try:
        reading = part.read(Intake(con, item.open, at.scratch, params))
        with transaction(con):
            ledger.clear_rows(con, line.file_id)
            for stage in reading.stages:
                run(con, stage, reading.params)
            kept, quarantined = ledger.count_rows(con, line.file_id, part.staging_table)
            if reading.rows_read != kept + quarantined:
                raise FileProblemError(
                    "count_mismatch",
                    f"{reading.rows_read} rows read, but {kept} kept and {quarantined} in "
                    "quarantine",
                    "this is a defect of poolvigil: report it with the file's name and size",
                )
            _supersede(con, task)
            notes = [*reading.notes, *ledger.quarantine_notes(con, line.file_id)]
            line = replace(
                line,
                rows_read=reading.rows_read,
                rows_kept=kept,
                rows_quarantined=quarantined,
                latest_receipt=reading.latest_receipt,
                message="; ".join(notes) or None,
            )
            ledger.write(con, line)
    finally:
        shutil.rmtree(at.scratch, ignore_errors=True)
    return line


def _new_line(task: Task, lock_point_until: date | None) -> Line:
    entry = task.entry
    known = entry.part or entry.absent
    return Line(
        file_id=task.file_id,
        source=entry.source,
        name=entry.name,
        release=known.release if known else None,
        staging_table=known.staging_table if known else None,
        sha256=entry.sha256,
        bytes=entry.item.size if entry.item else None,
        rows_read=0,
        rows_kept=0,
        rows_quarantined=0,
        status="loaded",
        latest_receipt=None,
        lock_point_until=lock_point_until,
        message=None,
    )


def _supersede(con: duckdb.DuckDBPyConnection, task: Task) -> None:
    for old in task.replaces:
        ledger.clear_rows(con, old.file_id)
        ledger.write(
            con,
            replace(
                old,
                status="superseded",
                rows_read=0,
                rows_kept=0,
                rows_quarantined=0,
                message=f"file {task.file_id} came with other bytes under this name and took its "
                f"place; rows read until then: {old.rows_read}",
            ),
        )


def _said(line: Line) -> str:
    what = f"{line.rows_read:,} rows" if line.status == "loaded" else line.status
    return f"{line.source}: {line.name}: " + (f"{what}; {line.message}" if line.message else what)
