"""Ask a published snapshot in SQL: nothing is written, and nothing else of the machine is read."""

import csv
import glob
import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Literal

import duckdb

from pv.errors import LockedError, UsageError
from pv.warehouse import parts
from pv.warehouse.connect import OFFLINE, opened_by

Form = Literal["table", "csv", "json"]
# So many rows of a table are shown; the other forms give all.
ROWS_SHOWN = 200
_FETCHED = 10_000
# Where DuckDB may read it may write too: what writes a file, or runs a statement that is not seen.
_WRITE = (
    duckdb.StatementType.COPY, duckdb.StatementType.EXPORT, duckdb.StatementType.ATTACH,
    duckdb.StatementType.PREPARE, duckdb.StatementType.EXECUTE, duckdb.StatementType.CALL,
)  # fmt: skip
_MAY_WRITE = re.compile(r"\benable_logging\b|\bquery\W*\(|\bexplain\b.*\bcopy\b", re.I | re.S)
_ONLY_READS = "this only reads: it writes no file, and runs no statement by another"
# Of a message of DuckDB: what it would have us read instead, or what it is about.
_HINTS = re.compile(r"^(Did you mean|Candidate bindings)[^\n]*", re.M)


@contextmanager
def opened(database: Path, memory: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can read this database with its parts, and no other file, nor reach a
    network, nor see what our own program holds. Statements go through `told`, which lets none write
    a file. What does not fit in memory goes to a folder of the system's, which is gone at the end.

    Raises `LockedError` when another has it open to write.
    """
    with tempfile.TemporaryDirectory(prefix="poolvigil-sql-") as spill:
        config = {
            **OFFLINE,
            "autoload_known_extensions": "false",
            "memory_limit": f"{memory}B",
            "temp_directory": spill,
        }
        try:
            con = duckdb.connect(str(database), read_only=True, config=config)
        except duckdb.IOException as error:
            if who := opened_by(error):
                raise LockedError(f"{database} is open to write in {who}: close it there") from None
            raise
        with con:
            con.execute("set python_enable_replacements = false")
            if (database.parent / parts.FOLDER).is_dir():
                _allow_parts(con, database.parent.resolve())
            con.execute("set enable_external_access = false")
            con.execute("set lock_configuration = true")
            yield con


def _allow_parts(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Let the views of a snapshot read its parts where it lies."""
    pattern = glob.escape(str(folder))
    may_be_read = [f"{at}/{parts.FOLDER}/" for at in (folder, pattern)]
    con.execute("set allowed_directories = $may_be_read", {"may_be_read": may_be_read})
    con.execute(f"set variable {parts.VARIABLE} = $pattern", {"pattern": pattern})


def told(con: duckdb.DuckDBPyConnection, query: str, form: Form, width: int) -> Iterator[str]:
    """What each statement of a query gives, as text to be printed, piece by piece.

    Raises `UsageError` in one line when it is no SQL, or asks for what it may not.
    """
    try:
        for statement in con.extract_statements(query):
            if statement.type in _WRITE or _MAY_WRITE.search(statement.query):
                raise UsageError(_ONLY_READS)
            if form == "table":
                yield from _box(con, statement.query, width)
            else:
                result = con.execute(statement)
                names = [column[0] for column in result.description or ()]
                yield from _csv(result, names) if form == "csv" else _json(result, names)
    except duckdb.IOException:
        raise
    except duckdb.Error as error:
        raise UsageError(one_line(error)) from None


def one_line(error: duckdb.Error) -> str:
    """What DuckDB says of a query, without its picture of the place."""
    said = str(error).strip()
    hints = (hint[0] for hint in _HINTS.finditer(said))
    return harmless(" ".join([said.splitlines()[0], *hints]))


def harmless(text: str) -> str:
    """Text from files as a terminal may show it: what would move, hide or turn other text is
    written out."""
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf")
        else f"\\u{ord(character):04x}"
        for character in text
    )


def _box(con: duckdb.DuckDBPyConnection, query: str, width: int) -> Iterator[str]:
    relation = con.sql(query)
    if relation is not None:
        with redirect_stdout(io.StringIO()) as shown:
            relation.show(max_width=width, max_rows=ROWS_SHOWN)
        yield harmless(shown.getvalue().rstrip("\n"))


def _csv(result: duckdb.DuckDBPyConnection, names: list[str]) -> Iterator[str]:
    yield _lines([names])
    while rows := result.fetchmany(_FETCHED):
        yield _lines(rows)


def _lines(rows: Iterable[Iterable[object]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue().rstrip("\n")


def _json(result: duckdb.DuckDBPyConnection, names: list[str]) -> Iterator[str]:
    while rows := result.fetchmany(_FETCHED):
        yield "\n".join(json.dumps(dict(zip(names, row, strict=True)), default=str) for row in rows)
