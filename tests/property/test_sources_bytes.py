"""Any bytes through the readers of tables: a named problem, or every row accounted for."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.errors import FileProblemError
from pv.sources.ledger import count_rows
from pv.sources.lots import hmac_pads
from pv.sources.model import Intake, Part
from pv.sources.registry import SOURCES
from pv.warehouse.relations import run, run_script
from tests import deliveries

SOURCE = {source.key: source for source in SOURCES}


def tables() -> dict[str, tuple[str, bytes]]:
    """A good file of each table of each source: the source, and its bytes."""
    found: dict[str, tuple[str, bytes]] = {}
    for key, made in deliveries.ALL.items():
        for name, content in made(12).items():
            inner = deliveries.members(content) if name.endswith(".zip") else {"": content}
            for member, data in inner.items():
                found[f"{name}/{member}".rstrip("/")] = (key, data)
    found["eudravigilance/kymriah_2024-06-30.xlsx"] = ("eudravigilance", deliveries.workbook(12))
    return found


FILES = tables()


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as made:
        for statement in script(SCHEMAS, TABLES):
            made.execute(statement)
        run_script(made, "macros/reading")
        yield made


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """One of the files with some of its bytes cut out, put in, or in another order."""
    name = draw(st.sampled_from(sorted(FILES)))
    content = FILES[name][1]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        to = draw(st.integers(at, min(len(content), at + 200)))
        new = draw(
            st.one_of(
                st.binary(max_size=40),
                st.sampled_from([b"", b'"', b'""', b"$", b";", b",", b"|", b"\r", b"\n", b"\x00",
                                 b"\xff\xfe", b"\x81", b"\x1f", b"\x03", "・".encode("cp932"),
                                 b"<BR><BR>", b"(S - ", b"1e999", b"9" * 30]),
            )
        )  # fmt: skip
        content = content[:at] + new + content[to:]
    return name, content


def account(con: duckdb.DuckDBPyConnection, folder: Path, name: str, content: bytes) -> None:
    """Read the content under the name of a file, stage it, and count."""
    part = SOURCE[FILES[name][0]].recognise(name.partition("/")[2])
    assert isinstance(part, Part), name

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield io.BytesIO(content)

    inner, outer = hmac_pads(b"key")
    params: dict[str, Any] = {
        "source": FILES[name][0], "file_id": 1, "name": name, "release": part.release,
        "issued_on": date(2024, 6, 30),
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    try:
        reading = part.read(Intake(con, opened, folder, params))
    except FileProblemError as problem:
        assert len(str(problem)) < 1_000
        return
    con.execute("begin")
    try:
        for stage in reading.stages:
            run(con, stage, {"lot_inner": inner, "lot_outer": outer, **reading.params})
        kept, aside = count_rows(con, 1, part.staging_table)
    finally:
        con.execute("rollback")
    assert reading.rows_read == kept + aside, name


_SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_SETTINGS
@given(file=damaged())
def test_damaged_tables_crash_nothing(con, tmp_path: Path, file: tuple[str, bytes]) -> None:
    account(con, tmp_path / "work", *file)


@_SETTINGS
@given(name=st.sampled_from(sorted(FILES)), content=st.binary(max_size=300))
@example(name="eudravigilance/kymriah_2024-06-30.csv", content=b"\x00")
def test_any_bytes_crash_nothing(con, tmp_path: Path, name: str, content: bytes) -> None:
    account(con, tmp_path / "work", name, content)


@pytest.mark.parametrize("name", FILES)
def test_the_files_themselves_are_whole(con, tmp_path: Path, name: str) -> None:
    account(con, tmp_path / "work", name, FILES[name][1])
    header = FILES[name][1].split(b"\n")[0] + b"\n"
    account(con, tmp_path / "work", name, header)
