"""The lot key is the same every night, or a person has begun with another."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pv.cli import app
from pv.errors import UsageError
from pv.night import lot_key, writer
from pv.settings import Home
from pv.warehouse.kept import NAME, keep

ONE, OTHER = "the key of the tests", "another key for them"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in [name for name in os.environ if name.startswith("POOLVIGIL_")]:
        monkeypatch.delenv(name)
    made = Home(tmp_path / "home")
    made.root.mkdir()
    return made


def key(home: Home) -> bytes:
    """The key that a night would take."""
    with writer.warehouse(home) as con:
        return lot_key.of_night(con, home)


def refused(home: Home) -> str:
    """Why a night does not take the key; the home is as it was then."""
    before = home.lot_key.read_bytes() if home.lot_key.exists() else None
    with pytest.raises(UsageError) as stopped:
        key(home)
    assert (home.lot_key.read_bytes() if home.lot_key.exists() else None) == before
    assert "\n" not in str(stopped.value)
    assert f"`poolvigil new-lot-key --home {home.root}`" in str(stopped.value)
    return str(stopped.value)


def set_key(home: Home, value: str) -> None:
    (home.root / "poolvigil.toml").write_text(f'lot_key = "{value}"\n', encoding="utf-8")


def begin(home: Home) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["new-lot-key", "--home", str(home.root)])
    assert done.exception is None or isinstance(done.exception, UsageError | SystemExit)
    return (0, done.output) if done.exception is None else (2, str(done.exception))


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_it_is_made_once_and_only_its_owner_may_read_it(home: Home, umask: None) -> None:
    first = key(home)

    assert key(home) == first
    assert len(first) == 64  # 32 random bytes in hexadecimal
    assert stat.S_IMODE(home.lot_key.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.work.stat().st_mode) == 0o700


def test_two_homes_have_two(home: Home, tmp_path: Path) -> None:
    assert key(home) != key(Home(tmp_path / "other"))


def test_one_that_is_set_is_used_and_not_written_down(home: Home) -> None:
    set_key(home, ONE)

    assert key(home) == ONE.encode()
    assert not home.lot_key.exists()
    with duckdb.connect(str(home.warehouse)) as con:
        ((number, fingerprint),) = con.execute("from ops.lot_key").fetchall()
    assert number == 1
    assert len(fingerprint) == 64
    assert ONE not in fingerprint


def test_a_lost_one_is_not_replaced(home: Home) -> None:
    content = key(home)
    home.lot_key.unlink()

    assert f"the lot key is lost: {home.lot_key} is not there" in refused(home)

    home.lot_key.write_bytes(content)
    assert key(home) == content


def test_a_lost_one_is_not_replaced_either_where_an_earlier_version_made_it(home: Home) -> None:
    """It wrote no fingerprint down, but lots were loaded under it."""
    with writer.warehouse(home) as con:
        con.execute(
            """
            insert into staging.report_drug by name
            select 'faers' as source, 1 as file_id, 1 as line, '1' as source_report_id,
                1 as drug_seq, 'ab' as lot_hmac, [] as unparsed
            """
        )

    assert "the lot key is lost" in refused(home)

    home.lot_key.write_text(ONE)
    assert key(home) == ONE.encode()
    home.lot_key.write_text(OTHER)
    assert "is not that of the nights before" in refused(home)


@pytest.mark.parametrize("content", [b"", b"fifteen letters"])
def test_one_that_was_cut_is_refused(home: Home, content: bytes) -> None:
    key(home)
    home.lot_key.write_bytes(content)

    assert f"{home.lot_key} holds {len(content)} bytes" in refused(home)


def test_another_is_refused_until_a_person_begins_with_it(home: Home) -> None:
    set_key(home, ONE)
    key(home)
    set_key(home, OTHER)
    told = refused(home)
    assert "the lot key (setting lot_key) is not that of the nights before" in told
    assert "will match none that are loaded from then on" in told
    assert OTHER not in told

    assert begin(home)[0] == 0

    assert key(home) == OTHER.encode()
    set_key(home, ONE)
    assert "is not that of the nights before" in refused(home)


def test_a_person_begins_with_a_new_one_where_the_key_is_lost(home: Home) -> None:
    before = key(home)
    home.lot_key.unlink()

    assert begin(home)[0] == 0

    assert key(home) == home.lot_key.read_bytes() != before


def test_a_person_who_has_the_key_of_before_is_told_that_nothing_begins(home: Home) -> None:
    before = key(home)

    code, told = begin(home)

    assert (code, home.lot_key.read_bytes()) == (2, before)
    assert f"the lot key ({home.lot_key}) is that of the nights before" in told


def test_a_person_cannot_begin_with_one_that_can_be_guessed(home: Home) -> None:
    key(home)
    home.lot_key.write_text("short")

    code, told = begin(home)

    assert code == 2
    assert f"{home.lot_key} holds 5 bytes" in told


def test_its_fingerprint_outlasts_the_warehouse(home: Home) -> None:
    key(home)
    (home.published / "a-run").mkdir(parents=True)
    (home.published / "current").symlink_to("a-run")
    with writer.warehouse(home) as con:
        keep(con, home.published / "a-run")
    assert (home.published / "current" / NAME).exists()
    home.warehouse.unlink()
    home.lot_key.unlink()

    assert "the lot key is lost" in refused(home)
