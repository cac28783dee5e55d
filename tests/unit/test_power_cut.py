"""The power fails at any moment of publishing: the home has the old snapshot or the new one, whole.

How it orders. A recorder writes down what is done to the home: folders whose names change, files
whose contents change, and each fsync. The checker then cuts the power after every entry of this
list. What an fsync has confirmed is there: of a file its content, of a folder the names in it. Each
other piece done until then is there or is not, whatever came before or after it; a content that is
there may be cut in the middle. Up to seven open pieces are tried in all combinations; where there
are more (half a folder has been removed), all, none, each alone, all but each, and twenty seeded
choices stand for them. As in SQLite's crash tests, each disk that can come of it is made for
real, looked at, and given to the next night.

One assumption is made: a name changes at once and wholly. A rename inside a folder is one piece,
and a link is made with its target.
"""

import io
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from pv.night import steps
from pv.settings import Home
from pv.warehouse import disk, manifest, publish

FILES = ("poolvigil.duckdb", "report/index.html", "parquet/mart.signal.parquet")
# What may change a name or a content, below pathlib and shutil.
CHANGES = ("mkdir", "rename", "replace", "symlink", "unlink", "rmdir")
EXHAUSTIVE = 7

# What a name stands for: the number of its inode, and how many things had the number before it.
Thing = tuple[int, int]
# A content is that of a file, or the target of a link.
Content = bytes | str
# Everything below a home by its path; a folder is None.
Tree = dict[str, Content | None]


@dataclass(frozen=True)
class Named:
    """Names of a folder that change together; None takes a name away."""

    thing: Thing
    names: dict[str, Thing | None]


@dataclass(frozen=True)
class Written:
    """The content of a file changes."""

    thing: Thing
    content: bytes


@dataclass(frozen=True)
class Synced:
    """The disk has confirmed a file or a folder."""

    thing: Thing


class Recorder:
    """Writes down what is done below a folder: it looks before and after each call that may."""

    def __init__(self, root: Path, patched: pytest.MonkeyPatch) -> None:
        self.root, self.log = root, list[Named | Written | Synced]()
        self.links: dict[Thing, str] = {}
        self._uses: dict[int, int] = {}
        self._alive: set[int] = set()
        self.folders: dict[Thing, dict[str, Thing]] = {}
        self.files: dict[Thing, bytes] = {}
        self._note()
        self.top = self._thing(root.stat())
        # All that was there before is on the disk.
        self.log += [Synced(thing) for thing in (*self.folders, *self.files)]
        self.begin = len(self.log)
        for name in CHANGES:
            patched.setattr(os, name, self._watched(getattr(os, name)))
        patched.setattr(io, "open", self._watched(io.open))
        patched.setattr(os, "fsync", self._synced)

    def _watched(self, real: Callable) -> Callable:
        def call(*args: object, **options: object) -> object:
            self._note()
            try:
                return real(*args, **options)
            finally:
                self._note()

        return call

    def _synced(self, handle: int) -> None:
        self._note()
        self.log.append(Synced(self._thing(os.fstat(handle))))

    def _thing(self, status: os.stat_result) -> Thing:
        return status.st_ino, self._uses.get(status.st_ino, 0)

    def _note(self) -> None:
        """Write down what has changed since the last look."""
        listed: dict[Path, dict[str, os.stat_result]] = {}
        for parent, folders, files in os.walk(self.root):
            listed[Path(parent)] = {name: Path(parent, name).lstat() for name in (*folders, *files)}
        alive = {status.st_ino for names in listed.values() for status in names.values()}
        for inode in self._alive - alive:
            self._uses[inode] = self._uses.get(inode, 0) + 1
        self._alive = alive
        for folder, statuses in listed.items():
            names = {name: self._thing(status) for name, status in statuses.items()}
            for name, thing in names.items():
                path = folder / name
                if path.is_symlink():
                    self.links[thing] = str(path.readlink())
                elif path.is_file():
                    content = _content(path)
                    if self.files.get(thing, b"") != content:
                        self.log.append(Written(thing, content))
                    self.files[thing] = content
            own = self._thing(folder.stat())
            had = self.folders.get(own, {})
            changed = {name: thing for name, thing in names.items() if had.get(name) != thing}
            gone = dict.fromkeys(had.keys() - names.keys())
            if changed or gone:
                self.log.append(Named(own, {**gone, **changed}))
            self.folders[own] = names


