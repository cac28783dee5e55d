"""Damage is named by the check, stops no night, and is never taken for a snapshot."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pv.faults import MEND_WAREHOUSE
from pv.night import check as checking
from pv.night import lock
from pv.settings import Home
from pv.warehouse import manifest


def opened(home: Path) -> Path:
    """The folder of the current snapshot, which its owner has opened for writing."""
    folder = (home / "published" / "current").resolve()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def flip(file: Path, place: float = 0.5) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 1
    file.write_bytes(content)


def flipped(home: Path) -> str:
    flip(opened(home) / "poolvigil.duckdb")
    return "poolvigil.duckdb has other bytes than were published"


def truncated(home: Path) -> str:
    file = opened(home) / "poolvigil.duckdb"
    os.truncate(file, file.stat().st_size // 2)
    return "poolvigil.duckdb has other bytes than were published"


def emptied(home: Path) -> str:
    os.truncate(opened(home) / "kept.duckdb", 0)
    return "kept.duckdb has other bytes than were published"


def deleted(home: Path) -> str:
    (opened(home) / "parquet" / "ops.source_cases.parquet").unlink()
    return "parquet/ops.source_cases.parquet is missing"


def added(home: Path) -> str:
    (opened(home) / "note\x1b[2J\n.txt").write_text("mine")
    return "note\ufffd[2J\ufffd.txt was not published"


def replaced(home: Path) -> str:
    page = opened(home) / "report" / "quality.html"
    page.unlink()
    os.mkfifo(page)
    return "report/quality.html is no file"


def without_manifest(home: Path) -> str:
    (opened(home) / "manifest.json").unlink()
    return "manifest.json is not there or damaged"


def garbled_manifest(home: Path) -> str:
    (opened(home) / "manifest.json").write_bytes(b'\xff{"files": [')
    return "manifest.json is not there or damaged"


def manifest_of_other_counts(home: Path) -> str:
    file = opened(home) / "manifest.json"
    text = file.read_text(encoding="utf-8")
    assert '"counted": 404' in text
    file.write_text(text.replace('"counted": 404', '"counted": 405'), encoding="utf-8")
    return "manifest.json is not there or damaged"


def manifest_is_a_pipe(home: Path) -> str:
    file = opened(home) / "manifest.json"
    file.unlink()
    os.mkfifo(file)
    return "manifest.json is not there or damaged"


def dangling(home: Path) -> str:
    shutil.rmtree(opened(home))
    return "manifest.json is not there or damaged"


def to_itself(home: Path) -> str:
    link = home / "published" / "current"
    link.unlink()
    link.symlink_to("current")
    return "manifest.json is not there or damaged"


def outside(home: Path) -> str:
    link = home / "published" / "current"
    opened(home).rename(home / "elsewhere")
    link.unlink()
    link.symlink_to("../elsewhere")
    return "current leads to no snapshot of"


def folder_in_place_of_the_link(home: Path) -> str:
    link, folder = home / "published" / "current", opened(home)
    link.unlink()
    folder.rename(link)
    return "current is no link"


def file_in_place_of_the_link(home: Path) -> str:
    link = home / "published" / "current"
    link.unlink()
    link.write_text("current")
    return "current is no link"


def emptied_snapshot(home: Path) -> str:
    folder = opened(home)
    shutil.rmtree(folder)
    folder.mkdir()
    return "manifest.json is not there or damaged"


def emptied_snapshots(home: Path) -> str:
    opened(home)
    shutil.rmtree(home / "published")
    (home / "published").mkdir()
    return "current is not there"


DAMAGE = (
    flipped, truncated, emptied, deleted, added, replaced, without_manifest, garbled_manifest,
    manifest_of_other_counts, manifest_is_a_pipe, dangling, to_itself, outside,
    folder_in_place_of_the_link, file_in_place_of_the_link, emptied_snapshot, emptied_snapshots,
)  # fmt: skip


def lines(err: str, *states: str) -> list[str]:
    """What the check told, without a terminal's line breaks; of these states."""
    told = err.splitlines()
    return [line for line in told if not states or line.partition(":")[0] in states]


