"""The files below a folder: a walk that ends, whatever the folders are and link to."""

import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from pv.errors import FileProblemError
from pv.sources.container import Item, items_of, left_alone, readable, unreadable

# FDA's folders lie three deep, and all quarters since 2004 have about a thousand files.
MAX_DEPTH = 20
MAX_ENTRIES = 100_000

# A folder with the ending of a file is an unpacking or copying accident.
FILE_ENDINGS = {".txt", ".csv", ".xlsx", ".zip"}


def items_below(folder: Path) -> Iterator[Item]:
    """Every file below a folder in the order of names, zips as their members.

    Links are followed to where the walk does not come anyway, once. A folder that is not read is
    one item with its problem. Names that begin with a dot are left alone.
    """
    yield from _Walk(folder).below(folder, PurePosixPath())


class _Walk:
    """One walk: which folders it was in, and how many entries it may still see."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._seen: set[tuple[int, int]] = set()
        self._left = MAX_ENTRIES

    def below(self, folder: Path, name: PurePosixPath) -> Iterator[Item]:
        try:
            problem = self._refusal(folder, name)
            paths = [] if problem else sorted(islice(folder.iterdir(), self._left + 1))
        except OSError as error:
            problem, paths = unreadable(error), []
        if len(paths) > self._left:
            problem = FileProblemError(
                "too_many_files",
                f"the folders of a source may hold {MAX_ENTRIES:,} files, and with this one they "
                "hold more",
                "take out what does not belong there",
            )
        if problem:
            yield Item(name.as_posix(), folder, problem=problem)
            return
        self._left -= len(paths)
        for path in paths:
            if not left_alone(PurePosixPath(path.name)):
                yield from self._at(path, name / readable(path.name))

    def _at(self, path: Path, name: PurePosixPath) -> Iterator[Item]:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except OSError as error:
            yield Item(name.as_posix(), path, problem=unreadable(error))
            return
        if not is_folder:
            yield from items_of(path, name.as_posix())
        elif path.suffix.lower() in FILE_ENDINGS:
            problem = FileProblemError(
                "is_a_directory",
                "a folder with the name of a file",
                "put the file itself there, or rename the folder",
            )
            yield Item(name.as_posix(), path, problem=problem)
        else:
            yield from self.below(path, name)

    def _refusal(self, folder: Path, name: PurePosixPath) -> FileProblemError | None:
        """Why a folder is not read, if it is not; else it has been seen now."""
        if len(name.parts) > MAX_DEPTH:
            return FileProblemError(
                "too_deep", f"over {MAX_DEPTH} folders deep", "put its files further up"
            )
        status = folder.stat()
        known = (status.st_dev, status.st_ino)
        real = folder.resolve()
        meets = real.is_relative_to(self._root) or self._root.is_relative_to(real)
        if known in self._seen or (folder.is_symlink() and name.parts and meets):
            return FileProblemError(
                "folder_twice",
                "it leads to a folder whose files are read under another name",
                "remove the link",
            )
        self._seen.add(known)
        return None
