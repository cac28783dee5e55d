"""A night that is stopped or dies lets go of all it held: its pipe, its lock, its processes."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pv.night import lock
from pv.settings import Home

SHELL_TIMEOUT_SECONDS = 120  # of a test that fails; nothing waits for it

# The night says a step and is sent a signal at the words given: by itself, so that it comes there.
PROGRAM = """
import logging, os, signal, sys
from pv import cli, log

number, words, *sys.argv[1:] = int(sys.argv[1]), *sys.argv[2:]

class AtWords(logging.Handler):
    def emit(self, record):
        if record.getMessage().startswith(words):
            os.kill(os.getpid(), number)

log.LOG.addHandler(AtWords())
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
cli.main()
"""


def stopped(home: Path, number: int, words: str) -> subprocess.Popen[str]:
    """A night that gets a signal when it says these words; its process group is its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(number), words, "run", "--home", str(home), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "words", "code"),
    [
        (signal.SIGTERM, "load ...", 143),
        (signal.SIGTERM, "checking staging.report_event", 143),
        (signal.SIGTERM, "signals ...", 143),
        (signal.SIGHUP, "snapshot ...", 129),
        (signal.SIGINT, "cases ...", 130),
    ],
)
def test_a_stopped_night_says_so_in_one_line_and_holds_nothing(
    world, tmp_path: Path, number: signal.Signals, words: str, code: int
) -> None:
    world.add_first(tmp_path)

    night = stopped(tmp_path, number, words)
    out, err = night.communicate(timeout=SHELL_TIMEOUT_SECONDS)  # returns at the end of the pipe

    told = f"stopped by {number.name}; what was not finished is not published"
    assert (night.returncode, out) == (code, "")
    # Before it, a slow machine sees progress.
    *progress, last_line = err.splitlines()
    assert last_line == f"poolvigil: {told}"
    assert [line for line in progress if not re.match(r"[\d,]+ s: ", line)] == []
    with pytest.raises(ProcessLookupError):
        os.killpg(night.pid, 0)  # nobody is left of its group
    with lock.hold(Home(tmp_path), "test"):
        pass
    last = json.loads((tmp_path / "logs" / "nightly.jsonl").read_text().splitlines()[-1])
    assert (last["level"], last["message"]) == ("error", told)
    assert not (tmp_path / "published" / "current").exists()


def test_after_a_stop_the_next_night_goes_on(
    poolvigil, world, after_one_night: Path, tmp_path: Path
) -> None:
    world.add_first(tmp_path)
    night = stopped(tmp_path, signal.SIGTERM, "signals ...")
    night.communicate(timeout=SHELL_TIMEOUT_SECONDS)

    summary = poolvigil.run(tmp_path).summary

    assert (summary["status"], list(summary["steps"])[2]) == ("published", "signals")
    assert world.read(world.current(tmp_path)) == world.read(world.current(after_one_night))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_pipe_from_a_night_that_dies_ends(world, tmp_path: Path, number: signal.Signals) -> None:
    """`poolvigil run | tail` returns."""
    world.add_first(tmp_path)

    night = stopped(tmp_path, number, "check ...")
    tail = subprocess.run(
        ["tail"], stdin=night.stdout, capture_output=True, check=True,
        timeout=SHELL_TIMEOUT_SECONDS,
    )  # fmt: skip

    assert tail.stdout == b""
    night.communicate()
    with pytest.raises(ProcessLookupError):
        os.killpg(night.pid, 0)


# `serve` whose schedule is always due.
SERVE = """
import sys
from datetime import datetime, timedelta
from pv import cli
from pv.night import schedule

schedule.next_after = lambda moment, cron: moment
sys.argv[1:] = ["serve", "--home", sys.argv[1]]
cli.main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143)])
def test_the_night_of_a_schedule_ends_with_it(
    world, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    world.add_first(tmp_path)
    (tmp_path / "logs").mkdir()
    os.mkfifo(tmp_path / "logs" / "nightly.jsonl")  # read here while the night writes it
    served = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip

    with (tmp_path / "logs" / "nightly.jsonl").open(encoding="utf-8") as log:
        assert next(line for line in log if "cases ..." in line)
        served.send_signal(number)  # the schedule alone, while its night works
        assert "publish ..." not in log.read()  # which returns when the night has let go of it

    out, err = served.communicate(timeout=SHELL_TIMEOUT_SECONDS)
    assert (served.returncode, out) == (code, "")
    assert err.count("stopped by SIGTERM") == (number == signal.SIGTERM)


def test_what_the_starter_ignores_stays_ignored(world, tmp_path: Path) -> None:
    """`nohup poolvigil run` outlives its terminal."""
    world.add_first(tmp_path)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # children begin with it
    try:
        night = stopped(tmp_path, signal.SIGHUP, "check ...")
    finally:
        signal.signal(signal.SIGHUP, before)

    out, err = night.communicate(timeout=SHELL_TIMEOUT_SECONDS)

    assert (night.returncode, json.loads(out.splitlines()[-1])["status"]) == (0, "published"), err
