"""The inbox into staging: every new file in one transaction of its own."""

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb

from pv.errors import FileProblemError, shortened
from pv.sources import ledger
from pv.sources.ledger import Line
from pv.sources.limits import Limits
from pv.sources.lots import hmac_pads
from pv.sources.plan import Task, tasks, to_forget, without_kept
from pv.sources.reader import Reader
from pv.sources.registry import SOURCES
from pv.sources.remembered import Remembered
from pv.sources.survey import survey
from pv.sources.worker import Job
from pv.warehouse.relations import run, run_script
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a run found in the inbox: files by their state, and the rows of those it loaded.

    `unchanged` are the files loaded by earlier runs; `missing` counts tables, not files; `unread`
    are files that were read before the warehouse was lost, and have left the inbox; `held` wait for
    a person's word since an earlier run.
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
    held: int = 0


@dataclass(frozen=True, slots=True)
class _Workplace:
    """Where files are taken in: the database, who reads them, which file is read after each (by
    file_id), whose failures are known, params of every staging SQL."""

    con: duckdb.DuckDBPyConnection
    reader: Reader
    jobs: dict[int, tuple[Job, Job | None]]
    remembered: Remembered
    params: dict[str, Any]


_LIMITS = Limits()


def load_inbox(  # noqa: PLR0913 - the parts of a night's load
    con: duckdb.DuckDBPyConnection,
    inbox: Path,
    scratch: Path,
    lot_key: bytes,
    progress: Callable[[str], None] = lambda _: None,
    *,
    warn: Callable[[str], None] = lambda _: None,
    limits: Limits = _LIMITS,
    code: str = "",
    again: Set[int] = frozenset(),
    e2b_schemas: Path | None = None,
) -> LoadSummary:
    """Bring staging and `ops.source_file` in line with `inbox/<source>/**`.

    A file is read once: what came before with the same bytes is left alone, what came with other
    bytes under the same name takes the place of the earlier when the gate lets it. A file that
    cannot be read fails alone, and is not read again while its bytes, `code` (a digest of what
    reads) and `limits` are the same. A file in use whose file_id is in `again` is read once more,
    and takes its own place when the gate lets it. Killed anywhere, the next run ends in the same
    tables. `scratch` is for working files; `lot_key` is the key of the lot numbers' HMAC;
    `progress` gets a line for each file, `warn` for each that cannot be read. `e2b_schemas` is the
    schema of E2B(R3) batches by which messages are judged, if any.

    Raises:
        UsageError: there is no inbox.
        OSError: the working disk failed.
    """
    before = ledger.read(con)
    entries = without_kept(survey(inbox, SOURCES), before)
    with transaction(con):
        for line in to_forget(entries, before, ledger.accepted(con)):
            ledger.clear_rows(con, line.file_id)
            ledger.remove(con, line.file_id)
    inner, outer = hmac_pads(lot_key)
    params = {"lot_inner": inner, "lot_outer": outer}
    run_script(con, "macros/reading")
    states: Counter[str] = Counter()
    taken_in: list[Line] = []
    lines = ledger.read(con)
    remembered = Remembered(con, code, limits)
    known = {line.file_id: line for line in lines if remembered.fails(line)}
    todo = tasks(entries, lines, again)
    reads = [task for task in todo if task.is_to_read and task.file_id not in known]
    jobs = _jobs(reads, {"e2b_schemas": e2b_schemas})
    with Reader(scratch / "intake", limits) as reader:
        at = _Workplace(con, reader, jobs, remembered, params)
        for task in todo:
            if task.staged or task.held:
                states["unchanged" if task.staged else "held"] += 1
                continue
            told = known.get(task.file_id) if task.is_to_read else None
            line = told or _take_in(at, task)
            states[line.status] += 1
            taken_in.append(line)
            (warn if line.status == "failed" else progress)(_said(line))
    unread = [line for line in ledger.read(con) if line.status == ledger.UNREAD]
    for line in unread:
        warn(_said(line))
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
        held=states["held"],
    )


def _jobs(reads: Sequence[Task], options: dict[str, Any]) -> dict[int, tuple[Job, Job | None]]:
    """For each task by its file_id: the file to read, and the one to read after it."""
    jobs = [_job(task, options) for task in reads]
    pairs = zip_longest(jobs, jobs[1:])
    return dict(zip((task.file_id for task in reads), pairs, strict=True))


def _job(task: Task, options: dict[str, Any]) -> Job:
    part, item = task.entry.part, task.entry.item
    assert part and item, "an entry without problem is a file that its source knows"
    params = {
        **options,
        "source": task.entry.source,
        "file_id": task.file_id,
        "name": task.entry.name,
        "release": part.release,
        "issued_on": part.issued_on,
    }
    return Job(part.read, item, params)


def _take_in(at: _Workplace, task: Task) -> Line:
    """Do what the task asks for; returns the file's line in the ledger."""
    line = _new_line(task)
    entry = task.entry
    failure: FileProblemError | None = None
    if entry.absent:
        line = replace(line, status="missing", message=shortened(entry.absent.message))
    elif task.twin:
        line = replace(line, status="same_as", message=shortened(f"the same bytes as {task.twin}"))
    else:
        try:
            if entry.problem:
                raise entry.problem
            return _load(at, task, line)
        except FileProblemError as problem:
            failure = problem
            staged = any(old.status in ledger.STAGED for old in task.replaces)
            kept = "; what came earlier under this name stays in use" if staged else ""
            line = replace(line, status="failed", message=shortened(f"{problem}{kept}"))
    with transaction(at.con):
        ledger.clear_rows(at.con, line.file_id)
        ledger.write(at.con, line)
        at.remembered.note(line, failure)
    return line


def _load(at: _Workplace, task: Task, line: Line) -> Line:
    """Read the file into staging and quarantine, beside its predecessor until the gate has judged.

    Raises:
        FileProblemError: the file cannot be read; nothing of it is in the database then.
    """
    con, table = at.con, line.staging_table
    assert table, "a file that its source knows"
    with at.reader.read(con, *at.jobs[task.file_id]) as reading, transaction(con):
        ledger.clear_rows(con, line.file_id)
        for stage in reading.stages:
            run(con, stage, {**at.params, **reading.params})
        kept, quarantined = ledger.count_rows(con, line.file_id, table)
        if reading.rows_read != kept + quarantined:
            raise FileProblemError(
                "count_mismatch",
                f"{reading.rows_read} rows read, but {kept} kept and {quarantined} in quarantine",
                "this is a defect of poolvigil: report it with the file's name and size",
            )
        notes = [*reading.notes, *ledger.quarantine_notes(con, line.file_id)]
        line = replace(
            line,
            rows_read=reading.rows_read,
            rows_kept=kept,
            rows_quarantined=quarantined,
            message=shortened("; ".join(notes)) or None,
            latest_receipt=reading.latest_receipt,
        )
        ledger.write(con, line)
        at.remembered.note(line, None)
    return line


def _new_line(task: Task) -> Line:
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
        message=None,
        series=entry.part.series if entry.part else None,
        issued_on=entry.part.issued_on if entry.part else None,
    )


def _said(line: Line) -> str:
    what = f"{line.rows_read:,} rows" if line.status == "loaded" else line.status
    return f"{line.source}: {line.name}: " + (f"{what}; {line.message}" if line.message else what)
