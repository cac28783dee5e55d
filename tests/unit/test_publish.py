"""The swap: whatever dies in it, `current` leads to a whole snapshot."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pv.errors import PublishError
from pv.night.steps import show_report
from pv.settings import Home
from pv.warehouse import manifest
from pv.warehouse.publish import release

FILES = ("poolvigil.duckdb", "report/index.html", "parquet/mart.signal.parquet")


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    return folder


def build(published: Path, run_id: str) -> Path:
    """A candidate of three files, which are whole only together, and their manifest."""
    building = published / f".building-{run_id}"
    (building / "parquet").mkdir(parents=True)
    for name in FILES:
        (building / name).parent.mkdir(exist_ok=True)
        (building / name).write_text(run_id)
    manifest.write(building, fingerprint=run_id, page=run_id, summary={})
    return building


def current(published: Path) -> set[str]:
    """What an analyst finds: one run's name when the snapshot is whole."""
    folder = published / "current"
    assert manifest.problems(folder) == []
    return {(folder / name).read_text() for name in FILES}


def folders(published: Path) -> set[str]:
    return {p.name for p in published.iterdir() if not p.is_symlink()}


def age(published: Path, run_id: str, day: int) -> None:
    os.utime(published / run_id, (day * 86_400, day * 86_400))


def test_the_released_snapshot_is_current(published: Path) -> None:
    target = release(build(published, "night-1"), keep=14)

    assert target == published / "night-1"
    assert current(published) == {"night-1"}
    assert folders(published) == {"night-1"}


def test_the_next_one_takes_its_place_and_the_last_one_stays(published: Path) -> None:
    release(build(published, "night-1"), keep=14)
    release(build(published, "night-2"), keep=14)

    assert current(published) == {"night-2"}
    assert folders(published) == {"night-1", "night-2"}


def test_the_link_does_not_name_the_folder_of_this_machine(published: Path) -> None:
    release(build(published, "night-1"), keep=14)

    assert (published / "current").readlink() == Path("night-1")


