"""Files that would end the reader: each fails alone, by name, and the good ones are loaded."""

import io
import os
import pickle
import re
import select
import signal
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.errors import FileProblemError
from pv.sources import LoadSummary, faers, load_inbox
from pv.sources.container import Item
from pv.sources.folder import MAX_DEPTH, items_below
from pv.sources.limits import Limits
from pv.sources.model import Part
from pv.sources.reader import Reader
from pv.sources.worker import Job

GOOD = "product,country,period_start,period_end,patients,source\np,FR,2024-01-01,2024-12-31,1,s\n"
DEMO = "primaryid$caseid$caseversion$fda_dt\n11$1$1$20170405\n21$2$1$20170406\n"
HEADER = ["Case ID", "Suspect Product Names", "Suspect Product Active Ingredients", "Reactions",
          "Latest FDA Received Date"]  # fmt: skip
ROW = ["1", "Kymriah", "Tisagenlecleucel", "Pain", "29-MAR-2019"]


def workbook(cell: str | None = None, rows: int = 1) -> bytes:
    """An export of the dashboard, with an `x` in one more cell."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for i, values in enumerate([HEADER, *[ROW] * rows]):
            sheet.write_row(i, 0, values)
        if cell:
            sheet.write(cell, "x")
    return made.getvalue()


def rewritten(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """The zip with one member changed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == member else data)
    return made.getvalue()


def with_a_cell_called(cell: str) -> bytes:
    """A workbook with a cell that Excel itself could not write; G9 is written for it."""
    row = re.sub("[A-Z]", "", cell) or "9"

    def change(sheet: bytes) -> bytes:
        assert sheet.count(b'"G9"') == 1
        return sheet.replace(b'<row r="9"', f'<row r="{row}"'.encode()).replace(
            b'"G9"', f'"{cell}"'.encode()
        )

    return rewritten(workbook("G9"), "xl/worksheets/sheet1.xml", change)


def with_one_string_of_2_mb_in_5000_rows() -> bytes:
    return rewritten(
        workbook(rows=5000),
        "xl/sharedStrings.xml",
        lambda strings: strings.replace(b"Kymriah", b"K" * (2 << 20)),
    )


def zip_with_a_local_name_that_is_not_utf8() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("é/DEMO17Q2.txt", DEMO)
    return made.getvalue().replace("é".encode(), b"\xff\xff", 1)


def zip_with_a_damaged_bz2_member() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("ascii/DEMO17Q2.txt", DEMO * 100)
    content = bytearray(made.getvalue())
    content[content.index(b"1AY&SY") + 3] ^= 0xFF  # the mark of a block
    return bytes(content)


