"""What the machine does to a night: one line, an exit code, yesterday's snapshot; mended, as if
nothing had been."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pv import faults

# No file may have more bytes than these: as on a disk that is full.
ON_A_FULL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
from pv import cli
cli.main()
"""

# A plain line of progress, which a slow machine sees.
PROGRESS = re.compile(r"[\d,]+ s: ")


def only_line(err: str) -> str:
    """The one line on standard error, without a traceback."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    lines = [line for line in lines if not PROGRESS.match(line)]
    assert len(lines) == 1, err
    return lines[0]


def test_a_night_on_a_full_disk_publishes_nothing_and_the_next_one_ends_as_if_it_had_not_been(
    poolvigil, world, after_one_night: Path, after_two_nights: Path, copied
) -> None:
    home = copied(after_one_night)
    before = (home / "published" / "current").readlink()
    world.add_second(home)

    night = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, "run", "--home", str(home)],
        env=poolvigil.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert night.returncode == 1
    line = only_line(night.stderr)
    assert line.startswith("poolvigil: the disk is full: ")
    assert line.endswith("make room and start again")
    last = json.loads((home / "logs" / "nightly.jsonl").read_text().splitlines()[-1])
    assert line == f"poolvigil: {last['message']}"
    assert (home / "published" / "current").readlink() == before

    assert poolvigil.run(home).summary["status"] == "published"
    assert world.read(world.current(home)) == world.read(world.current(after_two_nights))


def flipped(warehouse: Path) -> None:
    with warehouse.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"Z" * 64)


def cut(warehouse: Path) -> None:
    content = warehouse.read_bytes()
    warehouse.write_bytes(content[: len(content) // 4])


def text(warehouse: Path) -> None:
    warehouse.write_text("not a database\n")


def folder(warehouse: Path) -> None:
    warehouse.unlink()
    warehouse.mkdir()


def another_kind(warehouse: Path) -> None:
    """DuckDB would fetch an extension to read it."""
    warehouse.write_bytes(b"SQLite format 3\0" + bytes(20_000))


def without_tables(warehouse: Path) -> None:
    """As it is when someone opens a warehouse that is lost: its alpha ledger would be empty."""
    warehouse.unlink()
    duckdb.connect(str(warehouse)).close()


@pytest.mark.parametrize("damage", [flipped, cut, text, folder, another_kind, without_tables])
def test_a_damaged_warehouse_is_left_as_it_is_and_told_with_what_to_do(
    poolvigil, after_one_night: Path, copied, damage: Callable[[Path], None]
) -> None:
    home = copied(after_one_night)
    damage(home / "work" / "warehouse.duckdb")
    before = (home / "published" / "current").readlink()

    night = poolvigil.run(home)

    assert night.failure["exit_code"] == 2
    assert faults.MEND_WAREHOUSE in only_line(night.err)
    assert (home / "published" / "current").readlink() == before
    assert (home / "work" / "warehouse.duckdb").exists()


def test_a_log_that_cannot_be_written_and_warnings_of_libraries_stop_no_night(
    poolvigil, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    log = home / "logs" / "nightly.jsonl"
    log.unlink()
    log.symlink_to("/dev/full")

    night = type(poolvigil)(PYTHONWARNINGS="error").run(home)

    assert night.summary["status"] == "unchanged"
    assert night.err.count("is not written on: [Errno 28] No space left on device") == 1
    assert "Traceback" not in night.err


@pytest.mark.parametrize("place", ["work", "logs", "work/lock", "work/scratch"])
def test_what_is_in_the_place_of_something_else_is_named(
    poolvigil, tmp_path: Path, place: str
) -> None:
    (tmp_path / "inbox").mkdir()
    there = tmp_path / place
    there.parent.mkdir(exist_ok=True)
    there.mkdir() if place == "work/lock" else there.write_text("not what belongs here")

    night = poolvigil.run(tmp_path)

    assert night.failure["exit_code"] == 1
    line = only_line(night.err)
    assert line.startswith(f"poolvigil: something else is in its place: {there}: ")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("memory_limit", "abc"), ("memory_limit", "-1GB"), ("threads", "1000000000"),
     ("seed", f"{2**64}"), ("reader_memory", "9999999TB")],
)  # fmt: skip
def test_a_setting_that_no_night_can_use_is_wrong_usage(
    poolvigil, tmp_path: Path, setting: str, value: str
) -> None:
    (tmp_path / "inbox").mkdir()

    night = type(poolvigil)(**{f"POOLVIGIL_{setting.upper()}": value}).run(tmp_path)

    assert night.failure["exit_code"] == 2
    assert f"setting {setting}: " in only_line(night.err)


def test_a_date_without_any_report_is_wrong_usage(poolvigil, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()

    night = poolvigil.run(tmp_path, "--as-of", "2024-03-31")

    assert night.failure["exit_code"] == 2
    assert "no readable report yet" in only_line(night.err)
    assert not (tmp_path / "published").exists()