@pytest.mark.parametrize(
    ("operation", "which"),
    # In their order: the candidate gets its name, an old half-made link goes, a new one is made,
    # and it takes the place of `current`.
    [("replace", 1), ("unlink", 1), ("symlink_to", 1), ("replace", 2)],
)
def test_killed_before_any_operation_the_last_snapshot_is_whole_and_the_next_try_ends_well(
    published: Path, monkeypatch: pytest.MonkeyPatch, operation: str, which: int
) -> None:
    release(build(published, "night-1"), keep=14)
    building = build(published, "night-2")
    calls = 0
    real = getattr(Path, operation)

    def killed(self: Path, *args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == which:
            raise KilledError
        return real(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(Path, operation, killed)
        with pytest.raises(KilledError):
            release(building, keep=14)
    assert current(published) == {"night-1"}

    again = building if building.exists() else build(published, "night-2")
    release(again, keep=14)
    assert current(published) == {"night-2"}
    assert folders(published) == {"night-1", "night-2"}


# What a release does to the disk, below pathlib and shutil.
ON_DISK = (
    "open", "fsync", "chmod", "rename", "replace", "symlink", "unlink", "rmdir", "scandir",
    "listdir", "readlink", "stat", "lstat",
)  # fmt: skip


class FailingDisk:
    """Counts the operations of a release on the disk, and fails the one of this number, once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        self.calls = 0
        for name in ON_DISK:
            monkeypatch.setattr(os, name, self._counted(getattr(os, name), number))

    def _counted(self, real: Callable, number: int) -> Callable:
        def operation(*args: object, **options: object) -> object:
            self.calls += 1
            if self.calls == number:
                raise OSError(errno.EIO, "the share went away")
            return real(*args, **options)

        return operation


def fails_once(published: Path, number: int) -> bool:
    """Release night-2 over night-1 with the operation of this number failing, and again with the
    same arguments; returns whether the first try came to that operation."""
    published.mkdir()
    release(build(published, "night-0"), keep=14)
    release(build(published, "night-1"), keep=14)
    age(published, "night-0", 1)
    age(published, "night-1", 2)
    # Left by nights that died: half a folder of the same name, and half a candidate.
    (published / "night-2").mkdir()
    build(published, "night-3")
    building = build(published, "night-2")
    with pytest.MonkeyPatch.context() as patched:
        disk = FailingDisk(patched, number)
        with suppress(OSError):
            release(building, keep=2)
    assert current(published) in ({"night-1"}, {"night-2"})

    assert release(building, keep=2) == published / "night-2"

    assert current(published) == {"night-2"}
    assert folders(published) == {"night-1", "night-2"}
    return disk.calls >= number


def test_whatever_operation_failed_a_second_try_with_the_same_arguments_ends_well(
    tmp_path: Path,
) -> None:
    number = 1
    while fails_once(tmp_path / str(number), number):
        number += 1

    assert number > 60


def test_released_again_with_nothing_built_the_current_one_stays(published: Path) -> None:
    """What came after the swap failed, and the whole step is tried again."""
    building = build(published, "night-1")
    release(building, keep=14)

    assert release(building, keep=14) == published / "night-1"

    assert current(published) == {"night-1"}
    assert folders(published) == {"night-1"}


def test_a_candidate_of_the_current_run_does_not_take_it_away_for_a_moment(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(build(published, "night-1"), keep=14)
    real, seen = os.replace, []

    def looked_at(*args: Any) -> None:
        real(*args)
        seen.append(current(published))

    building = build(published, "night-1")
    monkeypatch.setattr(os, "replace", looked_at)
    monkeypatch.setattr(os, "rename", looked_at)
    release(building, keep=14)

    assert all(found == {"night-1"} for found in [*seen, current(published)])
    assert folders(published) == {"night-1"}


@pytest.mark.parametrize("lost", ["poolvigil.duckdb", ""])
def test_a_current_run_without_its_database_gives_way_to_the_candidate(
    published: Path, lost: str
) -> None:
    release(build(published, "night-1"), keep=14)
    (published / "night-1" / "poolvigil.duckdb").unlink()
    if not lost:
        shutil.rmtree(published / "night-1")

    release(build(published, "night-1"), keep=14)

    assert current(published) == {"night-1"}
    assert folders(published) == {"night-1"}


def test_without_a_candidate_and_a_snapshot_of_the_run_the_current_one_stays(
    published: Path,
) -> None:
    release(build(published, "night-1"), keep=14)

    with pytest.raises(PublishError, match="night-2"):
        release(published / ".building-night-2", keep=14)

    assert current(published) == {"night-1"}


def test_the_newest_stay_and_the_oldest_go(published: Path) -> None:
    for day, run_id in enumerate(("night-b", "night-c", "night-a"), 1):
        release(build(published, run_id), keep=14)
        age(published, run_id, day)

    release(build(published, "night-d"), keep=2)

    assert folders(published) == {"night-a", "night-d"}


def test_the_current_one_stays_though_it_is_old(published: Path) -> None:
    """A night as of an earlier date may find its own snapshot of long ago."""
    for day, run_id in enumerate(("night-1", "night-2", "night-3"), 1):
        release(build(published, run_id), keep=14)
        age(published, run_id, day)

    release(build(published, "night-1"), keep=1)

    assert current(published) == {"night-1"}


def test_what_a_killed_night_left_half_built_goes(published: Path) -> None:
    build(published, "night-0")

    release(build(published, "night-1"), keep=14)

    assert folders(published) == {"night-1"}


def test_half_a_folder_of_the_same_run_is_never_trusted(published: Path) -> None:
    """A kill while an old snapshot was deleted may leave its name with half its files."""
    half = published / "night-1"
    half.mkdir()
    (half / "poolvigil.duckdb").write_text("half")

    release(build(published, "night-1"), keep=14)

    assert current(published) == {"night-1"}
    assert folders(published) == {"night-1"}


def test_the_pages_of_snapshots_that_are_gone_go_too(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.published.mkdir()
    days = [f"2024-05-{day:02}-0123456789ab" for day in range(1, 5)]
    for day, run_id in enumerate(days, 1):
        release(build(home.published, run_id), keep=2)
        age(home.published, run_id, day)
        show_report(home)
    (home.reports / "notes.html").write_text("a person's")
    show_report(home)

    shown = {page.name for page in home.reports.iterdir()}
    assert shown == {days[2], days[3], "latest.html", "notes.html"}
    assert (home.reports / "latest.html").read_text() == days[3]
