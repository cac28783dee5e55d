"""Ended with SIGKILL anywhere, a night goes on where it was and ends in the same tables."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from pv.log import STEPS

POLL_SECONDS = 0.005
DEADLINE_SECONDS = 600

# What the night says at the moment of its end: each step at its beginning, and words from the
# midst of those that have several transactions.
MOMENTS = (
    *(f"{step} ..." for step in STEPS),
    "faers: faers_ascii_2024Q2/ASCII/INDI24Q2.txt",
    "checking staging.report_event",
    "settling quarantine",
    "publish: done",
)

# In the midst of cases and of signals: before these files.
FILES = (
    "core/versions/case_drug", "core/counted/case", "count/margins/cell", "pairs/statistics/pair",
    "pairs/verdict/signal", "pairs/history/signal_history", "rates/ledger/sequential_look",
    "rates/told/case_alert",
)  # fmt: skip
KILLED = """
import os, signal, sys
from pv.night import start
from pv.warehouse import relations

home, file = sys.argv[1:]
make = relations.make

def made(con, query, params):
    if query.name == file:
        os.kill(os.getpid(), signal.SIGKILL)
    make(con, query, params)

relations.make = made
start.run_night(home, None, None)
"""


class Nights(NamedTuple):
    """Homes that nobody disturbed, and what their snapshots hold."""

    yesterday: Path
    today: Path
    tables_yesterday: dict
    tables_today: dict


@pytest.fixture(scope="module")
def nights(world, after_one_night: Path, after_two_nights: Path) -> Nights:
    both = (after_one_night, after_two_nights)
    return Nights(*both, *(world.read(world.current(home)) for home in both))


def wait_for(words: str, log: Path, from_byte: int, night: subprocess.Popen) -> None:
    """Return as soon as the night has said something that begins with these words."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if log.exists():
            said = log.read_bytes()[from_byte:].splitlines(keepends=True)
            whole = [json.loads(line) for line in said if line.endswith(b"\n")]
            if any(line["message"].startswith(words) for line in whole):
                return
        assert night.poll() is None, f"ended before {words!r}: {night.communicate()[1]}"
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{words!r} was not said within {DEADLINE_SECONDS} s")


def kill_at(poolvigil, home: Path, words: str) -> None:
    """Start a night and kill it, its whole process group at once."""
    log = home / "logs" / "nightly.jsonl"
    from_byte = log.stat().st_size if log.exists() else 0
    with poolvigil.started("run", "--home", str(home)) as night:
        wait_for(words, log, from_byte, night)
        os.killpg(night.pid, signal.SIGKILL)
        assert night.wait() == -signal.SIGKILL


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_night_leaves_a_whole_snapshot_and_the_next_ends_as_if_undisturbed(
    poolvigil, world, nights: Nights, copied, moment: str
) -> None:
    home = copied(nights.yesterday)
    world.add_second(home)

    kill_at(poolvigil, home, moment)

    # An analyst who looks now sees yesterday or, killed after the swap, today: nothing between.
    seen = world.read(world.current(home))
    swapped = moment.startswith("publish") and seen == nights.tables_today
    assert swapped or seen == nights.tables_yesterday

    summary = poolvigil.run(home).summary

    assert summary["status"] == ("unchanged" if swapped else "published")
    assert world.read(world.current(home)) == nights.tables_today
    worked = [
        world.read(h / "work" / "warehouse.duckdb", "staging", "core", "mart", "ops")
        for h in (home, nights.today)
    ]
    assert worked[0] == worked[1]
    assert world.pages(home) == world.pages(nights.today)
    kept = [sorted(p.name for p in (h / "published").iterdir()) for h in (home, nights.today)]
    assert kept[0] == kept[1]


def test_nights_that_are_killed_in_the_midst_of_cases_and_signals_leave_nothing_behind(
    poolvigil, world, nights: Nights, copied
) -> None:
    home = copied(nights.yesterday)
    world.add_second(home)

    for file in FILES:
        night = subprocess.run(
            [sys.executable, "-c", KILLED, home, file],
            env=poolvigil.environment, capture_output=True, check=False,
        )  # fmt: skip
        assert night.returncode == -signal.SIGKILL, (file, night.stderr)
        assert world.read(world.current(home)) == nights.tables_yesterday, file

    assert poolvigil.run(home).summary["status"] == "published"
    assert world.read(world.current(home)) == nights.tables_today
    worked = [
        world.read(h / "work" / "warehouse.duckdb", "staging", "core", "mart", "ops")
        for h in (home, nights.today)
    ]
    assert worked[0] == worked[1]


def test_a_first_night_that_was_killed_publishes_in_the_next(
    poolvigil, world, nights: Nights, tmp_path: Path
) -> None:
    world.add_first(tmp_path)

    kill_at(poolvigil, tmp_path, "cases ...")
    assert not (tmp_path / "published" / "current").exists()

    assert poolvigil.run(tmp_path).summary["status"] == "published"
    assert world.read(world.current(tmp_path)) == nights.tables_yesterday
