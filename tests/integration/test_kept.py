"""A lost warehouse begins again with what the current snapshot kept, or not at all."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pv.dictionary import TABLES, table
from pv.errors import UsageError
from pv.warehouse import manifest
from pv.warehouse.connect import connect
from pv.warehouse.kept import NAME, keep, restore
from pv.warehouse.migrate import migrations

EARLIER = Path(__file__).parents[1] / "data" / "warehouse_81532b1" / "warehouse"
PERMANENT = [t.qualified for t in TABLES if t.durability == "permanent"]
# One value of each type; `row` is the number of the row.
VALUES = {
    "boolean": "row > 1", "integer": "row", "bigint": "row", "double": "row + 0.1", "date":
    "date '2024-01-31' + row::integer", "varchar": "'it''s ' || row", "varchar[]": "['a', 'b']",
    "json": """'{"a": 1}'""", "timestamp": "timestamp '2024-01-31 02:00:00' + to_hours(row)",
    "ubigint": "row",
}  # fmt: skip


def opened(database: Path) -> duckdb.DuckDBPyConnection:
    return connect(database, memory_limit="1GB", threads=1)


def rows(con: duckdb.DuckDBPyConnection, qualified: str) -> list[tuple]:
    return con.execute(f"from {qualified} order by all").fetchall()


class Home:
    """A warehouse whose every table has rows, beside the snapshot that kept it."""

    def __init__(self, root: Path) -> None:
        self.database = root / "work" / "warehouse.duckdb"
        self.snapshot = root / "published" / "current"
        folder = root / "published" / "night-1"
        folder.mkdir(parents=True)
        with opened(self.database) as con:
            for each in TABLES:
                if each.qualified != "ops.schema_version":
                    values = ", ".join(f"{VALUES[f.type]} as {f.name}" for f in each.fields)
                    con.execute(
                        f"insert into {each.qualified} by name "
                        f"select {values} from range(1, 4) as t (row)"
                    )
            con.execute("update ops.source_file set status = 'ok' where file_id = 1")
            con.execute("update ops.source_file set status = 'superseded' where file_id = 2")
            self.rows = {name: rows(con, name) for name in PERMANENT}
            keep(con, folder)
            assert con.execute("select current_database()").fetchall() == [("warehouse",)]
        self.snapshot.symlink_to("night-1")

    def lose(self) -> None:
        self.database.unlink()

    def refused(self) -> str:
        """Why a lost warehouse is not begun again; nothing is there then."""
        with pytest.raises(UsageError) as stopped:
            restore(self.database, self.snapshot)
        assert not self.database.exists()
        assert "\n" not in str(stopped.value)
        return str(stopped.value)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "it's a home")


@pytest.mark.parametrize("room", [0, 8, 12, 4096, 12_287])
def test_a_database_for_whose_beginning_there_was_no_room_is_none(home: Home, room: int) -> None:
    content = home.database.read_bytes()
    home.database.write_bytes(content[:room])

    assert restore(home.database, home.snapshot)

    with opened(home.database) as con:
        assert rows(con, "ops.alpha_ledger") == home.rows["ops.alpha_ledger"]


def test_what_is_no_database_is_not_taken_away(home: Home) -> None:
    home.database.write_text("what somebody put here")

    assert not restore(home.database, home.snapshot)
    assert home.database.read_text() == "what somebody put here"


def test_what_was_kept_comes_back_as_it_was(home: Home) -> None:
    home.lose()

    assert restore(home.database, home.snapshot)

    with opened(home.database) as con:
        found = {t.qualified: rows(con, t.qualified) for t in TABLES}
    files = found.pop("ops.source_file")
    assert {name for name, content in found.items() if content} | {"ops.source_file"} == set(
        PERMANENT
    )
    assert {n: c for n, c in found.items() if c} == {
        n: c for n, c in home.rows.items() if n != "ops.source_file"
    }
    # Its rows were in staging: it has to be read again, under its number.
    assert [row[0] for row in files] == [1, 2, 3]
    lost = dict(zip((f.name for f in table("ops.source_file").fields), files[0], strict=True))
    assert (lost["status"], lost["message"]) == (
        "unread", "its 1 rows were lost with the warehouse: put it back into the inbox",
    )  # fmt: skip
    assert files[0][1:6] == home.rows["ops.source_file"][0][1:6]
    assert files[1:] == home.rows["ops.source_file"][1:]


def test_a_warehouse_that_is_there_stays_as_it_is(home: Home) -> None:
    before = home.database.read_bytes()

    assert not restore(home.database, home.snapshot)

    assert home.database.read_bytes() == before


def test_a_home_without_a_snapshot_begins_with_nothing(tmp_path: Path) -> None:
    assert not restore(tmp_path / "work" / "warehouse.duckdb", tmp_path / "published" / "current")

    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_version_kept_is_migrated(home: Home) -> None:
    kept = home.snapshot / NAME
    kept.unlink()
    with duckdb.connect(str(kept)) as con:
        con.execute((EARLIER / "schema.sql").read_text(encoding="utf-8"))
        con.execute(f"insert into ops.alpha_ledger from '{EARLIER / 'ops_alpha_ledger.parquet'}'")
        ledger = rows(con, "ops.alpha_ledger")
    home.lose()

    restore(home.database, home.snapshot)

    with opened(home.database) as con:
        assert rows(con, "ops.schema_version") == [(m.number, m.name) for m in migrations()]
        added = "* exclude (late_alpha, late_windows, sequence_no, taken_back_on, taken_back_why)"
        found = con.execute(f"select {added} from ops.alpha_ledger order by all").fetchall()
        assert found == ledger != []
        sequences = "select distinct sequence_no, taken_back_on, taken_back_why"
        assert con.execute(f"{sequences} from ops.alpha_ledger").fetchall() == [(1, None, None)]
        # Before, five late windows shared 0.05 and each opened with its part.
        late = con.execute(
            "select distinct late_alpha, late_windows from ops.alpha_ledger where alpha = 0.01"
        ).fetchall()
        assert late == [(0.05, ["91-365 d", "1-2 y", "2-5 y", "5-10 y", "10-15 y"])]


def test_the_log_of_the_lost_warehouse_is_not_added_to_what_was_kept(home: Home) -> None:
    with duckdb.connect(str(home.database)) as con:
        con.execute("set checkpoint_threshold = '1GB'")
        con.execute("delete from ops.alpha_ledger")
        log = Path(f"{home.database}.wal")
        left = log.read_bytes()
    home.lose()
    log.write_bytes(left)

    restore(home.database, home.snapshot)

    with opened(home.database) as con:
        assert rows(con, "ops.alpha_ledger") == home.rows["ops.alpha_ledger"]


def _remove(kept: Path) -> None:
    kept.unlink()


def _cut(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])


def _overwrite(kept: Path) -> None:
    kept.write_text("no database at all")


def _flip(kept: Path) -> None:
    """A few bits in the block that holds the ledger's text."""
    content = bytearray(kept.read_bytes())
    (place, *_) = re.finditer(b"it's 2", content)
    content[place.start()] ^= 255
    kept.write_bytes(content)


