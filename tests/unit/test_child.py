"""A child dies with its parent, however the parent ends: read from the end of the pipe it holds."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

TIMEOUT_SECONDS = 60  # of a test that fails; nothing waits for it

# Its first line says that it is tied to its parent; then it waits for ever, with our pipe open.
CHILD = """
import signal, sys
from pv import child
child.die_with(int(sys.argv[1]))
print("tied", flush=True)
signal.pause()
"""
PARENT = f"""
import os, signal, subprocess, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may ignore it (nohup)
subprocess.Popen([sys.executable, "-c", {CHILD!r}, str(os.getpid())])
signal.pause()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_child_ends_with_its_parent_and_lets_go_of_the_pipe(how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert parent.stdout is not None, "it is a pipe"
        assert parent.stdout.readline() == "tied\n"

        parent.send_signal(how)  # the parent alone

        assert parent.communicate(timeout=TIMEOUT_SECONDS)[0] == ""
        assert parent.returncode == -how
    finally:
        with suppress(ProcessLookupError):
            os.killpg(parent.pid, signal.SIGKILL)


def test_a_child_whose_parent_has_already_ended_ends_at_once() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(gone.pid)],
        capture_output=True, check=False, timeout=TIMEOUT_SECONDS,
    )  # fmt: skip

    assert (child.returncode, child.stdout) == (-signal.SIGKILL, b"")
