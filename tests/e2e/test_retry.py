"""Retries, here and now and on a Prefect server: each step ends as if nothing had failed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FLOWS = Path(__file__).parents[2] / "flows" / "on_prefect.py"

# The program on a disk that fails five times: at the scratch folder, in the replay's load and in
# the night's; the folder of the Parquet files is gone when they are written; at the link of the
# snapshot; and at the report's copy, after the swap.
PROGRAM = """
import errno, json, sys
from datetime import date
from pathlib import Path

from pv import cli

failed = []


def failing(label, owner, name, fails, at=1, gone=False):
    real, calls = getattr(owner, name), 0

    def operation(path, *args, **options):
        nonlocal calls
        calls += fails(path, *args)
        if calls < at or label in failed:
            return real(path, *args, **options)
        failed.append(label)
        if not gone:
            raise OSError(errno.EIO, "the share went away")
        real(path, *args, **options)
        path.rmdir()

    setattr(owner, name, operation)


failing("replay load", Path, "mkdir", lambda path, *_: path.name == "scratch")
failing("load", Path, "mkdir", lambda path, *_: path.name == "scratch", at=3)
failing("snapshot", Path, "mkdir", lambda path, *_: path.name == "parquet", gone=True)
failing("link", Path, "symlink_to", lambda *_: True)
failing("report", Path, "read_bytes", lambda path, *_: path.match("20*/report/index.html"))
home, flows = sys.argv[1:]
try:
    if flows:
        from prefect.flows import load_flow_from_entrypoint

        load_flow_from_entrypoint(f"{flows}:replay")(home, date(2024, 1, 1), date(2024, 2, 1))
        print(json.dumps(load_flow_from_entrypoint(f"{flows}:nightly")(home)))
    else:
        looks = ["--from", "2024-01", "--to", "2024-02"]
        sys.argv[1:] = ["replay", "--home", home, *looks, "--json"]
        cli.main()
finally:
    print("failed:", ", ".join(failed), file=sys.stderr)
"""


def in_failing_world(home: Path, flows: str = "", **environment: str) -> None:
    """A replay and a night over the home, by the command line or as flows of a Prefect server."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), flows],
        capture_output=True, text=True, check=False,
        env={**os.environ, "POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2",
             **environment},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "failed: replay load, load, snapshot, link, report"
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "published"


@pytest.mark.parametrize("where", ["here and now", "on Prefect"])
def test_each_step_that_failed_once_is_done_at_the_second_try(
    world, after_one_night: Path, tmp_path: Path, request: pytest.FixtureRequest, where: str
) -> None:
    world.add_first(tmp_path)

    if where == "on Prefect":
        server = request.getfixturevalue("prefect")
        in_failing_world(tmp_path, str(FLOWS), **server.environment)
    else:
        in_failing_world(tmp_path)

    # The history has the two looks besides, and the run is named by them.
    without = ("ops.run", "mart.signal_history", "mart.signal_state")
    tables, undisturbed = (
        world.read(world.current(home), without=without) for home in (tmp_path, after_one_night)
    )
    assert tables == undisturbed
    assert len(list((tmp_path / "published").iterdir())) == 2
