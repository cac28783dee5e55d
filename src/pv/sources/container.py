"""Files of a folder and members of zips, as things that can be opened, safely.

Nothing is ever unpacked to a path that a zip names: members are read as streams, within limits.
"""

import hashlib
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pv.errors import FileProblemError

# A FAERS quarter is about 60 MB as zip and 450 MB unpacked; text packs up to about thirtyfold.
MAX_UNPACKED = 8 << 30
MAX_RATIO = 200
RATIO_FREE = 10 << 20
MAX_MEMBERS = 10_000

# A folder with the ending of a file is an unpacking or copying accident.
FILE_ENDINGS = {".txt", ".csv", ".xlsx", ".zip"}
_HALF_COPIED = "check that the copy has finished and fetch the file again"
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Item:
    """One file or one member of a zip; `problem` says why it cannot be opened.

    `name` is the path below the source's folder, a member's after the name of its zip; `sha256`
    and `size` are those of the file on disk, None where there is none to hash.
    """

    name: str
    path: Path
    member: str | None = None
    sha256: str | None = None
    size: int | None = None
    changed: int | None = None
    problem: FileProblemError | None = None

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content as a stream.

        Raises:
            FileProblemError: it cannot be opened, is damaged, or is no longer what was hashed.
        """
        with ExitStack() as opened:
            try:
                yield self._stream(opened)
                now = self.path.stat()
            except DAMAGE as error:
                raise FileProblemError(
                    "damaged_zip", f"cannot unpack: {error}", _HALF_COPIED
                ) from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed):
            raise FileProblemError(
                "changed_while_reading", "the file was written to meanwhile", _HALF_COPIED
            )

    def _stream(self, opened: ExitStack) -> BinaryIO:
        try:
            stream: Any = opened.enter_context(self.path.open("rb"))
            if self.member is not None:
                archive = opened.enter_context(zipfile.ZipFile(stream))
                stream = opened.enter_context(archive.open(self.member))
        except (OSError, KeyError) as error:
            raise _unreadable(error) from error
        return stream


def items_below(folder: Path) -> Iterator[Item]:
    """Every file below a folder in the order of names, zips as their members.

    Links are followed. Names that begin with a dot are left alone.
    """
    yield from _walk(folder, PurePosixPath(), {folder.resolve()})


def _walk(folder: Path, below: PurePosixPath, seen: set[Path]) -> Iterator[Item]:
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        yield Item(below.as_posix(), folder, problem=_unreadable(error))
        return
    for path in paths:
        name = (below / readable(path.name)).as_posix()
        if _left_alone(PurePosixPath(path.name)):
            continue
        if not path.is_dir():
            yield from _file(path, name)
        elif path.suffix.lower() in FILE_ENDINGS:
            problem = FileProblemError(
                "is_a_directory",
                "a folder with the name of a file",
                "put the file itself there, or rename the folder",
            )
            yield Item(name, path, problem=problem)
        elif (real := path.resolve()) not in seen:
            yield from _walk(path, below / readable(path.name), {*seen, real})


def readable(name: str) -> str:
    """A file's name with what is not UTF-8 in it replaced, so that it can be written down."""
    return os.fsencode(name).decode(errors="replace")


def _file(path: Path, name: str) -> Iterator[Item]:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError("neither a file nor a folder")
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        yield Item(name, path, problem=_unreadable(error))
        return
    known = Item(name, path, None, sha256, status.st_size, status.st_mtime_ns)
    if path.suffix.lower() != ".zip":
        yield known
        return
    try:
        members = check_zip(path)
    except FileProblemError as problem:
        yield Item(name, path, None, sha256, status.st_size, status.st_mtime_ns, problem)
        return
    for member in members:
        nested = None
        if member.lower().endswith(".zip"):
            nested = FileProblemError(
                "nested_zip", "a zip inside a zip is not opened", "put the inner zip into the inbox"
            )
        yield Item(
            f"{name}/{member}", path, member, sha256, status.st_size, status.st_mtime_ns, nested
        )


def _unreadable(error: Exception) -> FileProblemError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return FileProblemError("unreadable", reason, "check that it is there and may be read")


def check_zip(source: Path | BinaryIO) -> list[str]:
    """Names of the files in a zip, in order, once its directory has shown that it is harmless.

    Raises:
        FileProblemError: it is no whole zip, is encrypted, would unpack to far more than FAERS
            ever is, or names a path outside itself or the same path twice.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (*DAMAGE, OSError, ValueError, struct.error) as error:
        raise FileProblemError(
            "truncated_zip", f"not a whole zip ({error})", _HALF_COPIED
        ) from error
    names = [m.filename for m in members]
    mend = "do not open it; ask the sender what it is"
    if unsafe := sorted(name for name in names if _leaves(name)):
        raise FileProblemError("unsafe_path", f"names a path outside itself: {unsafe[0]!r}", mend)
    if len(set(names)) < len(names):
        raise FileProblemError("duplicate_member", "holds two files of the same name", mend)
    unpacked = sum(m.file_size for m in members)
    if (
        len(members) > MAX_MEMBERS
        or unpacked > MAX_UNPACKED
        or any(m.file_size > RATIO_FREE + MAX_RATIO * m.compress_size for m in members)
    ):
        raise FileProblemError(
            "zip_bomb", f"{len(members)} files of {unpacked} bytes when unpacked", mend
        )
    if any(m.flag_bits & 1 for m in members):
        raise FileProblemError("encrypted_zip", "needs a password", "unpack it into the inbox")
    found = sorted(name for name in names if not _left_alone(PurePosixPath(name)))
    if not found:
        raise FileProblemError("empty_zip", "there is no file in it", _HALF_COPIED)
    return found


def _left_alone(path: PurePosixPath) -> bool:
    """Half-copied files of copying tools, and what desktops add."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _leaves(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
