"""The swap: whatever dies in it, `current` leads to a whole snapshot."""

import os
from pathlib import Path

import pytest

from pv.warehouse.publish import release


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    return folder


def build(published: Path, run_id: str) -> Path:
    """A candidate of two files, which are whole only together."""
    building = published / f".building-{run_id}"
    building.mkdir()
    (building / "poolvigil.duckdb").write_text(run_id)
    (building / "report.html").write_text(run_id)
    return building


def current(published: Path) -> set[str]:
    """What an analyst finds: one run's name when the snapshot is whole."""
    folder = published / "current"
    return {(folder / name).read_text() for name in ("poolvigil.duckdb", "report.html")}


def folders(published: Path) -> set[str]:
    return {p.name for p in published.iterdir() if not p.is_symlink()}


def age(published: Path, run_id: str, day: int) -> None:
    os.utime(published / run_id, (day * 86_400, day * 86_400))


def test_the_released_snapshot_is_current(published: Path) -> None:
    target = release(build(published, "night-1"), published, "night-1", keep=14)

    assert target == published / "night-1"
    assert current(published) == {"night-1"}
    assert folders(published) == {"night-1"}


def test_the_next_one_takes_its_place_and_the_last_one_stays(published: Path) -> None:
    release(build(published, "night-1"), published, "night-1", keep=14)
    release(build(published, "night-2"), published, "night-2", keep=14)

    assert current(published) == {"night-2"}
    assert folders(published) == {"night-1", "night-2"}


def test_the_link_does_not_name_the_folder_of_this_machine(published: Path) -> None:
    release(build(published, "night-1"), published, "night-1", keep=14)

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
    release(build(published, "night-1"), published, "night-1", keep=14)
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
            release(building, published, "night-2", keep=14)
    assert current(published) == {"night-1"}

    again = building if building.exists() else build(published, "night-2")
    release(again, published, "night-2", keep=14)
    assert current(published) == {"night-2"}
    assert folders(published) == {"night-1", "night-2"}


def test_the_newest_stay_and_the_oldest_go(published: Path) -> None:
    for day, run_id in enumerate(("night-b", "night-c", "night-a"), 1):
        release(build(published, run_id), published, run_id, keep=14)
        age(published, run_id, day)

    release(build(published, "night-d"), published, "night-d", keep=2)

    assert folders(published) == {"night-a", "night-d"}


def test_the_current_one_stays_though_it_is_old(published: Path) -> None:
    """A night as of an earlier date may find its own snapshot of long ago."""
    for day, run_id in enumerate(("night-1", "night-2", "night-3"), 1):
        release(build(published, run_id), published, run_id, keep=14)
        age(published, run_id, day)

    release(build(published, "night-1"), published, "night-1", keep=1)

    assert current(published) == {"night-1"}


def test_what_a_killed_night_left_half_built_goes(published: Path) -> None:
    build(published, "night-0")

    release(build(published, "night-1"), published, "night-1", keep=14)

    assert folders(published) == {"night-1"}


def test_half_a_folder_of_the_same_run_is_never_trusted(published: Path) -> None:
    """A kill while an old snapshot was deleted may leave its name with half its files."""
    half = published / "night-1"
    half.mkdir()
    (half / "report.html").write_text("half")

    release(build(published, "night-1"), published, "night-1", keep=14)

    assert current(published) == {"night-1"}
    assert folders(published) == {"night-1"}
