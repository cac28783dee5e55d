"""A backup of a home, also while a night runs, and a home made of one.

It holds what nothing gives back: the inbox, what the home sets, the lot key, the newest snapshot
with its page, and the permanent tables as of now (`pv.warehouse.kept`). The warehouse itself is not
in it: the next night makes it of these, as after its loss.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from pv import __version__, log
from pv.errors import LockedError, UsageError
from pv.night import outcome
from pv.settings import Home
from pv.warehouse import disk, kept, manifest
from pv.warehouse.connect import WRITING, opened_by
from pv.warehouse.manifest import Stamp
from pv.warehouse.migrate import pending

NAME = "backup.json"
_FOLDERS = ("inbox", "vocab", "spec", "decisions", "templates", "reports")
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Backup:
    """What was backed up: files, bytes, and the run of the snapshot, if there is one."""

    folder: str
    files: int
    bytes: int
    run_id: str | None


def backup(root: Path, target: Path, patience_seconds: float) -> Backup:
    """Write a backup into a new folder, its owner's alone.

    While a step of a night has the warehouse open it is waited for; reading the permanent tables
    takes a moment, and the night waits for that. First the snapshot is copied, then the tables,
    which then know every look of it, then the inbox, which then has every file of them. Raises
    `UsageError` without a home or with a folder that holds something, `LockedError` when a step
    takes longer than `patience_seconds`.
    """
    home = Home(root.resolve())
    if not home.inbox.is_dir():
        raise UsageError(f"{root} is no home: it has no inbox/")
    if target.resolve().is_relative_to(home.root):
        raise UsageError(f"{target} is inside the home; name a folder elsewhere, on another disk")
    _new(target)
    current = home.current.parent
    run_id = current.resolve().name if current.is_symlink() else None
    if run_id:
        _copy(home.published / run_id, target / "published" / run_id)
    if home.warehouse.exists():
        _keep(home, target, time.monotonic() + patience_seconds)
    for name in _FOLDERS:
        _copy(home.root / name, target / name)
    for file in (*home.root.glob("*.toml"), home.lot_key):
        if file.is_file():
            place = target / file.relative_to(home.root)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copy2(file, place)
    stamps = {path.relative_to(target).as_posix(): manifest.stamp(path) for path in _files(target)}
    said = {
        "made": outcome.now(), "version": __version__, "run_id": run_id,
        "files": {name: asdict(stamp) for name, stamp in sorted(stamps.items())},
    }  # fmt: skip
    disk.write(target / NAME, f"{json.dumps(said, indent=1)}\n".encode())
    return Backup(str(target), len(stamps), sum(s.bytes for s in stamps.values()), run_id)


def restore(source: Path, root: Path) -> Backup:
    """Make a new home of a backup, of which every file is compared before anything is written.

    Raises `UsageError` when it is not whole, or the home holds something already.
    """
    said = _read(source)
    stamps = {name: Stamp(**stamp) for name, stamp in said["files"].items()}
    wrong = [name for name, stamp in stamps.items() if manifest.problem(source / name, stamp)]
    if wrong:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise UsageError(f"{source} is not as it was made: {wrong[0]}{more}; take another backup")
    _new(root)
    home, run_id = Home(root.resolve()), said["run_id"]
    for folder in source.iterdir():
        if folder.is_dir():
            _copy(folder, home.root / folder.name)
    for file in source.glob("*.toml"):
        shutil.copy2(file, home.root / file.name)
    disk.make_private(home.work)
    if (source / kept.NAME).is_file():
        shutil.copyfile(source / kept.NAME, home.warehouse)
        home.warehouse.chmod(0o600)
    if run_id:
        disk.close(home.published / run_id)
        (home.published / manifest.CURRENT).symlink_to(run_id)
    disk.sync_all(home.root)
    sizes = (stamp.bytes for stamp in stamps.values())
    return Backup(str(source), len(stamps), sum(sizes), run_id)


def _read(source: Path) -> dict:
    try:
        return json.loads((source / NAME).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{source} is no backup that was ended: {NAME} is not there or damaged"
        ) from error


def _new(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder; name one that is not there yet")
    disk.make_private(folder)


def _keep(home: Home, target: Path, until: float) -> None:
    """The permanent tables as they are between two steps of a night, or now if none runs."""
    with duckdb.connect(config=WRITING) as con:
        quoted = str(home.warehouse).replace("'", "''")
        waiting = False
        while True:
            try:
                con.execute(f"attach '{quoted}' as of_home (read_only)")
                break
            except duckdb.IOException as error:
                who = opened_by(error)
                if who is None:
                    raise
                if time.monotonic() >= until:
                    raise LockedError(
                        f"{home.warehouse} is open in {who} for longer than --wait allows: start "
                        "the backup again, or after the night"
                    ) from error
                if not waiting:
                    log.say(f"waiting for a pause of the night: {who} is at work")
                waiting = True
            time.sleep(_POLL_SECONDS)
        con.execute("use of_home")
        if pending(con):
            raise UsageError(f"{home.warehouse} is of an earlier version: start a night first")
        kept.keep(con, target)


def _copy(source: Path, target: Path) -> None:
    """A folder with its files; a link stays a link, and what is no file is left out."""
    if not source.is_dir():
        return
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, ignore=_no_files)
    for parent, _, _ in os.walk(target):
        Path(parent).chmod(Path(parent).stat().st_mode | 0o700)


def _no_files(parent: str, names: list[str]) -> set[str]:
    """Pipes and sockets: reading them would wait."""
    paths = [Path(parent, name) for name in names]
    return {p.name for p in paths if not (p.is_symlink() or p.is_file() or p.is_dir())}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
