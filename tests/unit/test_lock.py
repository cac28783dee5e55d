"""One night at a time in a home."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pv.errors import LockedError
from pv.night import lock
from pv.settings import Home

HOLDER = """
import sys, time
from pathlib import Path
from pv.night import lock
from pv.settings import Home
with lock.hold(Home(Path(sys.argv[1])), "night"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def other(home: Home) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts another process that holds the home."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home.root)], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None, "it is a pipe"
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_who_comes_second_is_told_which_process_holds_the_home(home: Home, other) -> None:
    holder = other()

    with pytest.raises(LockedError, match=rf"process {holder.pid} on .* \(night\)") as told:
        lock.hold(home, "night").__enter__()

    assert told.value.exit_code == 4


def test_a_killed_holder_holds_nothing(home: Home, other) -> None:
    holder = other()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    with lock.hold(home, "night"):
        held_by = json.loads((home.work / "holder.json").read_text())

    assert held_by["pid"] == os.getpid()


def test_the_home_is_free_again_after_an_error(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), lock.hold(home, "night"):
        raise ZeroDivisionError

    with lock.hold(home, "night"):
        pass
    assert not (home.work / "holder.json").exists()


def test_a_holder_that_has_not_yet_said_who_it_is_still_holds(home: Home, other) -> None:
    other()
    (home.work / "holder.json").unlink()

    with pytest.raises(LockedError, match="a process that has just started"):
        lock.hold(home, "night").__enter__()


def test_another_home_is_free(home: Home, other, tmp_path: Path) -> None:
    other()

    with lock.hold(Home(tmp_path / "other"), "night"):
        pass
