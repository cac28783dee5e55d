"""A home whose cases are stored in parts: what nights share, and that nothing else differs."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pv.errors import UsageError
from pv.night import check
from pv.warehouse import ask, disk, manifest, parts, publish

IN_PARTS = "parts_from = 1\nkeep_snapshots = 3\n"


@pytest.fixture(scope="module")
def two_nights(poolvigil, world, once) -> Path:
    """A home of two nights with every table of cases that has a row in parts. Not to be changed."""

    def make(home: Path) -> None:
        (home / "poolvigil.toml").write_text(IN_PARTS)
        world.add_first(home)
        assert poolvigil.run(home).summary["status"] == "published"
        world.add_second(home)
        assert poolvigil.run(home).summary["status"] == "published"

    return once("two_nights_in_parts", make)[0]


def snapshots(home: Path) -> list[Path]:
    """The folders of the snapshots, the first published first."""
    folders = [p for p in (home / "published").glob("20*") if not p.is_symlink()]
    return sorted(folders, key=lambda folder: folder.stat().st_mtime_ns)


def inodes(snapshot: Path) -> dict[str, int]:
    """The inode of each part by its name below the folder of parts."""
    found = (snapshot / "parts").rglob("*.parquet")
    return {file.relative_to(snapshot / "parts").as_posix(): file.stat().st_ino for file in found}


@pytest.fixture
def home(two_nights: Path, copied) -> Path:
    """A copy of the home that has published where it is now."""
    made = copied(two_nights)
    publish_anew(made)
    return made


def publish_anew(home: Path) -> Path:
    """Publish the current snapshot once more, as a night does that has only pages to make."""
    published = home / "published"
    said = manifest.read(published / "current")
    assert said is not None
    building = publish.candidate(published, (published / "current").resolve().name.split(".")[0])
    publish.copy_current(published, building)
    shutil.copytree(published / "current" / "report", building / "report")
    place = parts.settle(building / "poolvigil.duckdb", publish.released(building))
    manifest.write(
        building, fingerprint=said.fingerprint, page=said.page, summary=said.summary, place=place
    )
    return publish.release(building, keep=3)


def test_the_tables_are_those_of_a_home_without_parts(
    world, two_nights: Path, after_two_nights: Path
) -> None:
    of_cases = {name.partition("/")[0] for name in inodes(snapshots(two_nights)[-1])}
    assert of_cases >= {
        "core.case", "core.case_drug", "core.case_event", "core.case_key", "core.case_version",
    }  # fmt: skip
    assert world.read(world.current(two_nights)) == world.read(world.current(after_two_nights))
    assert world.pages(two_nights) == world.pages(after_two_nights)
    with duckdb.connect(str(world.current(two_nights)), read_only=True) as con:
        inside = con.execute("from duckdb_tables() where table_name like 'case%'").fetchall()
    assert inside == []


def test_comments_and_dictionary_are_those_of_a_home_without_parts(
    world, two_nights: Path, after_two_nights: Path
) -> None:
    said: list[list[tuple]] = []
    for of in (two_nights, after_two_nights):
        with duckdb.connect(str(world.current(of)), read_only=True) as con:
            said.append(
                con.execute(
                    "select schema_name, table_name, column_name, data_type, comment "
                    "from duckdb_columns() where not internal order by all"
                ).fetchall()
            )
    assert said[0] == said[1]


def test_the_second_snapshot_is_whole_when_the_first_has_gone(
    world, home: Path, after_two_nights: Path
) -> None:
    for folder in snapshots(home)[:-1]:
        disk.remove(folder)

    assert manifest.problems_of_current(home / "published") == []
    assert world.read(world.current(home)) == world.read(world.current(after_two_nights))


def test_a_home_that_was_moved_is_read_by_a_variable_and_published_anew_by_links(
    poolvigil, world, two_nights: Path, after_two_nights: Path, tmp_path: Path
) -> None:
    here = shutil.copytree(two_nights, tmp_path / "home", symlinks=True)
    home = here.rename(tmp_path / "it's [here]")
    folder = (home / "published" / "current").resolve()
    with duckdb.connect(str(folder / "poolvigil.duckdb"), read_only=True) as con:
        said = con.execute("select pv_parts('core.case')").fetchone()
        assert said == (f"{two_nights}/published/{folder.name}/parts/core.case",)
        con.execute(f"set variable poolvigil_snapshot = '{here}'")
        with pytest.raises(duckdb.IOException):
            con.execute("from cases")
    # The same by `poolvigil sql`, which knows where it is.
    with ask.opened(folder / "poolvigil.duckdb", 10**9) as con:
        counted = con.execute("select count(*) from cases").fetchone()
    before = inodes(folder)

    summary = poolvigil.run(home).summary

    assert (summary["status"], summary["run_id"]) == ("published", folder.name)
    anew = (home / "published" / "current").resolve()
    assert anew.name == f"{folder.name}.2"
    assert inodes(anew) == before
    assert world.query(home, "select count(*) from cases") == [counted]
    assert world.query(home, "select pv_parts('') like '%it''s%'") == [(True,)]
    assert world.read(world.current(home)) == world.read(world.current(after_two_nights))
    assert poolvigil.run(home).summary["status"] == "unchanged"


def test_a_home_made_of_a_backup_reads_its_own_parts(
    poolvigil, world, home: Path, after_two_nights: Path, tmp_path: Path
) -> None:
    target, anew = tmp_path / "backup", tmp_path / "anew"
    assert poolvigil("backup", "--home", str(home), "--to", str(target)).code == 0
    shutil.rmtree(home / "published")
    assert poolvigil("restore", str(target), "--home", str(anew)).code == 0
    assert manifest.problems_of_current(anew / "published") == []
    with ask.opened(anew / "published" / "current" / "poolvigil.duckdb", 10**9) as con:
        assert con.execute("select count(*) > 400 from cases").fetchone() == (True,)

    assert poolvigil.run(anew).summary["status"] == "published"

    but = ("ops.validation",)
    expected = world.read(world.current(after_two_nights), without=but)
    assert world.read(world.current(anew), without=but) == expected


def test_a_damaged_part_is_told_and_written_anew_and_the_others_are_linked(
    poolvigil, world, home: Path, after_two_nights: Path
) -> None:
    current = home / "published" / "current"
    before = inodes(current)
    (name,) = [name for name in before if name.startswith("core.case_event/")]
    file = current / "parts" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)

    found = {each.thing: each.told for each in check.check(home)}
    summary = poolvigil.run(home).summary

    assert f"parts/{name} has other bytes than were published" in found["snapshot"]
    assert summary["status"] == "published"
    assert manifest.problems_of_current(home / "published") == []
    after = inodes(current)
    assert after.keys() == before.keys()
    assert {changed for changed in after if after[changed] != before[changed]} == {name}
    assert world.read(world.current(home)) == world.read(world.current(after_two_nights))


def test_a_lost_warehouse_begins_with_the_case_keys_of_the_parts(
    poolvigil, world, home: Path, after_two_nights: Path
) -> None:
    (home / "work" / "warehouse.duckdb").unlink()

    assert poolvigil.run(home).summary["status"] in ("published", "unchanged")

    but = ("ops.validation",)
    expected = world.read(world.current(after_two_nights), without=but)
    assert world.read(world.current(home), without=but) == expected


READER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
for line in sys.stdin:
    print(con.execute("select count(*) from cases").fetchone()[0], flush=True)
"""