def _content(path: Path) -> bytes:
    with open(path, "rb") as opened:  # noqa: PTH123 - `Path.open` is watched
        return opened.read()


class Disk:
    """What has come to the disk: names of folders and contents of files."""

    def __init__(self, other: "Disk | None" = None) -> None:
        self.folders = {t: dict(names) for t, names in other.folders.items()} if other else {}
        self.files = dict(other.files) if other else {}

    def take(self, piece: Named | Written, *, cut: bool = False) -> None:
        if isinstance(piece, Written):
            size = len(piece.content)
            self.files[piece.thing] = piece.content[: size // 2 if cut else size]
            return
        names = self.folders.setdefault(piece.thing, {})
        for name, thing in piece.names.items():
            if thing is None:
                names.pop(name, None)
            else:
                names[name] = thing

    def tree(self, recorder: Recorder, top: Thing, path: str = "") -> Iterator[tuple]:
        for name, thing in sorted(self.folders.get(top, {}).items()):
            if thing in recorder.links:
                yield f"{path}{name}", recorder.links[thing]
            elif thing in recorder.files:
                yield f"{path}{name}", self.files.get(thing, b"")
            else:
                yield f"{path}{name}", None
                yield from self.tree(recorder, thing, f"{path}{name}/")


def after(recorder: Recorder, length: int) -> Iterator[Tree]:
    """What the disk may hold when the power is cut after so many entries of the list."""
    confirmed, unsure = Disk(), list[Named | Written]()
    for entry in recorder.log[:length]:
        if isinstance(entry, Synced):
            for piece in unsure:
                if piece.thing == entry.thing:
                    confirmed.take(piece)
            unsure = [piece for piece in unsure if piece.thing != entry.thing]
        else:
            unsure.append(entry)
    for chosen in _choices(len(unsure)):
        for cut in (False, True):
            found = Disk(confirmed)
            for number in chosen:
                found.take(unsure[number], cut=cut)
            yield dict(found.tree(recorder, recorder.top))


def _choices(pieces: int) -> list[list[int]]:
    """Which of so many pieces are there, each choice in their order."""
    every = range(pieces)
    if pieces <= EXHAUSTIVE:
        sizes = range(pieces + 1)
        return [list(chosen) for size in sizes for chosen in combinations(every, size)]
    few = [set(chosen) for size in range(2) for chosen in combinations(every, size)]
    draw = random.Random(pieces)  # noqa: S311 - no secret
    some = [{number for number in every if draw.random() < 0.5} for _ in range(20)]
    return [sorted(chosen) for chosen in [*few, *some, *(set(every) - c for c in few)]]


def make(tree: Tree, root: Path) -> Home:
    """Make a disk for real."""
    root.mkdir()
    for name, content in tree.items():
        path = root / name
        if content is None:
            path.mkdir()
        elif isinstance(content, str):
            path.symlink_to(content)
        else:
            path.write_bytes(content)
    return Home(root)


OLD, NEW = "2024-03-31-aaaaaaaaaaaa", "2024-06-30-bbbbbbbbbbbb"


def night(home: Home, run_id: str) -> None:
    """What a night does once its tables are computed."""
    said = manifest.whole(home.current.parent)
    if said is not None and said.fingerprint == run_id:
        steps.show_report(home)
        return
    building = publish.candidate(home.published, run_id)
    if building.exists():
        disk.remove(building)
    for name in FILES:
        (building / name).parent.mkdir(parents=True, exist_ok=True)
        (building / name).write_text(f"{name} of {run_id}")
    manifest.write(building, fingerprint=run_id, page=run_id, summary={})
    steps.release(home, building)


def first_night(home: Home) -> None:
    """Nothing is published."""


def second_night(home: Home) -> None:
    """A snapshot is published, and its page is before people."""
    night(home, OLD)


def night_that_prunes(home: Home) -> None:
    """A snapshot has to go, beside what nights have left that died."""
    for month in (1, 2, 3):
        night(home, f"2023-0{month}-28-cccccccccccc")
        os.utime(home.current.parent, (month, month))
    for left in (NEW, ".gone-a-run", ".building-a-run"):
        (home.published / left).mkdir()
        (home.published / left / "poolvigil.duckdb").write_text("half")


def night_after_damage(home: Home) -> None:
    """The current snapshot is of this run, and its database has other bytes."""
    night(home, NEW)
    home.current.chmod(0o644)
    home.current.write_text("other bytes")


BEFORE = (first_night, second_night, night_that_prunes, night_after_damage)


def current(home: Home) -> dict[str, bytes] | None:
    """The files behind the link, by name; None where there is no link."""
    link = home.published / "current"
    if not os.path.lexists(link):
        return None
    return {
        str(file.relative_to(link)): _content(file) for file in link.rglob("*") if file.is_file()
    }


def page(home: Home) -> bytes | None:
    """The page before people."""
    latest = home.reports / "latest.html"
    return _content(latest) if latest.exists() else None


def whole_pages(home: Home) -> bool:
    """Whether the folder of the new night's pages lies whole beside the way in."""
    return any(
        (folder / "index.html").is_file()
        and _content(folder / "index.html").decode() == f"report/index.html of {NEW}"
        for folder in home.reports.glob(f"{NEW}*")
    )


def is_new(home: Home) -> bool:
    """Whether the new snapshot is current, with every file as it was made."""
    said = manifest.whole(home.published / "current")
    return said is not None and said.fingerprint == NEW and all(
        _content(home.current.parent / name).decode() == f"{name} of {NEW}" for name in FILES
    )  # fmt: skip


@dataclass
class Cuts:
    """The disks that a cut may leave, and what is wrong with them."""

    disks: int
    old: int
    wrong: list[str]


def cut_everywhere(root: Path, before: Callable[[Home], None], spoil: str | None = None) -> Cuts:
    """Record the night of NEW after `before`, and look at each disk that a cut may leave.

    `spoil` names a function of `pv.warehouse.disk` that does nothing in the recorded night.
    """
    home = Home(root / "home")
    home.root.mkdir()
    (home.root / "poolvigil.toml").write_text("keep_snapshots = 3\n")
    before(home)
    old, old_page, new_page = current(home), page(home), f"report/index.html of {NEW}".encode()
    with pytest.MonkeyPatch.context() as patched:
        if spoil:
            patched.setattr(disk, spoil, lambda *_: None)
        recorder = Recorder(home.root, patched)
        night(home, NEW)
    assert is_new(home)
    trees: dict[str, Tree] = {}
    ended: set[str] = set()
    for length in range(recorder.begin, len(recorder.log) + 1):
        for tree in after(recorder, length):
            trees[repr(tree)] = tree
            if length == len(recorder.log):
                ended.add(repr(tree))
    cuts = Cuts(len(trees), 0, [])
    for number, (name, tree) in enumerate(trees.items()):
        found = make(tree, root / str(number))
        was_new, was_old = is_new(found), current(found) == old
        cuts.old += was_old
        if not was_new and (not was_old or name in ended):
            cuts.wrong.append(f"current is neither the old nor the new one: {tree}")
        if page(found) not in (old_page, new_page):
            cuts.wrong.append(f"the page is neither the old nor the new one: {tree}")
        if page(found) == new_page and not whole_pages(found):
            cuts.wrong.append(f"the page is before people, and its folder is not: {tree}")
        night(found, NEW)
        # What was left half removed is removed when the next snapshot is published.
        left = [] if was_new else list(found.published.glob(".*"))
        if not is_new(found) or page(found) != new_page or left:
            cuts.wrong.append(f"the next night does not end right ({left}): {tree}")
        disk.remove(found.root)
    return cuts


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disks of this test are not those that lose their power: no fsync has to wait."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.parametrize("before", BEFORE)
def test_a_cut_leaves_the_old_or_the_new_snapshot_whole_and_the_next_night_ends_right(
    tmp_path: Path, before: Callable[[Home], None]
) -> None:
    found = cut_everywhere(tmp_path, before)

    assert found.wrong == []
    assert found.disks > 100
    assert 0 < found.old < found.disks


@pytest.mark.parametrize("spoil", ["sync", "sync_all"])
def test_without_its_fsyncs_the_night_would_not_hold(tmp_path: Path, spoil: str) -> None:
    """The checker finds it: otherwise it would not hold the night to anything."""
    found = cut_everywhere(tmp_path, second_night, spoil)

    assert any("neither the old nor the new" in wrong for wrong in found.wrong)
