"""One night at a time in a home; who comes second is told who holds it."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from pv.errors import LockedError
from pv.settings import Home
from pv.warehouse import disk


@contextmanager
def hold(home: Home, doing: str) -> Iterator[None]:
    """Hold the home; the operating system lets go of it when the process ends, however it ends.

    Raises `LockedError` at once when another process holds it.
    """
    from filelock import FileLock, Timeout

    disk.make_private(home.work)
    holder = home.work / "holder.json"
    lock = FileLock(home.work / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(f"another process holds {home.root}: {_who(holder)}") from error
    try:
        holder.write_text(
            json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "doing": doing})
        )
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _who(holder) -> str:
    try:
        who = json.loads(holder.read_text())
        return f"process {who['pid']} on {who['host']} ({who['doing']})"
    except (OSError, ValueError, KeyError):
        return "a process that has just started"
