"""Somebody has the snapshot or the warehouse open: the night waits, or does without, and ends."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pv.settings import Home
from pv.warehouse import manifest

# Opens a database as DuckDB's own client or a notebook does, and keeps it until told to let go.
HOLDER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read-only")
print("held", flush=True)
sys.stdin.read()
"""

# The night, with a holder that takes the warehouse whenever a step begins, before the step opens
# it, and lets go when the night says that it waits; or never.
PROGRAM = f"""
import logging, subprocess, sys
from pv import cli, log
from pv.warehouse import connect

database, mode, patience, *sys.argv[1:] = sys.argv[1:]
connect.PATIENCE_SECONDS = float(patience)
holders, waits = [], []

class Between(logging.Handler):
    def emit(self, record):
        said = record.getMessage()
        if said in ("load ...", "check ...", "cases ...", "signals ...", "snapshot ..."):
            command = [sys.executable, "-c", {HOLDER!r}, database, mode]
            pipe = subprocess.PIPE
            holders.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
            assert holders[-1].stdout.readline() == "held\\n"
            waits.append(f"{{said}} {{holders[-1].pid}}")
        elif ": waiting up to " in said:
            assert f"(PID {{holders[-1].pid}}): waiting" in said, said
            waits[-1] += " waited"
            if connect.PATIENCE_SECONDS:
                holders[-1].communicate("")

log.LOG.addHandler(Between())
try:
    cli.main()
finally:
    for holder in holders:
        if holder.returncode is None:
            holder.communicate("")
    print("\\n".join(waits))
"""


@contextmanager
def held(database: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """Another process has the database open, `read-only` or `read-write`."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database), mode],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None, "it is a pipe"
        assert holder.stdout.readline() == "held\n"
        yield holder
    finally:
        holder.communicate("")


@pytest.mark.parametrize("mode", ["read-only", "read-write"])
@pytest.mark.parametrize("file", ["poolvigil.duckdb", "kept.duckdb"])
def test_a_reader_of_the_snapshot_is_not_in_the_way_of_a_night_with_nothing_new(
    poolvigil, after_one_night: Path, copied, file: str, mode: str
) -> None:
    home = copied(after_one_night)

    with held(home / "published" / "current" / file, mode):
        done = poolvigil.run(home)

    assert done.summary["status"] == "unchanged"
    assert "Kymriah" in done.err  # the top signals, as ever


def test_a_reader_of_the_snapshot_is_not_in_the_way_of_the_next_one(
    poolvigil, world, after_one_night: Path, after_two_nights: Path, copied
) -> None:
    home = copied(after_one_night)
    world.add_second(home)

    with held(world.current(home), "read-write"):
        summary = poolvigil.run(home).summary

    assert summary["status"] == "published"
    assert world.read(world.current(home)) == world.read(world.current(after_two_nights))


def test_what_a_reader_wrote_into_the_snapshot_is_not_believed(
    poolvigil, world, after_one_night: Path, copied
) -> None:
    """Root can write to what is read-only; so can its owner who gives himself the right."""
    home = copied(after_one_night)
    before = world.read(world.current(home))
    spoilt = world.current(home).resolve()
    spoilt.parent.chmod(0o755)
    spoilt.chmod(0o644)
    command = "import sys, duckdb; duckdb.connect(sys.argv[1]).execute('delete from mart.signal')"
    subprocess.run([sys.executable, "-c", command, str(spoilt)], check=True)
    assert world.read(spoilt) != before

    summary = poolvigil.run(home).summary

    assert summary["status"] == "published"
    assert world.read(world.current(home)) == before
    assert manifest.problems(world.current(home).parent) == []


def night_with_holders(
    home: Path, mode: str, patience: float
) -> tuple[subprocess.CompletedProcess[str], list[str], list[str]]:
    """A night whose warehouse another takes before each step; its output, and who waited."""
    home = home.resolve()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home / "work" / "warehouse.duckdb"), mode,
         str(patience), "run", "--home", str(home), "--json"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2"},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    told = [line for line in lines if line.startswith("{")]
    return done, told, [line for line in lines if line not in told]


@pytest.mark.parametrize("mode", ["read-only", "read-write"])
def test_who_has_the_warehouse_open_between_two_steps_is_waited_for(
    world, after_one_night: Path, after_two_nights: Path, copied, mode: str
) -> None:
    home = copied(after_one_night)
    world.add_second(home)

    done, (summary,), waits = night_with_holders(home, mode, 600)

    assert done.returncode == 0, done.stderr
    assert json.loads(summary)["status"] == "published"
    assert [(line.split()[0], line.split()[-1]) for line in waits] == [
        (step, "waited") for step in ("load", "check", "cases", "signals", "snapshot")
    ]
    assert world.read(world.current(home)) == world.read(world.current(after_two_nights))


@pytest.mark.parametrize("mode", ["read-only", "read-write"])
def test_who_keeps_the_warehouse_open_stops_the_night_in_one_line(
    poolvigil, world, after_one_night: Path, copied, mode: str
) -> None:
    home = copied(after_one_night)
    world.add_second(home)
    before = world.read(world.current(home))

    done, (told,), (wait,) = night_with_holders(home, mode, 0)

    summary = json.loads(told)
    assert (done.returncode, summary["status"], summary["exit_code"]) == (4, "failed", 4)
    pid = wait.split()[2]
    assert summary["message"].endswith(f"(PID {pid}): close it there and start again")
    lines = [line for line in done.stderr.splitlines() if line.startswith("poolvigil:")]
    assert lines == done.stderr.strip().splitlines()[-1:]
    assert lines[0].startswith(f"poolvigil: {Home(home.resolve()).warehouse} is open in ")
    assert lines[0].endswith(f"(PID {pid}): close it there and start again")
    assert world.read(world.current(home)) == before

    assert poolvigil.run(home).summary["status"] == "published"
