"""Publish: build a snapshot beside the current one, check it, and swap by one rename."""

import shutil
from pathlib import Path

import duckdb
import numpy as np

from pv.dictionary.ddl import comments, create
from pv.errors import PublishError
from pv.warehouse import disk, kit, manifest, parts
from pv.warehouse.kept import keep
from pv.warehouse.manifest import CURRENT
from pv.warehouse.parts import DATABASE
from pv.warehouse.relations import put, rows
from pv.warehouse.transaction import transaction

PAGES = "report"
_BUILDING = ".building-"
# What the next night's gate and `poolvigil check` read while another may have the database open.
_TOLD = ("ops.source_cases", "ops.source_file", "ops.sequential_look")
# Folders beside the snapshots that are none: what-ifs, and their reports.
_NO_SNAPSHOT = ("what-if", "reports")


def candidate(published: Path, run_id: str) -> Path:
    """Where the snapshot of a run is built.

    It is released under the name of the run. Where the current one is of this run already (its page
    is made anew, or it is damaged) the next edition has a number: `run.2`. A published folder is
    never written to.
    """
    run, _, edition = _current_name(published).partition(".")
    number = int(edition) if edition.isdecimal() else 1
    name = f"{run_id}.{number + 1}" if run == run_id else run_id
    return published / f"{_BUILDING}{name}"


def build(con: duckdb.DuckDBPyConnection, folder: Path, last: Path, parts_from: int) -> Path:
    """Write a whole snapshot (DuckDB, parts, what is kept) into a new `folder`.

    A table of cases with `parts_from` rows is stored in parts, which are shared with the snapshot
    `last`.
    Returns the database. It is made in one transaction: a statement alone costs the disk two
    fsyncs, and there are more than a thousand comments.
    Raises `PublishError` when an audit finds a row.
    """
    _empty(folder)
    parquet = folder / "parquet"
    parquet.mkdir()
    database = folder / DATABASE
    _audit(con, "rows_add_up")
    (working,) = con.execute("select current_database()").fetchone() or ("",)
    con.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as snapshot")
    try:
        con.execute("use snapshot")
        with transaction(con):
            _fill(con, working, folder, last, parts_from)
            kit.make(con)
            _describe(con)
            _audit(con, "snapshot_is_whole")
            _audit(con, "alpha_is_kept")
        for name in _TOLD:
            target = str(parquet / f"{name}.parquet").replace("'", "''")
            con.execute(f"copy {name} to '{target}' (format parquet)")
    finally:
        con.execute(f"use {working}")
        con.execute("detach snapshot")
    keep(con, folder, last, parts_from)
    return database


def copy_current(published: Path, building: Path) -> None:
    """Begin a candidate with the files of the current snapshot, all but its pages.

    Parts are linked. All are read as files: a reader who has the database open does not stand in
    the way. Raises `PublishError` when the snapshot is not whole.
    """
    current = published / CURRENT
    said = manifest.read(current)
    _empty(building)
    for name, stamp in said.files.items() if said else ():
        if not name.startswith(f"{PAGES}/"):
            target = building / name
            target.parent.mkdir(parents=True, exist_ok=True)
            as_part = name.startswith(f"{parts.FOLDER}/")
            (parts.link if as_part else shutil.copyfile)(current / name, target)
            if manifest.stamp(target) != stamp:
                raise PublishError(f"not published: {current / name} is damaged; start again")


def _empty(building: Path) -> None:
    """A new folder for a candidate, its owner's alone until it is released."""
    disk.make_public(building.parent)
    if building.exists():
        disk.remove(building)
    building.mkdir(mode=0o700)


def _fill(
    con: duckdb.DuckDBPyConnection, working: str, folder: Path, last: Path, parts_from: int
) -> None:
    for schema in kit.PUBLISHED_SCHEMAS:
        con.execute(f"create schema {schema}")
    for table in kit.published_tables():
        in_parts = parts.are_for(con, table, working, parts_from)
        if in_parts:
            parts.store(con, table, working, folder, last)
        else:
            con.execute(create(table))
            columns = ", ".join(f.name for f in table.fields)
            con.execute(
                f"insert into {table.qualified} by name "
                f"select {columns} from {working}.{table.qualified}"
            )
        for statement in comments(table, "view" if in_parts else "table"):
            con.execute(statement)


def _describe(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ops.data_dictionary with what the snapshot holds."""
    names = ("table_name", "column_name", "type", "meaning")
    rows = zip(*kit.described(con), strict=True)
    put(con, "ops.data_dictionary", {n: np.array(v) for n, v in zip(names, rows, strict=True)})


def _audit(con: duckdb.DuckDBPyConnection, name: str) -> None:
    found = rows(con, f"audit/{name}")
    if found:
        first = ", ".join(str(value) for value in found[0])
        raise PublishError(
            f"not published: audit {name} found {len(found)} rows, the first: {first}"
        )


def release(building: Path, keep: int) -> Path:
    """Make a candidate the current snapshot: a rename, then one atomic swap of the link.

    Whatever fails or dies here, also the power, leaves a whole snapshot behind `current`, and a
    second call with the same arguments goes on where the first was: each step is on the disk before
    the next begins. The newest `keep` stay, and older ones whose parts are read. Raises
    `PublishError` when there is neither a candidate with a manifest nor its whole snapshot.
    """
    published = building.parent
    target, link = released(building), published / CURRENT
    if not (_current_name(published) == target.name and manifest.whole(target)):
        if building.exists():
            if not (building / manifest.NAME).is_file():
                raise PublishError(f"not published: {building} has no {manifest.NAME}")
            disk.close(building)
            disk.sync_all(building)
            # A folder of that name was left by a night that died: never trusted.
            _set_aside(target)
            building.replace(target)
        elif not manifest.whole(target):
            raise PublishError(f"not published: {building} is gone; start the night again")
        disk.sync(published)
        made = published / f".{CURRENT}"
        made.unlink(missing_ok=True)
        made.symlink_to(target.name)
        disk.sync(published)
        if not link.is_symlink():
            _set_aside(link)
        made.replace(link)
    disk.sync(published)
    _prune(published, keep)
    return target


def released(building: Path) -> Path:
    """What a candidate is called when it is released."""
    return building.with_name(building.name.removeprefix(_BUILDING))


def _current_name(published: Path) -> str:
    """The name of the folder behind the link; nothing where there is no link."""
    link = published / CURRENT
    return link.readlink().name if link.is_symlink() else ""


def _set_aside(folder: Path) -> None:
    """Take a snapshot out of the published names at once; the next pruning deletes it."""
    if folder.exists():
        gone = folder.with_name(f".gone-{folder.name}")
        if gone.exists():
            disk.remove(gone)
        folder.replace(gone)


def _prune(published: Path, keep: int) -> None:
    folders = [p for p in published.iterdir() if p.is_dir() and not p.is_symlink()]
    folders.sort(key=lambda p: (p.stat().st_mtime_ns, p.name), reverse=True)
    stay = [p for p in folders if not p.name.startswith(".") and p.name not in _NO_SNAPSHOT]
    for stale in stay[keep:]:
        if stale.name != _current_name(published) and not parts.are_read(stale):
            _set_aside(stale)
    for left in published.glob(".*-*"):
        disk.remove(left)
