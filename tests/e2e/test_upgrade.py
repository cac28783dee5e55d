"""A home of an earlier version goes on where it was; so does one whose warehouse is lost.

The earlier one is tests/data/warehouse_81532b1, whose make.py says how it was made. Two chains of
the pool and one of Italy have signalled there.
"""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pv.warehouse import heads

FIXTURE = Path(__file__).parents[1] / "data" / "warehouse_81532b1"
LATE = "Progressive multifocal leukoencephalopathy"
KEY = "product, event, event_kind, latency_window, country"

# What an upgrade must not change, each as a query.
KEPT = {
    "verdicts": "select product, event, event_kind, verdict, n, countries_flagged from mart.signal",
    "ledger": f"select {KEY}, chain_no, opened_on, horizon, alpha, alpha_spent, critical_value, "
    "chain_status, closed_on, n_at_signal, expected_at_signal from ops.alpha_ledger",
    "looks": f"select {KEY}, as_of, n_seen, expected_seen, llr, signal from ops.sequential_look",
    "case keys": "select case_id, authority, source_case_id from core.case_key",
    "files": "select file_id, source, name, sha256, rows_read, status from ops.source_file",
}
STATE = "select state_id, as_of, product, event, event_kind, verdict, n from "
# Each state whole: as the earlier version stored it, and as this one shows it.
STORED = STATE + "mart.signal_history"
SHOWN = STATE + f"({heads.read('views/signal_history').body})"