def zip_with_a_directory_of(members: int) -> bytes:
    """A directory of empty members, all of one header."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", b"")
    content = made.getvalue()
    start = content.index(b"PK\x01\x02")
    directory = content[start : content.index(b"PK\x05\x06")] * members
    size, where = len(directory), start
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, where, 0)
    return content[:start] + directory + end


POISON: dict[str, tuple[Callable[[], bytes], str]] = {
    "faers_dashboard/last cell.xlsx": (partial(workbook, "XFD1048576"), "reader_died"),
    "faers_dashboard/far cell.xlsx": (partial(workbook, "BXZ200000"), "reader_died"),
    "faers_dashboard/row.xlsx": (partial(with_a_cell_called, "G4294967295"), "reader_died"),
    "faers_dashboard/column.xlsx": (partial(with_a_cell_called, "ZZZZZZZ9"), "reader_died"),
    "faers_dashboard/string.xlsx": (with_one_string_of_2_mb_in_5000_rows, "reader_died"),
    "faers/name.zip": (zip_with_a_local_name_that_is_not_utf8, "damaged_zip"),
    "faers/bz2.zip": (zip_with_a_damaged_bz2_member, "damaged_zip"),
    "faers/directory.zip": (partial(zip_with_a_directory_of, 400_000), "truncated_zip"),
    "exposure/a.csv": (lambda: b"x" * 131_073 + GOOD.encode(), "not_csv"),
}


class Home:
    """An inbox with a good file, and a database in memory."""

    def __init__(self, root: Path) -> None:
        self.inbox, self.scratch = root / "inbox", root / "scratch"
        self.con = duckdb.connect()
        for statement in script(SCHEMAS, TABLES):
            self.con.execute(statement)
        self.said: list[str] = []
        self.put("exposure/z.csv", GOOD.encode())
        self.put("faers_dashboard/z.xlsx", workbook())
        self.put("faers/q/DEMO17Q2.txt", DEMO.encode())

    def put(self, name: str, content: bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def load(self, limits: Limits | None = None, code: str = "1") -> LoadSummary:
        """One night."""
        self.said = []
        return load_inbox(
            self.con, self.inbox, self.scratch, b"key", warn=self.said.append,
            limits=limits or Limits(), code=code,
        )  # fmt: skip

    def failed(self) -> dict[str, str]:
        """The message of each file that failed."""
        found = self.con.execute(
            "select source || '/' || name, message from ops.source_file where status = 'failed'"
        )
        return dict(found.fetchall())

    def assert_good_ones_are_loaded(self) -> None:
        for table, rows in {"exposure": 1, "report": 3}.items():
            assert self.con.execute(f"select count(*) from staging.{table}").fetchone() == (rows,)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def code_of(message: str) -> str:
    return message.partition(":")[0]


@pytest.mark.parametrize("name", list(POISON))
def test_a_file_that_ends_its_reader_fails_alone_with_its_name_and_a_mend(home: Home, name: str):
    make, code = POISON[name]
    home.put(name, make())

    home.load()

    home.assert_good_ones_are_loaded()
    ((found, message),) = home.failed().items()
    assert found.startswith(name)  # a member follows the name of its zip
    assert code_of(message) == code
    assert "; " in message, "what is wrong; how to mend it"
    assert len(message) <= 300


def test_all_of_them_in_one_night(home: Home):
    for name, (make, _) in POISON.items():
        home.put(name, make())

    home.load()

    home.assert_good_ones_are_loaded()
    codes = sorted(code_of(message) for message in home.failed().values())
    assert codes == sorted(code for _, code in POISON.values())


def test_an_input_error_while_reading_is_told_of_the_file():
    # Reading the first page of one's own memory gives EIO.
    item = Item("a.txt", Path("/proc/self/mem"), sha256="")
    with pytest.raises(FileProblemError, match="unreadable: Input/output error"), item.open() as s:
        s.read(1)


def test_folders_1500_deep_are_one_failed_entry(home: Home):
    top = home.inbox / "faers" / "d"
    top.mkdir(parents=True)
    here = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)

    home.load()
    subprocess.run(["rm", "-r", top], check=True)  # pytest's own cleaning does not go so deep

    home.assert_good_ones_are_loaded()
    ((name, message),) = home.failed().items()
    assert name == "faers/" + "/".join("d" * (MAX_DEPTH + 1))
    assert code_of(message) == "too_deep"


def test_folders_that_link_to_each_other_are_read_once_and_each_link_is_told(home: Home):
    # Each in each: the paths along which no folder comes twice are over 10 to the power of 13.
    folders = [home.inbox / "faers" / f"f{i:02}" for i in range(16)]
    for folder in folders:
        folder.mkdir()
        for other in folders:
            (folder / f"to {other.name}").symlink_to(other)
    home.put("faers/f07/REAC17Q2.txt", b"primaryid$pt\n11$Pain\n")

    home.load()

    home.assert_good_ones_are_loaded()
    assert {code_of(message) for message in home.failed().values()} == {"folder_twice"}
    assert len(home.failed()) == 16 * 16
    assert home.con.execute("select name from ops.source_file where name like '%REAC%.txt'"
                            ).fetchall() == [("f07/REAC17Q2.txt",)]  # fmt: skip


def test_a_folder_outside_the_inbox_is_read_through_one_link_only(home: Home, tmp_path: Path):
    outside = tmp_path / "share"
    (outside / "inner").mkdir(parents=True)
    (outside / "inner" / "REAC17Q2.txt").write_bytes(b"primaryid$pt\n11$Pain\n")
    (outside / "inner" / "back").symlink_to(outside)
    (home.inbox / "faers" / "a").symlink_to(outside)
    (home.inbox / "faers" / "b").symlink_to(outside)

    home.load()

    assert {name: code_of(m) for name, m in home.failed().items()} == {
        "faers/a/inner/back": "folder_twice", "faers/b": "folder_twice",
    }  # fmt: skip
    assert home.con.execute("select name from ops.source_file where name like '%REAC%.txt'"
                            ).fetchall() == [("a/inner/REAC17Q2.txt",)]  # fmt: skip


def test_other_bytes_of_the_same_size_and_time_are_seen(home: Home):
    path = home.inbox / "exposure/z.csv"
    home.load()
    time = path.stat().st_mtime_ns
    path.write_bytes(GOOD.replace(",FR,", ",DE,").encode())
    os.utime(path, ns=(time, time))

    assert home.load().loaded == 1

    assert home.con.execute("select country from staging.exposure order by 1").fetchall() == [
        ("DE",)
    ]


def test_the_bytes_that_are_read_are_those_that_were_hashed(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    (item,) = items_below(tmp_path)
    time = path.stat().st_mtime_ns
    path.write_bytes(b"after!")
    os.utime(path, ns=(time, time))

    with pytest.raises(FileProblemError, match="changed_while_reading"), item.open() as stream:
        stream.read()


def test_a_failed_file_is_told_each_night_and_read_again_when_something_of_it_changes(
    home: Home, monkeypatch
):
    started: list[object] = []
    popen = subprocess.Popen

    def counted(*args, **kwargs):
        started.append(args)
        return popen(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", counted)

    def readers(**given) -> int:
        started.clear()
        summary = home.load(**given)
        assert summary.failed == 2
        for name in ("a.csv: failed; not_csv: ", "a.xlsx: failed; reader_died: "):
            assert sum(name in line for line in home.said) == 1
        return len(started)

    home.put("exposure/a.csv", b"x" * 131_073)
    home.put("faers_dashboard/a.xlsx", workbook("XFD1048576"))
    assert readers() > 0
    before = home.failed()
    assert readers() == 0
    assert home.failed() == before
    assert readers(code="2") > 0
    assert readers(code="2") == 0
    assert readers(code="2", limits=Limits(seconds=301)) > 0
    assert readers(code="2", limits=Limits(seconds=301)) == 0
    home.put("exposure/a.csv", b"x" * 131_074)
    assert readers(code="2", limits=Limits(seconds=301)) == 1
    home.put("exposure/a.csv", GOOD.replace("FR", "DE").encode())
    assert home.load(code="2", limits=Limits(seconds=301)).loaded == 1


@pytest.fixture
def hanging(tmp_path: Path) -> Job:
    """A file that nobody writes to: who opens it waits."""
    path = tmp_path / "DEMO17Q2.txt"
    os.mkfifo(path)
    part = faers.recognise(path.name)
    assert isinstance(part, Part)
    return Job(part.read, Item(path.name, path, sha256=""), {})


def test_a_reading_that_does_not_end_is_ended(hanging: Job, tmp_path: Path):
    with (
        Reader(tmp_path / "work", Limits(seconds=1)) as reader,
        pytest.raises(FileProblemError, match="reader_died: it takes over 1 s"),
        reader.read(duckdb.connect(), hanging),
    ):
        pass


def test_a_reader_that_is_killed_from_outside_says_nothing_of_its_file(
    hanging: Job, tmp_path: Path
):
    others = set(children(os.getpid()))
    with Reader(tmp_path / "work", Limits()) as reader:
        reader.ask(hanging)
        (worker,) = set(children(os.getpid())) - others
        os.kill(worker, signal.SIGKILL)
        with (
            pytest.raises(FileProblemError, match="reader_killed: SIGKILL"),
            reader.read(duckdb.connect(), hanging),
        ):
            pass


KILLED = """
import pickle, signal, sys
from pathlib import Path
from pv.sources.limits import Limits
from pv.sources.reader import Reader

