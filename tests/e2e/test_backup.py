"""A backup while a night runs, a home made of it, and a file that is forgotten."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pv.errors import LockedError, UsageError
from pv.night import backup as backing
from pv.night import outcome
from pv.settings import Home
from pv.warehouse import manifest

PERMANENT = ("core.case_key", "mart.signal_history", "ops.sequential_look")


def known(home: Path) -> dict[str, list[str]]:
    """What no inbox gives back."""
    with duckdb.connect(str(home / "work" / "warehouse.duckdb"), read_only=True) as con:
        rows = {t: con.execute(f"from {t} order by all").fetchall() for t in PERMANENT}
    return {table: list(map(str, found)) for table, found in rows.items()}


def test_a_home_of_a_backup_made_while_a_night_ran_goes_on_as_the_other_did(
    poolvigil, world, after_one_night: Path, after_two_nights: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(after_one_night, tmp_path / "home", symlinks=True)
    world.add_second(home)
    (home / "poolvigil.toml").write_text("keep_snapshots = 5\n")
    target, anew = tmp_path / "backup", tmp_path / "anew"

    log = home / "logs" / "nightly.jsonl"
    log.unlink()
    os.mkfifo(log)  # read here while the night writes it
    with poolvigil.started("run", "--home", str(home)) as night, log.open(encoding="utf-8") as said:
        assert next(line for line in said if "cases ..." in line)
        made = poolvigil("backup", "--home", str(home), "--to", str(target))
        night.communicate()

    assert (night.returncode, made.code) == (0, 0), made.err
    restored = poolvigil("restore", str(target), "--home", str(anew))
    assert restored.code == 0
    assert manifest.problems_of_current(anew / "published") == []
    assert (anew / "work").stat().st_mode & 0o777 == 0o700
    assert (anew / "poolvigil.toml").read_text() == "keep_snapshots = 5\n"
    poolvigil.run(anew)
    # The home of a backup reads and checks every file anew.
    for told, but in ((home, ()), (anew, ("ops.validation",))):
        expected = world.read(world.current(after_two_nights), without=but)
        assert world.read(world.current(told), without=but) == expected
    assert known(anew) == known(home)


@pytest.fixture(scope="module")
def backed_up(after_one_night: Path, tmp_path_factory) -> Path:
    """A backup of the home of one night. Not to be changed."""
    target = tmp_path_factory.mktemp("backups") / "one"
    made = backing.backup(after_one_night, target, 0)
    assert made.files == len(json.loads((target / "backup.json").read_text())["files"]) > 10
    return target


def test_a_backup_is_its_owners_and_holds_no_warehouse(backed_up: Path) -> None:
    assert backed_up.stat().st_mode & 0o777 == 0o700
    assert not (backed_up / "work" / "warehouse.duckdb").exists()
    assert (backed_up / "inbox" / "faers").is_dir()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda f: (f / "kept.duckdb").write_bytes(b""),
            "not as it was made: kept.duckdb; take",
        ),
        (lambda f: (f / "backup.json").unlink(), "is no backup that was ended"),
        (lambda f: shutil.rmtree(f / "inbox"), "is not as it was made: inbox/.* and 7 more"),
    ],
)
def test_a_backup_that_is_not_whole_makes_no_home(
    backed_up: Path, tmp_path: Path, spoil, told: str
) -> None:
    spoiled = shutil.copytree(backed_up, tmp_path / "spoiled", symlinks=True)
    spoil(spoiled)

    with pytest.raises(UsageError, match=told):
        backing.restore(spoiled, tmp_path / "home")

    assert not (tmp_path / "home").exists()


def test_a_backup_and_a_restored_home_overwrite_nothing(backed_up: Path, after_one_night) -> None:
    with pytest.raises(UsageError, match="is not an empty folder"):
        backing.restore(backed_up, after_one_night)
    with pytest.raises(UsageError, match="is not an empty folder"):
        backing.backup(after_one_night, backed_up, 0)
    with pytest.raises(UsageError, match="is inside the home"):
        backing.backup(after_one_night, after_one_night / "backup", 0)
    with pytest.raises(UsageError, match="is no home"):
        backing.backup(backed_up / "inbox", backed_up.with_name("other"), 0)


WRITER = """
import duckdb, sys, time
con = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(600)
"""


def test_a_step_that_takes_longer_than_the_backup_may_wait_is_told(
    after_one_night: Path, copied, tmp_path: Path
) -> None:
    home = copied(after_one_night)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home / "work" / "warehouse.duckdb")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdout is not None and writer.stdout.readline() == "open\n"

    with pytest.raises(LockedError, match="for longer than --wait allows"):
        backing.backup(home, tmp_path / "backup", 0)

    writer.kill()
    writer.communicate()
    assert not (tmp_path / "backup" / "backup.json").exists()


def test_a_forgotten_file_counts_no_more_and_ledger_and_history_stay(
    poolvigil, world, after_two_nights: Path, copied
) -> None:
    home = copied(after_two_nights)
    before = known(home)
    name = "faers/faers_ascii_2024Q2"
    asked = ("forget", name, "--reason", "a test delivery", "--home", str(home))

    there = poolvigil(*asked)
    assert "take it out of the inbox, then forget it" in there.failure["message"]
    shutil.rmtree(home / "inbox" / name)
    misspelt = poolvigil("forget", f"{name}/ASCII/DEMO24Q3.txt", *asked[2:])
    assert "did you mean" in misspelt.failure["message"]
    done = poolvigil(*asked)

    assert done.code == 0
    assert json.loads(done.out)["rows"] > 0
    told = poolvigil.run(home).summary
    assert (told["status"], told["as_of"], told["held"]) == ("published", world.lock_point, [])
    files = world.query(home, "select count(*) from files where name like 'faers_ascii_2024Q2/%'")
    assert files == [(0,)]
    reasons = world.query(home, "select distinct reason from ops.forgotten")
    assert reasons == [("a test delivery",)]
    after = known(home)
    assert all(set(before[table]) <= set(after[table]) for table in PERMANENT)
    assert outcome.read(Home(home))["last_success"]["run_id"] == told["run_id"]