@pytest.mark.parametrize("damage", [_remove, _cut, _overwrite, _flip])
def test_without_what_was_kept_it_stops_rather_than_spend_alpha_again(
    home: Home, damage: Callable[[Path], None]
) -> None:
    damage(home.snapshot / NAME)
    home.lose()

    told = home.refused()

    assert str(home.database) in told
    assert f"remove the link {home.snapshot} to begin with an empty alpha ledger" in told

    # As it says.
    home.snapshot.unlink()
    assert not restore(home.database, home.snapshot)


@pytest.fixture
def in_parts(tmp_path: Path) -> Home:
    """A snapshot whose case keys are in parts."""
    home = Home(tmp_path / "home")
    folder = home.snapshot.resolve()
    (folder / NAME).unlink()
    with opened(home.database) as con:
        keep(con, folder, parts_from=3)
    manifest.write(folder, fingerprint="f", page="p", summary={})
    return home


def test_case_keys_that_are_in_parts_come_back_too(in_parts: Home) -> None:
    in_parts.lose()

    assert restore(in_parts.database, in_parts.snapshot)

    with opened(in_parts.database) as con:
        assert rows(con, "core.case_key") == in_parts.rows["core.case_key"]
        assert rows(con, "ops.alpha_ledger") == in_parts.rows["ops.alpha_ledger"]


@pytest.mark.parametrize("lost", ["parts", "manifest.json", "a part", "a byte"])
def test_without_its_case_keys_no_warehouse_begins(in_parts: Home, lost: str) -> None:
    in_parts.lose()
    (part,) = (in_parts.snapshot / "parts" / "core.case_key").iterdir()
    if lost == "parts":
        shutil.rmtree(in_parts.snapshot / "parts")
    elif lost == "manifest.json":
        (in_parts.snapshot / lost).unlink()
    elif lost == "a part":
        part.unlink()
    else:
        part.write_bytes(part.read_bytes()[:-1] + b"x")

    assert "the parts of core.case_key are not whole" in in_parts.refused()
