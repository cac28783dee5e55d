"""What the machine does to a night (disk, memory, rights, damage), in one line and an exit code.

Everything else that is no `PoolvigilError` is a defect of ours, and its traceback is shown.
"""

import errno
import sys
from collections.abc import Iterator

from pv.errors import PoolvigilError, UsageError, shortened

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
# DuckDB says in words what the system said to it, and what it finds in its files.
_FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large", "disk is full")
_NO_MEMORY_WORDS = ("can't start new thread", "failed to map segment from shared object")
_IN_THE_WAY_WORDS = ("Is a directory", "Not a directory", "File exists")
_FORBIDDEN_WORDS = ("Permission denied", "Read-only file system", "Operation not permitted")
_DAMAGED_WORDS = (
    "Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes",
    "replaying WAL file", "version number", "checksum",
)  # fmt: skip
MEND_WAREHOUSE = (
    "put work/warehouse.duckdb back from your backup and remove the .wal beside it, or move both "
    "away: the next night then begins with what the current snapshot kept"
)


class MachineError(PoolvigilError):
    """The disk, the memory or a right is not as the night needs it; `passing` may be over soon."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(message)


def told(error: BaseException) -> PoolvigilError | None:
    """The error in one line, if a user can act on it; None for a defect of ours.

    What followed from a fault counts as the fault: a rollback that failed after it, for example.
    """
    return next((fault for each in _chain(error) if (fault := _fault(each))), None)


def as_facts(error: BaseException) -> dict[str, object]:
    """The error for whoever watches: exit code, kind, and one line without a word of a library."""
    fault = told(error)
    return {
        "status": "failed",
        "exit_code": fault.exit_code if fault else 1,
        "error": type(fault or error).__name__,
        "message": str(fault) if fault else "a defect of poolvigil: the log has its traceback",
    }


def is_passing(error: BaseException) -> bool:
    """Whether trying again may mend it: a disk or a share that failed for a moment."""
    fault = told(error)
    return isinstance(fault, MachineError) and fault.passing


def is_damage(error: BaseException) -> bool:
    """Whether DuckDB says that a database file is not as it was written."""
    return _says(error, _DAMAGED_WORDS)


def first_line(error: BaseException) -> str:
    """What a library says in its first line, without its own name for the kind of error."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    for kind in ("IO Error: ", "Out of Memory Error: ", "TransactionContext Error: "):
        line = line.removeprefix(kind)
    return shortened(line)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        # Of what happened while another error was handled, only a failed rollback is no defect.
        error = error.__cause__ or (error.__context__ if _is_duckdbs(error) else None)


def _fault(error: BaseException) -> PoolvigilError | None:
    if isinstance(error, PoolvigilError):
        return error
    if isinstance(error, MemoryError) or _says(error, _NO_MEMORY_WORDS):
        return _no_memory(first_line(error))
    if isinstance(error, OSError):
        return _of_system(error)
    return _of_duckdb(error) if _is_duckdbs(error) else None


def _is_duckdbs(error: BaseException) -> bool:
    # Without DuckDB there is none of its errors, and `poolvigil --help` need not import it.
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(error, duckdb.Error)


def _of_system(error: OSError) -> MachineError:
    place = error.filename2 or error.filename  # of a rename, the new name
    where = shortened(f"{place}: {error.strerror}") if place else first_line(error)
    if error.errno in _FULL or _says(error, _FULL_WORDS):
        return _full(where)
    if error.errno in _FORBIDDEN or _says(error, _FORBIDDEN_WORDS):
        return _forbidden(where)
    if error.errno in _IN_THE_WAY or _says(error, _IN_THE_WAY_WORDS):
        return _in_the_way(where)
    return _failed(where)


def _of_duckdb(error: BaseException) -> PoolvigilError | None:
    import duckdb

    line = first_line(error)
    if _says(error, _FULL_WORDS):
        return _full(line)
    if isinstance(error, duckdb.OutOfMemoryException):
        return _no_memory(line)
    if not isinstance(error, duckdb.IOException):
        return None
    if is_damage(error):
        return UsageError(f"a database is damaged: {line}; {MEND_WAREHOUSE}")
    if _says(error, _FORBIDDEN_WORDS):
        return _forbidden(line)
    return _in_the_way(line) if _says(error, _IN_THE_WAY_WORDS) else _failed(line)


def _says(error: BaseException, words: tuple[str, ...]) -> bool:
    return any(word in str(error) for word in words)


def _full(what: str) -> MachineError:
    return MachineError(f"the disk is full: {what}; make room and start again")


def _forbidden(what: str) -> MachineError:
    return MachineError(f"no permission: {what}; give the night's user this right")


def _in_the_way(what: str) -> MachineError:
    return MachineError(f"something else is in its place: {what}; move it away and start again")


def _failed(what: str) -> MachineError:
    return MachineError(f"the disk failed: {what}; mend it and start again", passing=True)


def _no_memory(what: str) -> MachineError:
    return MachineError(
        f"the memory does not suffice: {what}; raise memory_limit (POOLVIGIL_MEMORY_LIMIT) as far "
        "as the machine has memory, or lower threads"
    )
