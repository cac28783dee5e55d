"""What the machine does to a night is one line; a defect of ours is none."""

import errno
from pathlib import Path

import duckdb
import pytest

from pv import faults
from pv.errors import LockedError, UsageError
from pv.warehouse.connect import in_memory


def raised(error: BaseException, during: BaseException | None = None) -> BaseException:
    """The error as an except clause sees it, raised while another was handled."""
    try:
        try:
            if during:
                raise during
        finally:
            raise error
    except BaseException as seen:
        return seen


@pytest.mark.parametrize(
    ("error", "told", "is_passing"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/h/x"), "disk is full: /h/x", False),
        (OSError(errno.EFBIG, "File too large"), "disk is full", False),
        (OSError("a.txt: No space left on device"), "disk is full: a.txt", False),
        (duckdb.IOException("IO Error: x: No space left on device"), "disk is full: x", False),
        (duckdb.TransactionException("Failed to commit: No space left on device"),
         "disk is full", False),
        (PermissionError(errno.EACCES, "Permission denied", "/h"), "no permission: /h", False),
        (duckdb.IOException("IO Error: Cannot open file: Read-only file system"),
         "no permission: Cannot open file", False),
        (FileExistsError(errno.EEXIST, "File exists", "/h/work"),
         "something else is in its place: /h/work: File exists; move it away", False),
        (duckdb.IOException("IO Error: Could not read: Is a directory"),
         "something else is in its place: Could not read", False),
        (OSError(errno.EIO, "Input/output error", "/h"), "disk failed: /h: Input", True),
        (duckdb.IOException("IO Error: Could not write\nmore"), "disk failed: Could not write;",
         True),
        (MemoryError(), "memory does not suffice: MemoryError; raise memory_limit", False),
        (RuntimeError("can't start new thread"), "memory does not suffice", False),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed\n\nSee"),
         "memory does not suffice: failed; raise memory_limit", False),
    ],
)  # fmt: skip
def test_a_fault_of_the_machine_is_one_line(error: Exception, told: str, is_passing: bool) -> None:
    fault = faults.told(error)

    assert fault is not None
    assert fault.exit_code == 1
    assert told in str(fault)
    assert "\n" not in str(fault)
    assert faults.is_passing(error) is is_passing


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("copy (select 1) to '/dev/full' (format csv)", "the disk is full: "),
        ("select list(random()) from range(10_000_000)", "the memory does not suffice: "),
        ("attach '/nowhere/x.duckdb' as x", "the disk failed: "),
    ],
)
def test_what_duckdb_really_says_is_understood(statement: str, told: str) -> None:
    config = {"memory_limit": "20MB", "threads": "1", "temp_directory": ""}
    with duckdb.connect(config=config) as con, pytest.raises(duckdb.Error) as raised_:
        con.execute(statement).fetchall()

    assert str(faults.told(raised_.value)).startswith(told)


def test_a_database_in_memory_does_not_hide_that_the_memory_did_not_suffice() -> None:
    with duckdb.connect(config={"memory_limit": "40MB", "temp_directory": ""}) as con:
        con.execute("begin")

        with pytest.raises(duckdb.OutOfMemoryException), in_memory(con):
            con.execute("select list(random()) from range(10_000_000)").fetchall()


def test_a_database_in_memory_gives_back_its_half() -> None:
    with duckdb.connect(config={"memory_limit": "64MiB"}) as con:
        with in_memory(con) as memory:
            halves = [_limit(con), _limit(memory)]

        assert halves == ["32.0 MiB", "32.0 MiB"]
        assert _limit(con) == "64.0 MiB"


def _limit(con: duckdb.DuckDBPyConnection) -> str:
    found = con.execute("select current_setting('memory_limit')").fetchone()
    assert found
    return str(found[0])


def test_a_damaged_database_is_for_a_person_to_mend() -> None:
    error = duckdb.IOException("IO Error: Corrupt database file: computed checksum 1 does not")

    fault = faults.told(error)

    assert isinstance(fault, UsageError)
    assert "remove the .wal beside it, or move both away" in str(fault)
    assert not faults.is_passing(error)


def test_an_error_for_the_user_is_told_as_it_is() -> None:
    error = LockedError("another holds it")

    assert faults.told(error) is error


def test_a_rollback_that_fails_after_a_fault_is_the_fault() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/h")

    fault = faults.told(raised(duckdb.TransactionException("cannot rollback"), full))

    assert "disk is full" in str(fault)


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        duckdb.BinderException("Binder Error: no such column"),
        raised(KeyError("x"), FileNotFoundError(errno.ENOENT, "No such file", "/x")),
    ],
)
def test_a_defect_is_none(error: Exception) -> None:
    assert faults.told(error) is None
    assert not faults.is_passing(error)


def test_a_path_in_a_message_is_no_longer_than_a_message(tmp_path: Path) -> None:
    fault = faults.told(duckdb.IOException(f"IO Error: {tmp_path}{'x' * 5000}"))

    assert len(str(fault)) < 400
