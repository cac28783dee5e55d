"""Parts: the large tables of cases of a snapshot, as Parquet files beside its database.

A part holds the rows of a range of cases and is named by its content: what a night has in common
with the night before is linked, not written. The database has a view of the table's name over its
parts, which are where its macro `pv_parts` says. Statistics change as a whole every night, and are
found faster in the database: they stay in it.
"""

import fcntl
import glob
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pv.dictionary import Table
from pv.dictionary.ddl import columns
from pv.warehouse import disk, manifest
from pv.warehouse.connect import WRITING
from pv.warehouse.manifest import Manifest

DATABASE = "poolvigil.duckdb"
FOLDER = "parts"
# Who reads a snapshot that lies elsewhere than where it was published says so by this variable.
VARIABLE = "poolvigil_snapshot"
# The case_ids of a part. They are given in the order in which cases arrive.
_IDS = 1 << 17
# So many rows are sorted at a time.
_ROWS = 1 << 22
_FORMAT = "format parquet, compression zstd, parquet_version v2"
_MEANING = (
    "The folder with the parts of a large table. Where the snapshot lies elsewhere than where it "
    f"was published: set variable {VARIABLE} = its folder"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a table: its name, which tells its content, and how many rows it has."""

    name: str
    rows: int


def are_for(con: duckdb.DuckDBPyConnection, table: Table, working: str, least: int) -> bool:
    """Whether a table is stored in parts: it is one of cases, and has so many rows."""
    if table.fields[0].name != "case_id":
        return False
    (rows,) = con.execute(f"select count(*) from {working}.{table.qualified}").fetchone() or (0,)
    return rows >= least


def store(
    con: duckdb.DuckDBPyConnection, table: Table, working: str, folder: Path, last: Path
) -> None:
    """`write`, and make the view over the parts in the database in use."""
    write(con, table, working, folder, last)
    point(con, folder)
    con.execute(
        f"create view {table.qualified} as "
        f"from read_parquet(main.pv_parts('{table.qualified}') || '/*.parquet')"
    )


def write(
    con: duckdb.DuckDBPyConnection, table: Table, working: str, folder: Path, last: Path
) -> None:
    """Write the rows that the database `working` has of a table as parts of the snapshot in
    `folder`.

    A part that the snapshot `last` has too, and has as it was published, is linked from there.
    """
    place = folder / FOLDER / table.qualified
    place.mkdir(parents=True)
    listed = ", ".join(f.name for f in table.fields)
    said = manifest.read(last)
    parts = _parts(con, table, working)
    missing = {n: part for n, part in parts.items() if not _link(part.name, place, last, said)}
    for some in _together(missing):
        con.execute(
            f"create or replace temp table of_parts as select {listed}, case_id // {_IDS} as part "
            f"from {working}.{table.qualified} where part in ({', '.join(map(str, some))}) "
            f"order by {', '.join(table.key) or 'case_id'}"
        )
        for part in some:
            target = _quoted(place / missing[part].name)
            con.execute(
                f"copy (select {listed} from of_parts where part = {part}) to {target} ({_FORMAT})"
            )
    con.execute("drop table if exists of_parts")


def published(snapshot: Path, qualified: str) -> list[Path]:
    """The parts of a table in a snapshot; none where one of them is not as it was published."""
    said = manifest.read(snapshot)
    names = said.files if said else {}
    found = {n: s for n, s in names.items() if n.startswith(f"{FOLDER}/{qualified}/")}
    wrong = any(manifest.problem(snapshot / name, stamp) for name, stamp in found.items())
    return [] if wrong else [snapshot / name for name in sorted(found)]


def point(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Let the views of the database in use read the parts of this folder, which may be there only
    later."""
    at = _quoted(glob.escape(str(folder.resolve())))
    con.execute(
        "create or replace macro main.pv_parts(relation) as "
        f"coalesce(getvariable('{VARIABLE}'), {at}) || '/{FOLDER}/' || relation"
    )
    con.execute(f"comment on macro main.pv_parts is {_quoted(_MEANING)}")


def settle(database: Path, folder: Path) -> Path | None:
    """Let a snapshot that is not released yet read its parts in `folder`, if it has any; returns
    where it reads them."""
    if not (database.parent / FOLDER).is_dir():
        return None
    with duckdb.connect(str(database), config=WRITING) as con:
        point(con, folder)
    return folder.resolve()


def are_read(snapshot: Path) -> bool:
    """Whether another process has a snapshot with parts open, which it opens query by query.

    As long as DuckDB has a database open it has it locked.
    """
    database = snapshot / DATABASE
    if not (snapshot / FOLDER).is_dir() or not database.is_file():
        return False
    database.chmod(0o644)
    try:
        with database.open("r+b") as opened:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False  # A file system without locks: nobody can be seen.
    finally:
        database.chmod(disk.READ_ONLY)
    return False


def link(source: Path, target: Path) -> None:
    """Give a file a second name; a copy where the file system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _link(name: str, place: Path, last: Path, said: Manifest | None) -> bool:
    """Link a part of the last snapshot, if it has one of this name as it was published."""
    relative = f"{FOLDER}/{place.name}/{name}"
    if said is None or manifest.problem(last / relative, said.files.get(relative)):
        return False
    link(last / relative, place / name)
    return True


def _parts(con: duckdb.DuckDBPyConnection, table: Table, working: str) -> dict[int, _Part]:
    """The parts of a table by their numbers.

    A name has a digest of the columns and of the rows in whatever order: their number and two sums
    of hashes of 64 bits over all columns, each in an order of its own.
    """
    names = [f.name for f in table.fields]
    found = con.execute(
        f"select case_id // {_IDS} as part, count(*), sum(hash({', '.join(names)})::hugeint), "
        f"sum(hash({', '.join(['1', *reversed(names)])})::hugeint) "
        f"from {working}.{table.qualified} group by part order by part"
    ).fetchall()
    made = f"{_FORMAT} {columns(table)}"
    return {part: _Part(_name(part, f"{made} {of}"), of[0]) for part, *of in found}


def _name(part: int, content: str) -> str:
    return f"{part:06}-{hashlib.sha256(content.encode()).hexdigest()[:32]}.parquet"


def _together(parts: Mapping[int, _Part]) -> Iterator[list[int]]:
    """Parts that are sorted at once."""
    some, rows = list[int](), 0
    for number, part in parts.items():
        if some and rows + part.rows > _ROWS:
            yield some
            some, rows = [], 0
        some.append(number)
        rows += part.rows
    if some:
        yield some


def _quoted(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"
