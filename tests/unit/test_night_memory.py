"""What memory the next night takes is told before it starts, and bounds it."""

from pathlib import Path

import duckdb
import pytest

from pv.night import memory, start, writer
from pv.settings import Home
from pv.simulate.scenarios.demo import write_demo


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("POOLVIGIL_MEMORY_LIMIT", "4GB")
    return Home(tmp_path)


def published(home: Home, cells: int) -> None:
    home.current.parent.mkdir(parents=True)
    with duckdb.connect(str(home.current)) as con:
        con.execute("create schema mart")
        con.execute("create table mart.pair_country as from range($n)", {"n": cells})


def test_a_first_night_takes_its_limit(home: Home) -> None:
    assert str(memory.Need.of(home)) == (
        "a night may take 4,000 MB (memory_limit), and takes 1,100 MB at least"
    )


def test_the_cells_of_the_last_night_are_arrays_of_the_next(home: Home) -> None:
    published(home, 3_000_000)

    assert str(memory.Need.of(home)).endswith(
        "takes 3,260 MB at least with the 3,000,000 cells of the last night"
    )


def limit(con: duckdb.DuckDBPyConnection) -> float:
    """MiB."""
    [(said,)] = con.execute("select current_setting('memory_limit')").fetchall()
    number, unit = said.split()
    return float(number) * {"MiB": 1, "GiB": 1024}[unit]


def test_what_arrays_take_is_taken_from_duckdb(home: Home) -> None:
    with writer.warehouse(home) as con:
        assert limit(con) == pytest.approx(3e9 / 2**20, rel=0.1)
        memory.leave(con, 1_000_000)
        assert limit(con) == pytest.approx(2.28e9 / 2**20, rel=0.1)
        memory.leave(con, 1_000_000_000)
        assert limit(con) == pytest.approx(1e8 / 2**20, rel=0.1)


def test_the_statistics_of_a_night_leave_room_for_their_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    monkeypatch.setattr(memory, "leave", lambda con, cells: left.append(cells))
    write_demo(tmp_path / "inbox", 1)

    assert start.run_night(tmp_path, None, None)["status"] == "published"

    assert left == [memory.Need.of(Home(tmp_path)).cells] != [0]


def test_a_damaged_snapshot_says_nothing_of_cells(home: Home) -> None:
    home.current.parent.mkdir(parents=True)
    home.current.write_bytes(b"no database")

    assert memory.Need.of(home).cells == 0


@pytest.mark.parametrize(
    ("have", "told"),
    [
        (4_000_000_000, None),
        (3_999_000_000, "lower memory_limit to 3,999 MB, or give the machine more"),
        (3_259_000_000, "give the machine 3,260 MB at least"),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(have: int, told: str | None) -> None:
    assert memory.Need(limit=4_000_000_000, cells=3_000_000).shortage(have) == told


def test_a_limit_that_the_arrays_do_not_fit_into_is_told() -> None:
    need = memory.Need(limit=3_200_000_000, cells=3_000_000)
    assert need.shortage(10**10) == "raise memory_limit to 3,260 MB at least"


def test_what_may_not_fit_is_told_in_one_line(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 3_500_000_000)

    assert memory.shortage(home) == (
        "the memory may not suffice: a night may take 4,000 MB (memory_limit), and takes 1,100 MB "
        "at least; 3,500 MB are available; lower memory_limit to 3,500 MB, or give the machine more"
    )


def test_of_a_night_that_fits_nothing_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 4_000_000_000)
    assert memory.shortage(home) is None

    monkeypatch.setattr(memory, "available", lambda: None)
    assert memory.shortage(home) is None
