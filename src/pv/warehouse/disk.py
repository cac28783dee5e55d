"""Files and folders that outlast a power cut, with rights that no umask changes."""

import os
import shutil
from pathlib import Path

READ_ONLY = 0o444
_CLOSED, _OPEN, _PRIVATE, _PUBLIC = 0o555, 0o755, 0o700, 0o755


def sync(path: Path) -> None:
    """Have the disk keep the content of a file, or the names in a folder."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_all(folder: Path) -> None:
    """Have the disk keep a folder with all that is in it: contents before names."""
    for parent, _, files in os.walk(folder, topdown=False, onerror=_fail):
        for name in files:
            sync(Path(parent, name))
        sync(Path(parent))


def write(file: Path, content: bytes, mode: int = READ_ONLY) -> None:
    """Write a file that is there whole or not at all, also after a power cut."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600, exist_ok=False)
    with part.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fchmod(opened.fileno(), mode)
        os.fsync(opened.fileno())
    part.replace(file)
    sync(file.parent)


def swap(file: Path, content: bytes, mode: int = READ_ONLY) -> None:
    """Write a file that is whole at any moment, yet not surely after a power cut: of many files,
    keeping each would take minutes."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    part.write_bytes(content)
    part.chmod(mode)
    part.replace(file)


def close(folder: Path) -> None:
    """Let nobody but root write into a folder and what is in it; everybody may read."""
    for parent, _, files in os.walk(folder, onerror=_fail):
        for name in files:
            Path(parent, name).chmod(READ_ONLY)
        Path(parent).chmod(_CLOSED)


def remove(folder: Path) -> None:
    """Remove a folder, also one that was closed; or what stands in its place."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink()
        return
    for parent, _, _ in os.walk(folder):
        Path(parent).chmod(_OPEN)
    shutil.rmtree(folder)


def make_private(folder: Path) -> None:
    """Make a folder that is its owner's alone; one that others may enter is closed to them."""
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(_PRIVATE)


def make_public(folder: Path) -> None:
    """Make a folder that everybody may read; one that is there keeps the rights it has."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(_PUBLIC)
    sync(folder.parent)


def _fail(error: OSError) -> None:
    """What a walk cannot read stops it: by itself it would go on without."""
    raise error
