"""When a night must not go on: one line that says why, its exit code, nothing published."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

HOLDER = """
import sys, time
from pathlib import Path
from pv.night import lock
from pv.settings import Home
with lock.hold(Home(Path(sys.argv[1])), "night"):
    print("held", flush=True)
    time.sleep(600)
"""

# A plain line of progress, which a slow machine sees.
PROGRESS = re.compile(r"[\d,]+ s: ")


def only_line(err: str) -> str:
    """The one line on standard error."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    lines = [line for line in lines if not PROGRESS.match(line)]
    assert len(lines) == 1, err
    return lines[0]


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the home tmp_path/home."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "home")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None, "it is a pipe"
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_night_in_a_home_is_told_who_holds_it(poolvigil, holder, tmp_path: Path) -> None:
    done = poolvigil.run(tmp_path / "home")

    assert done.failure["exit_code"] == 4
    assert f"process {holder.pid} on" in only_line(done.err)


def test_without_an_inbox_there_is_nothing_to_do(poolvigil, tmp_path: Path) -> None:
    done = poolvigil.run(tmp_path)

    assert done.failure["exit_code"] == 2
    assert str(tmp_path / "inbox") in only_line(done.err)


def test_an_empty_inbox_is_told_where_files_belong(poolvigil, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()

    done = poolvigil.run(tmp_path)

    assert done.failure["exit_code"] == 2
    assert f"put files under {tmp_path / 'inbox'}" in only_line(done.err)
    assert not (tmp_path / "published").exists()


def test_a_night_that_the_memory_may_not_hold_says_so_before_it_starts(
    poolvigil, tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()

    done = type(poolvigil)(POOLVIGIL_MEMORY_LIMIT="900TB").run(tmp_path)

    before, after = (line for line in done.err.splitlines() if not PROGRESS.match(line))
    assert before.startswith("the memory may not suffice: a night may take 900,000,000 MB")
    assert "lower memory_limit to" in before
    assert "no readable report yet" in after


@pytest.mark.parametrize(
    ("rules", "told"),
    [("strictest", "the presets are"), ("/nowhere/rule.toml", "/nowhere/rule.toml")],
)
def test_an_unknown_rule_is_wrong_usage(poolvigil, tmp_path: Path, rules: str, told: str) -> None:
    (tmp_path / "inbox").mkdir()

    done = poolvigil.run(tmp_path, "--rules", rules)

    assert done.failure["exit_code"] == 2
    assert told in only_line(done.err)


def test_a_wrong_setting_is_wrong_usage(poolvigil, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "poolvigil.toml").write_text("keep_snapshots = 0\n")

    done = poolvigil.run(tmp_path)

    assert done.failure["exit_code"] == 2
    assert "keep_snapshots" in only_line(done.err)


def test_a_batch_without_receipt_dates_publishes_nothing_and_leaves_no_trace(
    poolvigil, world, after_one_night: Path, copied
) -> None:
    """Not one date in 100 reports or more, though all look like dates (docs/quality.md)."""
    home = copied(after_one_night)
    published = sorted(p.name for p in (home / "published").iterdir())
    before = world.read(world.current(home))
    cases = [
        world.case(30_000_000 + i, "DE", ("KYMRIAH",), ("Nausea",), date(2024, 5, 1),
                   values={"fda_dt": "20240631"})
        for i in range(120)
    ]  # fmt: skip
    bad = world.write(home, "24Q2", cases)

    done = poolvigil.run(home)

    assert done.failure["exit_code"] == 3
    line = done.failure["message"]
    assert "suite staging.report, rule no_receipt_date: 120 of 120 rows fail" in line
    assert "DEMO24Q2.txt" in line
    last = json.loads((home / "logs" / "nightly.jsonl").read_text().splitlines()[-1])
    assert (last["level"], last["message"]) == ("error", line)
    assert sorted(p.name for p in (home / "published").iterdir()) == published
    assert world.read(world.current(home)) == before

    # Taken out of the inbox, it is as if it had never been there.
    for path in sorted(bad.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    bad.rmdir()
    assert poolvigil.run(home).summary["status"] == "unchanged"
    assert world.read(world.current(home)) == before