def rows(database: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as con:
        return con.execute(f"{query} order by all").fetchall()


def warehouse(home: Path) -> Path:
    return home / "work" / "warehouse.duckdb"


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> Path:
    """The home as the earlier version left it, with its retention. Not to be changed."""
    home = tmp_path_factory.mktemp("earlier")
    shutil.copytree(FIXTURE / "inbox", home / "inbox")
    (home / "spec").mkdir()
    shutil.copy(FIXTURE / "retention.toml", home / "spec")
    warehouse(home).parent.mkdir()
    with duckdb.connect(str(warehouse(home))) as con:
        con.execute((FIXTURE / "warehouse" / "schema.sql").read_text(encoding="utf-8"))
        for file in (FIXTURE / "warehouse").glob("*.parquet"):
            schema, _, table = file.stem.partition("_")
            con.execute(f"insert into {schema}.{table} from '{file}'")
    return home


@pytest.fixture(scope="module")
def upgraded(poolvigil, earlier: Path, tmp_path_factory) -> Path:
    """The same home after one night of this version. Not to be changed."""
    home = shutil.copytree(earlier, tmp_path_factory.mktemp("upgraded") / "home", symlinks=True)
    assert poolvigil.run(home).summary["status"] == "published"
    return home


@pytest.fixture(scope="module")
def fresh(poolvigil, tmp_path_factory) -> Path:
    """A home of the same files after its first night, which is of this version."""
    home = tmp_path_factory.mktemp("fresh")
    shutil.copytree(FIXTURE / "inbox", home / "inbox")
    assert poolvigil.run(home).summary["status"] == "published"
    return home


def test_the_earlier_warehouse_has_no_version_and_its_chains_have_signalled(earlier: Path) -> None:
    """Otherwise equal tables would mean little."""
    assert rows(warehouse(earlier), "select 1 from duckdb_tables() where table_name like '%vers%'"
                " and schema_name = 'ops'") == []  # fmt: skip
    signalled = rows(
        warehouse(earlier),
        "select country, latency_window, n_at_signal from ops.alpha_ledger "
        "where chain_status = 'signalled' and event_kind = 'event'",
    )
    assert signalled == [("IT", "91-365 d", 1), ("all", "31-90 d", 4), ("all", "all", 5)]
    verdicts = dict(
        rows(warehouse(earlier), "select verdict, count(*) from mart.signal group by 1")
    )
    assert verdicts == {"not_flagged": 65, "pooled_only": 2}
    assert len(rows(warehouse(earlier), "select distinct state_id from mart.signal_history")) == 4


@pytest.mark.parametrize("what", KEPT)
def test_the_first_night_after_an_upgrade_says_what_the_earlier_version_said(
    earlier: Path, upgraded: Path, what: str
) -> None:
    before = rows(warehouse(earlier), KEPT[what])

    assert len(before) > 10
    assert rows(warehouse(upgraded), KEPT[what]) == before


def test_published_survival_takes_the_chains_back_by_name_and_keeps_what_they_said(
    poolvigil, earlier: Path, copied: Callable[[Path], Path]
) -> None:
    """This version's own retention says that fewer of the treated are followed."""
    home = copied(earlier)
    (home / "spec" / "retention.toml").unlink()
    before = rows(warehouse(home), KEPT["ledger"])
    assert poolvigil.run(home).summary["status"] == "published"

    taken_back = KEPT["ledger"] + " where taken_back_why = 'exposure'"
    assert rows(warehouse(home), taken_back) == before
    anew = rows(warehouse(home), KEPT["ledger"] + " where taken_back_on is null")
    assert [row[:5] for row in anew] == [row[:5] for row in before]


def test_an_upgrade_loses_no_state_of_the_history_and_adds_its_own(
    earlier: Path, upgraded: Path
) -> None:
    before, after = rows(warehouse(earlier), STORED), rows(warehouse(upgraded), SHOWN)
    added = [row for row in after if row not in before]

    assert [row for row in after if row in before] == before
    assert len({row[0] for row in added}) == 1
    # The code has changed, so that the state has another name; its rows are those of before.
    last = [row[1:] for row in before if row[1] == date(2024, 6, 30)]
    assert [row[1:] for row in added] == last


def test_a_lost_warehouse_comes_back_and_later_nights_are_those_of_one_that_was_not_lost(
    poolvigil, world, fresh: Path, copied: Callable[[Path], Path], tmp_path: Path
) -> None:
    lost = copied(fresh)
    undisturbed = shutil.copytree(fresh, tmp_path / "undisturbed", symlinks=True)
    warehouse(lost).unlink()

    assert poolvigil.run(lost).summary["status"] == "unchanged"
    for what in ("ledger", "looks", "case keys", "files"):
        assert rows(warehouse(lost), KEPT[what]) == rows(warehouse(fresh), KEPT[what]), what

    # German cases, so that other chains look and signal.
    received = [date(2024, 8, 1) + timedelta(days=i) for i in range(4)]
    cases = [
        world.case(40_000_000 + i, "DE", ("KYMRIAH",), (LATE,), day,
                   values={"event_dt": f"{day - timedelta(days=5):%Y%m%d}", "age": str(40 + i),
                           "age_cod": "YR"})
        for i, day in enumerate(received)
    ]  # fmt: skip
    for home in (lost, undisturbed):
        world.write(home, "24Q3", cases)
        assert poolvigil.run(home).summary["status"] == "published"

    # The gate has seen all files in one night here, and those of the quarter there.
    tables, expected = (
        world.read(world.current(home), without=("ops.validation",)) for home in (lost, undisturbed)
    )
    assert tables == expected
    signalled = "select 1 from ops.alpha_ledger where chain_status = 'signalled'"
    assert len(rows(warehouse(lost), signalled)) > len(rows(warehouse(fresh), signalled))
    assert rows(warehouse(lost), KEPT["case keys"]) == rows(
        warehouse(undisturbed), KEPT["case keys"]
    )


def test_a_lost_warehouse_whose_snapshot_kept_nothing_stops_the_night(
    poolvigil, upgraded: Path, copied: Callable[[Path], Path]
) -> None:
    home = copied(upgraded)
    warehouse(home).unlink()
    (home / "published" / "current" / "kept.duckdb").unlink()

    done = poolvigil.run(home)

    assert done.failure["exit_code"] == 2
    (line,) = [line for line in done.err.splitlines() if line.startswith("poolvigil:")]
    assert "to begin with an empty alpha ledger" in line
    assert not warehouse(home).exists()
