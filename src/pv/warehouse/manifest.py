"""What a published snapshot is and the SHA-256 of its every file: nothing else is believed."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pv.warehouse import disk

NAME = "manifest.json"
CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file was when it was published."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The fingerprints of the snapshot and of its page, what the night said, and its files.

    `place` is the folder in which its database looks for parts, where it has some.
    """

    fingerprint: str
    page: str
    summary: Mapping[str, Any]
    files: Mapping[str, Stamp]
    place: str | None = None


def write(
    folder: Path,
    *,
    fingerprint: str,
    page: str,
    summary: Mapping[str, Any],
    place: Path | None = None,
) -> Manifest:
    """Stamp every file of a candidate and write it down, the last file of the folder."""
    (folder / NAME).unlink(missing_ok=True)
    files = {name: stamp(folder / name) for name in sorted(_files(folder))}
    made = Manifest(fingerprint, page, summary, files, place and str(place))
    content = {**asdict(made), "sha256": _digest(asdict(made))}
    disk.write(folder / NAME, f"{json.dumps(content, indent=1)}\n".encode())
    return made


def stamp(file: Path) -> Stamp:
    """Size and SHA-256 of a file."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return Stamp(opened.tell(), digest)


def stamp_of(content: bytes) -> Stamp:
    """Size and SHA-256 of what a file holds."""
    return Stamp(len(content), hashlib.sha256(content).hexdigest())


def read(folder: Path) -> Manifest | None:
    """The manifest of a snapshot; None where there is none that can be read."""
    if not (folder / NAME).is_file():
        return None
    try:
        said = json.loads((folder / NAME).read_bytes())
        if said.pop("sha256") != _digest(said):
            return None
        files = {str(name): Stamp(**of) for name, of in said["files"].items()}
        return Manifest(
            said["fingerprint"], said["page"], dict(said["summary"]), files, said.get("place")
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def whole(folder: Path) -> Manifest | None:
    """The manifest of a snapshot whose files are all as published; else None."""
    return None if problems(folder) else read(folder)


def problems(folder: Path) -> list[str]:
    """What is wrong with a snapshot's files, a line each; none when it is whole."""
    said = read(folder)
    if said is None:
        return [f"{NAME} is not there or damaged"]
    found = set(_files(folder)) - {NAME}
    wrong = dict.fromkeys(said.files.keys() - found, "is missing")
    wrong |= dict.fromkeys(found - said.files.keys(), "was not published")
    both = said.files.keys() & found
    wrong |= {name: problem(folder / name, said.files[name]) for name in both}
    return [f"{name} {what}" for name, what in sorted(wrong.items()) if what]


def problem(file: Path, published: Stamp | None) -> str | None:
    """What keeps a file from being the one that was published."""
    try:
        if file.is_symlink() or not file.is_file():
            return "is no file"
        return None if stamp(file) == published else "has other bytes than were published"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def problems_of_current(published: Path) -> list[str]:
    """What is wrong with the link to the current snapshot, or with the snapshot behind it."""
    if not (published / CURRENT).is_symlink():
        return [f"{CURRENT} is no link"]
    folder = folder_of_current(published)
    return problems(folder) if folder else [f"{CURRENT} leads to no snapshot of {published}"]


def folder_of_current(published: Path) -> Path | None:
    """Where the link to the current snapshot leads; None where that is no place for one.

    Asked once: a night may swap the link while the folder's files are read.
    """
    link = published / CURRENT
    folder = Path(os.path.realpath(link))
    here = link.is_symlink() and folder.parent == Path(os.path.realpath(published))
    return folder if here else None


def _digest(said: Mapping[str, Any]) -> str:
    """SHA-256 of what a manifest says, so that it is not believed when it is damaged itself."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _files(folder: Path) -> Iterator[str]:
    """Every file of the folder by its name below it; a link is none of the snapshot's files."""
    for parent, folders, files in os.walk(folder):
        for name in (*files, *folders):
            path = Path(parent, name)
            if path.is_symlink() or not path.is_dir():
                yield path.relative_to(folder).as_posix()
