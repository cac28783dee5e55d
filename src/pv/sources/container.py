"""Files and members of zips, as things that can be opened, safely.

Nothing is ever unpacked to a path that a zip names: members are read as streams, within limits.
"""

import hashlib
import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from pv.errors import FileProblemError

# A FAERS quarter is about 60 MB as zip and 450 MB unpacked; text packs up to about thirtyfold.
MAX_UNPACKED = 8 << 30
MAX_RATIO = 200
RATIO_FREE = 10 << 20
MAX_MEMBERS = 10_000
# A zip's directory has some 100 bytes a member; it is read before the members can be counted.
MAX_DIRECTORY = 16 << 20

_HALF_COPIED = "check that the copy has finished and fetch the file again"
# A damaged bzip2 stream is an OSError without a number; a header that is no text a ValueError, and
# one that asks for a password a RuntimeError.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError,
    ValueError,
)  # fmt: skip


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
    problem: FileProblemError | None = None

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content as a stream, of which `read` alone may be used.

        Raises:
            FileProblemError: it cannot be opened or read, is damaged, or its bytes are not those
                that were hashed. Size and time of a change say nothing of the bytes.
        """
        with ExitStack() as opened:
            with _problems():
                file = opened.enter_context(self.path.open("rb"))
                stream: Any = file
                if self.member is not None:
                    archive = opened.enter_context(zipfile.ZipFile(file))
                    stream = opened.enter_context(archive.open(self.member))
            try:
                yield cast(BinaryIO, _Stream(stream))
            except FileProblemError:
                self._compare(file)
                raise
            self._compare(file)

    def _compare(self, file: io.BufferedReader) -> None:
        """What a file of changing bytes gives is not the content of the one that was hashed."""
        with _problems():
            file.seek(0)
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != self.sha256:
            raise FileProblemError(
                "changed_while_reading", "the file was written to meanwhile", _HALF_COPIED
            )


class _Stream:
    """A stream whose failures are those of its file, told apart from those of the working disk."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner

    def read(self, size: int = -1) -> bytes:
        with _problems():
            return self._inner.read(size)


@contextmanager
def _problems() -> Iterator[None]:
    """Say what is wrong with a file that cannot be opened or read."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise _damaged(error) from error
        raise unreadable(error) from error
    except KeyError as error:
        raise unreadable(error) from error
    except DAMAGE as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> FileProblemError:
    # A text error repeats the bytes.
    what = "a name that is not UTF-8" if isinstance(error, UnicodeError) else str(error)
    return FileProblemError("damaged_zip", f"cannot unpack: {what}", _HALF_COPIED)


def readable(name: str) -> str:
    """A file's name with what is not UTF-8 in it replaced, so that it can be written down."""
    return os.fsencode(name).decode(errors="replace")


def items_of(path: Path, name: str) -> Iterator[Item]:
    """The file itself or, of a zip, its members."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError("neither a file nor a folder")
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        yield Item(name, path, problem=unreadable(error))
        return
    known = Item(name, path, None, sha256, status.st_size)
    if PurePosixPath(name).suffix.lower() != ".zip":
        yield known
        return
    try:
        members = check_zip(path)
    except FileProblemError as problem:
        yield replace(known, problem=problem)
        return
    for member in members:
        nested = None
        if member.lower().endswith(".zip"):
            nested = FileProblemError(
                "nested_zip", "a zip inside a zip is not opened", "put the inner zip into the inbox"
            )
        yield replace(known, name=f"{name}/{member}", member=member, problem=nested)


def unreadable(error: Exception) -> FileProblemError:
    """The problem of what the operating system does not give out."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return FileProblemError("unreadable", reason, "check that it is there and may be read")


class _Directory(io.BufferedReader):
    """A zip of which the directory alone is read, if that is not far too long."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size > MAX_DIRECTORY:
            raise zipfile.BadZipFile(f"its directory has {size} bytes")
        return super().read(size)


def check_zip(source: Path | BinaryIO) -> list[str]:
    """Names of the files in a zip, in order, once its directory has shown that it is harmless.

    Raises:
        FileProblemError: it is no whole zip, is encrypted, would unpack to far more than FAERS
            ever is, or names a path outside itself or the same path twice.
    """
    try:
        with ExitStack() as opened:
            if isinstance(source, Path):
                source = opened.enter_context(_Directory(io.FileIO(source)))
            archive = opened.enter_context(zipfile.ZipFile(source))
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (*DAMAGE, OSError) as error:
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
    found = sorted(name for name in names if not left_alone(PurePosixPath(name)))
    if not found:
        raise FileProblemError("empty_zip", "there is no file in it", _HALF_COPIED)
    return found


def left_alone(path: PurePosixPath) -> bool:
    """Half-copied files of copying tools, and what desktops add."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _leaves(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
