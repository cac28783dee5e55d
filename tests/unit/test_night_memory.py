"""What memory the next night takes is told before it starts."""

from pathlib import Path

import duckdb
import pytest

from pv.night import memory
from pv.settings import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("POOLVIGIL_MEMORY_LIMIT", "4GB")
    return Home(tmp_path)


def published(home: Home, cells: int) -> None:
    home.current.parent.mkdir(parents=True)
    with duckdb.connect(str(home.current)) as con:
        con.execute("create schema mart")
        con.execute("create table mart.pair_country as from range($n)", {"n": cells})


def test_a_first_night_takes_its_limit_and_what_python_takes_itself(home: Home) -> None:
    assert str(memory.Need.of(home)) == (
        "a night may take 5,000 MB: memory_limit is 4,000 MB, Python takes 1,000 MB beside it"
    )


def test_the_cells_of_the_last_night_are_arrays_of_the_next(home: Home) -> None:
    published(home, 3_000_000)

    need = memory.Need.of(home)
    assert need.beside == 2_800_000_000
    assert str(need).endswith(
        "Python takes 2,800 MB beside it for 3,000,000 cells of the last night"
    )


def test_a_damaged_snapshot_says_nothing_of_cells(home: Home) -> None:
    home.current.parent.mkdir(parents=True)
    home.current.write_bytes(b"no database")

    assert memory.Need.of(home).cells == 0


@pytest.mark.parametrize(
    ("have", "told"),
    [
        (6_800_000_000, None),
        (6_799_000_000, "lower memory_limit to 3,999 MB, or give the machine more"),
        (2_899_000_000, "give the machine more"),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(have: int, told: str | None) -> None:
    assert memory.Need(share=4_000_000_000, cells=3_000_000).shortage(have) == told


def test_what_may_not_fit_is_told_in_one_line(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 4_500_000_000)

    assert memory.shortage(home) == (
        "the memory may not suffice: a night may take 5,000 MB: memory_limit is 4,000 MB, Python "
        "takes 1,000 MB beside it; 4,500 MB are available; lower memory_limit to 3,500 MB, or "
        "give the machine more"
    )


def test_of_a_night_that_fits_nothing_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 5_000_000_000)
    assert memory.shortage(home) is None

    monkeypatch.setattr(memory, "available", lambda: None)
    assert memory.shortage(home) is None