def of(told: list[str], thing: str) -> str:
    (line,) = [line for line in told if line.split(": ")[1] == thing]
    return line


def test_a_home_that_is_whole_is_said_to_be(poolvigil, after_two_nights: Path, copied) -> None:
    home = copied(after_two_nights)
    before = contents(home)

    done = poolvigil("check", "--home", str(home))

    assert done.code == 0, done.err
    told = json.loads(done.out.splitlines()[-1])
    assert told["status"] == "ok"
    assert [each["thing"] for each in told["checks"]] == [
        "night", "warehouse", "rows", "alpha ledger", "looks", "lot key", "held", "snapshot",
        "report",
    ]  # fmt: skip
    assert {each["state"] for each in told["checks"]} == {"ok"}
    assert len(lines(done.err)) == len(told["checks"])
    assert contents(home) == before


def contents(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_snapshot_is_named_and_the_next_night_makes_it_anew(
    poolvigil, world, after_one_night: Path, copied, damage: Callable[[Path], str]
) -> None:
    home = copied(after_one_night)
    before = world.read(world.current(home))
    what = damage(home)

    done = poolvigil("check", "--home", str(home))

    assert done.code == 7
    (wrong,) = lines(done.err, "wrong")
    assert wrong.startswith("wrong: snapshot: ")
    assert what in wrong
    assert wrong.endswith("; start a night: it is made anew")

    assert poolvigil.run(home).summary["status"] == "published"
    assert manifest.problems_of_current(home / "published") == []
    assert world.read(world.current(home)) == before


@pytest.mark.parametrize("damage", [flipped, dangling, outside, folder_in_place_of_the_link])
def test_a_night_with_new_files_is_not_stopped_by_a_damaged_snapshot(
    poolvigil, world, after_one_night: Path, copied, damage: Callable[[Path], str]
) -> None:
    home = copied(after_one_night)
    world.add_second(home)
    damage(home)

    summary = poolvigil.run(home).summary

    assert (summary["status"], summary["as_of"]) == ("published", "2024-06-30")
    assert manifest.problems_of_current(home / "published") == []


def test_a_page_that_is_not_that_of_the_snapshot_is_named_and_shown_again(
    poolvigil, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    (home / "reports" / "latest.html").unlink()

    done = poolvigil("check", "--home", str(home))
    assert done.code == 7
    assert lines(done.err, "wrong") == [
        f"wrong: report: {home.resolve()}/reports/latest.html is no file; "
        "start a night: it is shown again"
    ]

    poolvigil.run(home)
    assert poolvigil("check", "--home", str(home)).code == 0


def warehouse(home: Path) -> Path:
    return home.resolve() / "work" / "warehouse.duckdb"


def block_of_the_ledger(home: Path) -> None:
    """A bit in a block that holds a table."""
    with duckdb.connect(str(warehouse(home)), read_only=True) as con:
        found = con.execute(
            "select max(block_id) from pragma_storage_info('core.case_event') where persistent"
        ).fetchone() or (0,)
        (size,) = con.execute("select block_size from pragma_database_size()").fetchone() or (0,)
    content = bytearray(warehouse(home).read_bytes())
    content[3 * 4096 + found[0] * size + 1000] ^= 1
    warehouse(home).write_bytes(content)


def warehouse_cut(home: Path) -> None:
    os.truncate(warehouse(home), warehouse(home).stat().st_size // 2)


def warehouse_emptied(home: Path) -> None:
    os.truncate(warehouse(home), 0)


def warehouse_of_text(home: Path) -> None:
    warehouse(home).write_text("no database at all")


@pytest.mark.parametrize(
    "damage", [block_of_the_ledger, warehouse_cut, warehouse_emptied, warehouse_of_text]
)
def test_a_damaged_warehouse_is_one_line(
    poolvigil, after_one_night: Path, copied, damage: Callable[[Path], None]
) -> None:
    home = copied(after_one_night)
    damage(home)

    done = poolvigil("check", "--home", str(home))

    assert done.code == 7
    (wrong,) = lines(done.err, "wrong")
    assert wrong.startswith(f"wrong: warehouse: {warehouse(home)}: ")
    assert wrong.endswith(MEND_WAREHOUSE)
    assert "Traceback" not in done.err

    # As it says.
    warehouse(home).rename(home / "damaged")
    assert poolvigil.run(home).summary["status"] == "unchanged"
    assert poolvigil("check", "--home", str(home)).code == 0


def changed(home: Path, sql: str) -> None:
    with duckdb.connect(str(warehouse(home))) as con:
        con.execute(sql)


@pytest.mark.parametrize(
    "case",
    [
        ("rows", "delete from staging.report_event where line = 5", "audit rows_add_up found"),
        ("rows", "update ops.source_file set rows_kept = rows_kept + 1", "audit rows_add_up found"),
        (
            "alpha ledger", "update ops.alpha_ledger set alpha_spent = alpha_spent / 2",
            "another alpha than its own",
        ),
        ("alpha ledger", "delete from ops.sequential_look", "a signal without the look"),
        ("looks", "delete from ops.alpha_ledger; delete from ops.sequential_look", "it is older"),
        ("warehouse", "insert into ops.schema_version values (99, 'later')", "use the newer"),
        ("warehouse", "alter table ops.alpha_ledger drop column alpha", "ops.alpha_ledger has"),
        ("warehouse", "drop table core.case_key", "core.case_key has 'nothing'"),
        (
            "lot key", "update ops.lot_key set lot_key_fingerprint = 'another'",
            "is not that of the nights before",
        ),
    ],
)  # fmt: skip
def test_what_does_not_hold_together_in_the_warehouse_is_named(
    poolvigil, watched: Path, copied, case: tuple[str, str, str]
) -> None:
    thing, sql, told = case
    home = copied(watched)
    changed(home, sql)

    done = poolvigil("check", "--home", str(home))

    assert done.code == 7, done.err
    assert told in of(lines(done.err, "wrong"), thing)


@pytest.fixture(scope="module")
def watched(poolvigil, once) -> Path:
    """A home whose products are watched by rates, so that the ledger has looks."""

    def make(home: Path) -> None:
        scenario = home / "world"
        done = poolvigil("simulate", "--scenario", "pml_like", "--out", str(scenario))
        assert done.code == 0, done.err
        for path in scenario.iterdir():
            path.rename(home / path.name)
        assert poolvigil.run(home).summary["status"] == "published"

    return once("watched", make)[0]


def test_a_lost_warehouse_is_named_and_nothing_is_held_against_it(
    poolvigil, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    warehouse(home).unlink()

    done = poolvigil("check", "--home", str(home))

    assert done.code == 7
    assert lines(done.err, "wrong") == [
        f"wrong: warehouse: {warehouse(home)} is not there; "
        "start a night: it begins with what the current snapshot kept"
    ]


def test_what_is_held_is_told_and_is_no_damage(
    poolvigil, world, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    listed = home / "inbox" / "faers" / "faers_ascii_2024Q1" / "Deleted" / "DELETE24Q1.txt"
    listed.write_text("".join(f"{line}\r\n" for line in (" ", *(c.number for c in world.first))))
    assert poolvigil.run(home).code == 6

    done = poolvigil("check", "--home", str(home))

    assert done.code == 0
    (held,) = lines(done.err, "held")
    assert "faers: faers_ascii_2024Q1/Deleted/DELETE24Q1.txt: " in held
    assert "poolvigil accept" in held
    # It is told while the warehouse is not looked at, too.
    with lock.hold(Home(home), "night"):
        done = poolvigil("check", "--home", str(home))
    assert lines(done.err, "held") == [held]


def test_without_a_night_there_is_nothing_to_check(poolvigil, tmp_path: Path) -> None:
    done = poolvigil("check", "--home", str(tmp_path))

    assert done.failure["exit_code"] == 2
    assert "no night has run" in done.err


def test_a_first_night_that_published_nothing_left_nothing_wrong(poolvigil, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    assert poolvigil.run(tmp_path).code == 2

    done = poolvigil("check", "--home", str(tmp_path))

    assert (done.code, lines(done.err, "wrong")) == (0, [])


# While something else is at work.

NIGHT = """
import logging, sys
from pv import cli, log

words, *sys.argv[1:] = sys.argv[1:]

class AtWords(logging.Handler):
    def emit(self, record):
        if record.getMessage().startswith(words):
            print("there", flush=True)
            sys.stdin.readline()

log.LOG.addHandler(AtWords())
cli.main()
"""


@contextmanager
def night_that_waits(home: Path, words: str) -> Iterator[subprocess.Popen[str]]:
    """A night that stops when it says these words, until it is sent a line."""
    night = subprocess.Popen(
        [sys.executable, "-c", NIGHT, words, "run", "--home", str(home), "--json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2"},
    )  # fmt: skip
    try:
        assert night.stdout is not None, "it is a pipe"
        assert night.stdout.readline() == "there\n"
        yield night
    finally:
        night.kill()
        night.communicate()


@pytest.mark.parametrize("words", ["checking staging.report_event", "cases ...", "publish: done"])
def test_while_a_night_runs_the_check_says_so_and_neither_fails(
    poolvigil, world, after_one_night: Path, copied, words: str
) -> None:
    home = copied(after_one_night)
    world.add_second(home)

    with night_that_waits(home, words) as night:
        done = poolvigil("check", "--home", str(home))
        out, err = night.communicate("go on\n")

    assert (done.code, lines(done.err, "wrong")) == (0, [])
    at_work = f"process {night.pid} on "
    assert at_work in of(lines(done.err, "ok"), "night")
    assert at_work in of(lines(done.err, "unchecked"), "warehouse")
    assert json.loads(done.out.splitlines()[-1])["status"] == "unchecked"
    assert (night.returncode, json.loads(out.splitlines()[-1])["status"]) == (0, "published"), err


def test_a_night_that_begins_during_a_check_takes_the_warehouse(
    poolvigil, after_one_night: Path, copied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check reads what has no end here; only the night can end it."""
    home = copied(after_one_night)
    nights: list[subprocess.Popen[str]] = []

    def reads_for_ever(con: duckdb.DuckDBPyConnection, _: Home) -> list[checking.Found]:
        nights.append(
            subprocess.Popen(
                [sys.executable, "-m", "pv.cli", "run", "--home", str(home), "--json"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env={**os.environ, "POOLVIGIL_LOT_KEY": "a key for the tests"},
            )
        )  # fmt: skip
        con.execute("select max(hash(range)) from range(10000000000000)").fetchall()
        raise AssertionError("it has no end")

    monkeypatch.setattr(checking, "_content", reads_for_ever)

    found = {each.thing: each for each in checking.check(home)}

    out, err = nights[0].communicate()
    assert (nights[0].returncode, json.loads(out.splitlines()[-1])["status"]) == (0, "unchanged"), (
        err
    )
    assert found["warehouse"].state == "unchecked"
    assert f"process {nights[0].pid} on " in found["warehouse"].told


def test_a_warehouse_in_anothers_hands_is_left_alone(
    poolvigil, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    hold = (
        "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print('held', flush=True); "
        "sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(warehouse(home))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None, "it is a pipe"
    assert holder.stdout.readline() == "held\n"

    done = poolvigil("check", "--home", str(home))

    holder.communicate("")
    assert (done.code, lines(done.err, "wrong")) == (0, [])
    assert f"(PID {holder.pid})" in of(lines(done.err, "unchecked"), "warehouse")