@contextmanager
def reader(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has a database open, and asks it whenever it is told to."""
    command = [sys.executable, "-c", READER, str(database)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as started:
        yield started


def asks(started: subprocess.Popen[str]) -> str:
    assert started.stdin is not None and started.stdout is not None
    started.stdin.write("ask\n")
    started.stdin.flush()
    return started.stdout.readline()


def test_who_reads_an_old_snapshot_is_never_cut_off(home: Path) -> None:
    """A part is opened when a query needs it, so that its snapshot stays until it is closed."""
    old = (home / "published" / "current").resolve()
    with reader(old / "poolvigil.duckdb") as started:
        counted = asks(started)
        for _ in range(4):
            publish_anew(home)
        assert asks(started) == counted
        started.communicate("")
    assert len(snapshots(home)) == 4

    publish_anew(home)

    assert not old.exists()
    assert len(snapshots(home)) == 3


def test_a_query_of_somebody_else_reads_the_parts_alone_and_writes_none(
    home: Path, tmp_path: Path
) -> None:
    database = (home / "published" / "current").resolve() / "poolvigil.duckdb"
    part = next((database.parent / "parts" / "core.case").iterdir())
    (tmp_path / "secret.csv").write_text("word\nsecret\n")
    before = sorted((f, f.read_bytes()) for f in database.parent.rglob("*") if f.is_file())
    refused = (
        f"copy (select 1) to '{part}'",
        f"copy (select 1) to '{part.with_name('other.parquet')}'",
        f"explain analyze copy (select 1) to '{part}'",
        f"prepare p as copy (select 1) to '{part}'",
        f"export database '{part.parent}'",
        f"call enable_logging(storage = 'file', storage_path = '{part.parent}/')",
        f"from enable_logging(storage = 'file', storage_path = '{part.parent}/')",
        f"attach '{part.parent}/other.duckdb'",
        f"from read_csv('{tmp_path}/secret.csv')",
        f"from read_blob('{database.parent}/kept.duckdb')",
        f"set variable poolvigil_snapshot = '{tmp_path}'; from cases",
    )
    for query in refused:
        with ask.opened(database, 10**9) as con, pytest.raises((UsageError, duckdb.IOException)):
            list(ask.told(con, query, "csv", 80))

    assert sorted((f, f.read_bytes()) for f in database.parent.rglob("*") if f.is_file()) == before
