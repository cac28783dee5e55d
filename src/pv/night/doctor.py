"""Whether the next night can go well: disk, memory, rights, lock, versions, inbox, clock.

`pv.night.check` asks whether what is there is whole; this asks what surrounds it. It changes
nothing.
"""

import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from pv import faults
from pv.errors import PoolvigilError, UsageError
from pv.night import lock, memory, outcome
from pv.night.check import Found
from pv.settings import Home, Settings
from pv.sources.registry import SOURCES
from pv.warehouse.connect import LOG_BYTES

# A source that sends every quarter has sent by then.
STALE_DAYS = 100
_DAY = 86_400
_MB = 10**6
# What even a small night writes.
_LEAST_BYTES = 200 * _MB


def examine(root: Path) -> list[Found]:
    """A line for each thing. Raises `UsageError` where there is no home."""
    if not root.is_dir():
        raise UsageError(f"{root} is not a folder; name the home of the nights with --home")
    home = Home(root.resolve())
    return [found for look in _LOOKS for found in _told(look, home)]


def _told(look: Callable[[Home], Iterator[Found]], home: Home) -> Iterator[Found]:
    """What a look finds; what keeps it from looking is a finding too."""
    try:
        yield from look(home)
    except (PoolvigilError, OSError) as error:
        fault = faults.told(error)
        yield Found(look.__name__.strip("_").replace("_", " "), "wrong", str(fault or error))


def _settings(home: Home) -> Iterator[Found]:
    from pv.night import spec

    Settings.of(home)
    spec.of(home, None)
    yield Found("settings", "ok", "settings and specification can be read")


def _disk(home: Home) -> Iterator[Found]:
    """Room for the warehouse once more, its log, a snapshot, and what spills."""
    current = home.current.parent
    known = [home.warehouse, *(current.rglob("*") if current.is_dir() else ())]
    need = LOG_BYTES + max(_LEAST_BYTES, 2 * sum(p.stat().st_size for p in known if p.is_file()))
    free = shutil.disk_usage(home.root).free
    told = f"{free / _MB:,.0f} MB are free, a night may need {need / _MB:,.0f} MB"
    mend = "make room: lower keep_snapshots, remove old what-ifs"
    yield Found("disk", "wrong", told, mend) if free < need else Found("disk", "ok", told)


def _memory(home: Home) -> Iterator[Found]:
    have = memory.available()
    if have is None:
        yield Found("memory", "unchecked", "this system does not say how much there is")
        return
    need = memory.Need.of(home)
    told, mend = f"{have / _MB:,.0f} MB are available, {need}", need.shortage(have)
    yield Found("memory", "wrong", told, mend) if mend else Found("memory", "ok", told)


def _rights(home: Home) -> Iterator[Found]:
    """What a night reads and where it writes."""
    user = "the night's user"
    wrong = []
    if not home.inbox.is_dir():
        wrong.append((f"{home.inbox} is not there", f"make it: poolvigil init {home.root}"))
    for path in [home.inbox, *home.inbox.rglob("*")] if home.inbox.is_dir() else ():
        needed = os.R_OK | (os.X_OK if path.is_dir() else 0)
        if path.exists() and not os.access(path, needed):
            wrong.append((f"{path} cannot be read", f"let {user} read it"))
    for folder in (home.work, home.published, home.reports, home.logs):
        there = folder if folder.exists() else home.root
        if not os.access(there, os.W_OK | os.X_OK):
            wrong.append((f"{there} cannot be written to", f"let {user} write there"))
    if home.work.is_dir() and stat.S_IMODE(home.work.stat().st_mode) & 0o077:
        wrong.append((f"{home.work} is open to others", f"chmod 700 {home.work}"))
    yield from (Found("rights", "wrong", told, mend) for told, mend in wrong[:10])
    if not wrong:
        yield Found("rights", "ok", "the inbox can be read, the other folders written to")


def _lock(home: Home) -> Iterator[Found]:
    if who := lock.holder(home):
        yield Found("lock", "ok", f"{who} holds the home")
    elif outcome.read(home).get("last_attempt", {}).get("status") == outcome.RUNNING:
        told = "the last night was ended from outside; nobody holds the home"
        yield Found("lock", "wrong", told, "start a night: it goes on where that one was")
    else:
        yield Found("lock", "ok", "nobody holds the home")


def _versions(_: Home) -> Iterator[Found]:
    """The libraries that are installed against those that the package asks for."""
    from packaging.requirements import Requirement

    wrong = []
    try:
        asked = [Requirement(each) for each in requires("poolvigil") or []]
    except PackageNotFoundError:
        yield Found("versions", "unchecked", "poolvigil is not installed as a package")
        return
    for each in asked:
        if each.marker is not None and not each.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(each.name)
        except PackageNotFoundError:
            wrong.append(f"{each.name} is missing")
            continue
        if not each.specifier.contains(found, prereleases=True):
            wrong.append(f"{each.name} {found} is not {each.specifier}")
    if wrong:
        mend = "install what requirements.lock names"
        yield Found("versions", "wrong", ", ".join(wrong), mend)
    else:
        told = f"Python {sys.version.split()[0]}, {len(asked)} requirements are met"
        yield Found("versions", "ok", told)


def _inbox(home: Home) -> Iterator[Found]:
    """Each source that ever sent and has gone quiet."""
    clock = time.time()
    for source in SOURCES:
        folder = home.inbox / source.key
        came = [p.stat().st_ctime for p in folder.rglob("*") if p.is_file()]
        if came and (days := (clock - max(came)) / _DAY) > STALE_DAYS:
            told = f"nothing new for {days:.0f} days in inbox/{source.key}"
            yield Found("inbox", "wrong", told, "ask whether a delivery was missed")
    if not home.inbox.is_dir() or not any(home.inbox.iterdir()):
        yield Found("inbox", "wrong", "it is empty", "poolvigil ingest FILE... puts files in")
    else:
        yield Found("inbox", "ok", "looked at")


def _clock(home: Home) -> Iterator[Found]:
    """A clock that stands before what was written already."""
    written = [p for p in (outcome.file(home), home.warehouse) if p.is_file()]
    ahead = max((p.stat().st_mtime for p in written), default=0.0) - time.time()
    if ahead > 60:
        told = f"it stands {ahead / 60:.0f} min before the last night"
        yield Found("clock", "wrong", told, "set it: dates of receipt are judged by it")
    else:
        yield Found("clock", "ok", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


_LOOKS = (_settings, _disk, _memory, _rights, _lock, _versions, _inbox, _clock)
