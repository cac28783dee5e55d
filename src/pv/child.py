"""A process that must not outlive the one that started it."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent`, the process that started it, has ended.

    Call it first thing in the child, with the parent's `os.getpid()`. It holds however the parent
    ends, SIGKILL too, and for this process alone: its own children must call it as well. Linux ties
    it to the thread that started the child: start children from one that lasts, the main thread.
    On other systems nothing is done.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it ended before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)