Reader(Path(sys.argv[1]), Limits()).ask(pickle.loads(bytes.fromhex(sys.argv[2])))
print("asked", flush=True)
signal.pause()
"""


def test_a_reader_dies_with_the_night(hanging: Job, tmp_path: Path):
    command = [sys.executable, "-c", KILLED, str(tmp_path / "work"), pickle.dumps(hanging).hex()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as night:
        assert night.stdout is not None
        assert night.stdout.readline() == b"asked\n"
        (worker,) = children(night.pid)
        ended = os.pidfd_open(worker)
        night.kill()

    waiting = select.poll()
    waiting.register(ended, select.POLLIN)
    assert waiting.poll(60_000), "the worker reads on"
    os.close(ended)


def children(process: int) -> list[int]:
    """The processes that it has started."""
    return [
        int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


WITHOUT_MEMORY = """
import resource, sys
from pathlib import Path
from pv.sources.container import Item
from pv.sources.worker import Job, Order, answer

def read(intake):
    raise MemoryError

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
for name in ("scratch", "raw"):
    (folder / name).mkdir(parents=True)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
print(answer(Order(Job(read, Item("a.txt", folder), {}), folder, 8 * 10**9)))
"""


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (6 * 10**9, "reader_killed: its reader was allowed 6.0 GB from outside (ulimit), not"),
        (10 * 10**9, "Died(why='it takes too much memory')"),
    ],
)
def test_too_little_memory_is_the_files_doing_only_where_its_reader_could_take_it(
    tmp_path: Path, limit: int, told: str
) -> None:
    """What is not the file's doing is not remembered: the next night reads it again."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MEMORY, str(tmp_path), str(limit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.startswith(told), done.stderr
