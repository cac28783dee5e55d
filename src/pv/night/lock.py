"""One night at a time in a home; who comes second is told who holds it."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from pv.errors import LockedError
from pv.settings import Home
from pv.warehouse import disk

# How long a start waits for one that only looks (`holder`).
_MOMENT_SECONDS = 0.5


@contextmanager
def hold(home: Home, doing: str) -> Iterator[None]:
    """Hold the home; the operating system lets go of it when the process ends, however it ends.

    Whatever the umask, nobody but the owner can write to what is made meanwhile.
    Raises `LockedError` within a moment when another process holds it.
    """
    from filelock import FileLock, Timeout

    disk.make_private(home.work)
    who = home.work / "holder.json"
    lock = FileLock(home.work / "lock", timeout=_MOMENT_SECONDS)
    umask = os.umask(0o077)
    os.umask(umask | 0o022)
    try:
        lock.acquire()
        who.write_text(
            json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "doing": doing})
        )
        yield
    except Timeout as error:
        raise LockedError(f"another process holds {home.root}: {_who(home)}") from error
    finally:
        os.umask(umask)
        if lock.is_locked:
            who.unlink(missing_ok=True)
            lock.release()


def holder(home: Home) -> str | None:
    """Who holds the home, if anybody does. It looks and holds nothing longer than it looks."""
    try:
        opened = os.open(home.work / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _who(home)
    finally:
        os.close(opened)
    return None


def _who(home: Home) -> str:
    try:
        who = json.loads((home.work / "holder.json").read_text())
        return f"process {who['pid']} on {who['host']} ({who['doing']})"
    except (OSError, ValueError, KeyError):
        return "a process that has just started"
