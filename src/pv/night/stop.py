"""Stopped by a signal: one line, an exit code of its own, at once, wherever the work is."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pv import log

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def on_signal() -> Iterator[None]:
    """End the process when a signal of `SIGNALS` comes, with 128 and its number as exit code.

    Nothing is unwound: every step is a transaction or a rename, the operating system lets go of the
    home's lock, and children are tied to the process (`pv.child`). An exception could be swallowed
    on its way by a library, and the night would go on. What the starter ignores (nohup) stays so.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    told = f"stopped by {signal.Signals(number).name}; what was not finished is not published"
    # Past Python's buffers: the signal may have come while one of them is written.
    cleared = "\r\x1b[K\x1b[?25h" if sys.stderr.isatty() else ""  # a line of progress, its cursor
    try:
        os.write(2, f"{cleared}poolvigil: {told}\n".encode())
        log.last_words(told)
    finally:
        os._exit(128 + number)
