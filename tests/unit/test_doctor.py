"""What `poolvigil doctor` finds around a home."""

import os
import time
from pathlib import Path

import pytest

from pv.errors import UsageError
from pv.night import doctor, lock, outcome
from pv.settings import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("POOLVIGIL_MEMORY_LIMIT", "1.1GB")
    (tmp_path / "inbox" / "faers").mkdir(parents=True)
    (tmp_path / "inbox" / "faers" / "a.zip").write_bytes(b"")
    return Home(tmp_path)


def wrong(home: Home, thing: str) -> list[str]:
    """What is wrong with one thing, with its mend."""
    found = doctor.examine(home.root)
    assert {each.thing for each in found} >= {
        "settings", "disk", "memory", "rights", "lock", "versions", "inbox", "clock"
    }  # fmt: skip
    assert all(each.mend for each in found if each.state == "wrong" and thing != "settings")
    return [str(each) for each in found if each.state == "wrong" and each.thing == thing]


@pytest.mark.parametrize("thing", ["settings", "rights", "lock", "versions", "inbox", "clock"])
def test_a_good_home_is_well(home: Home, thing: str) -> None:
    assert wrong(home, thing) == []


def test_even_a_small_night_needs_room_for_what_it_writes_and_for_its_log(home: Home) -> None:
    (disk,) = [found for found in doctor.examine(home.root) if found.thing == "disk"]
    assert "a night may need 456 MB" in disk.told


def test_a_disk_that_has_no_room_for_a_night_is_told(home: Home) -> None:
    home.work.mkdir(mode=0o700)
    with home.warehouse.open("wb") as opened:
        opened.truncate(1 << 43)  # no disk has it; nothing is written

    (told,) = wrong(home, "disk")
    assert "MB are free" in told and "make room" in told


def test_a_memory_limit_that_the_machine_has_not_is_told(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POOLVIGIL_MEMORY_LIMIT", "900TB")

    (told,) = wrong(home, "memory")
    assert "a night may take 900,000,000 MB (memory_limit)" in told
    assert "lower memory_limit to " in told


def test_open_working_files_and_a_missing_inbox_are_told(home: Home) -> None:
    home.work.mkdir()
    home.work.chmod(0o755)
    (told,) = wrong(home, "rights")
    assert told.endswith(f"is open to others; chmod 700 {home.work}")

    (home.inbox / "faers" / "a.zip").unlink()
    (home.inbox / "faers").rmdir()
    home.inbox.rmdir()
    assert "is not there" in wrong(home, "rights")[0]


@pytest.mark.parametrize("denied", ["inbox/faers/a.zip", "published"])
def test_what_may_not_be_read_or_written_is_told(
    home: Home, denied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may all: the system's answer stands in for the one that another user gets."""
    path = home.root / denied
    path.mkdir(exist_ok=True) if denied == "published" else None
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda p, mode: Path(p) != path and allowed(p, mode))

    (told,) = wrong(home, "rights")
    assert str(path) in told and "night's user" in told


def test_a_night_that_was_killed_is_told(home: Home) -> None:
    with lock.hold(home, "night"):
        outcome.Outcome(home, "night").begun()
        assert wrong(home, "lock") == []
    assert "ended from outside" in wrong(home, "lock")[0]


def test_a_library_of_another_version_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "requires", lambda _: ["duckdb<1", "no-such-library>=1"])

    (told,) = wrong(home, "versions")
    assert "duckdb" in told and "no-such-library is missing" in told


def test_an_empty_inbox_and_a_source_that_went_quiet_are_told(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 101 * 86_400
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: later)
        assert "nothing new for 101 days in inbox/faers" in wrong(home, "inbox")[0]

    (home.inbox / "faers" / "a.zip").unlink()
    (home.inbox / "faers").rmdir()
    assert "it is empty" in wrong(home, "inbox")[0]


def test_a_clock_before_the_last_night_is_told(home: Home) -> None:
    home.logs.mkdir()
    file = outcome.file(home)
    file.write_text("{}")
    os.utime(file, (time.time() + 7200,) * 2)

    assert "120 min before" in wrong(home, "clock")[0]


def test_a_wrong_setting_is_told_and_the_rest_is_looked_at(home: Home) -> None:
    (home.root / "poolvigil.toml").write_text("keep_snapshot = 3\n")

    assert "keep_snapshot" in wrong(home, "settings")[0]


def test_a_home_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        doctor.examine(tmp_path / "none")
