"""Nothing gets smaller without a person: what would take much away is held."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.errors import UsageError
from pv.night import held
from pv.quality import GateSummary, Published, Shares, continuity, gate, gx
from pv.quality.suites import Suite
from pv.sources import LoadSummary, load_inbox
from pv.warehouse import manifest
from pv.warehouse.relations import run_script

NIGHT = date(2024, 2, 1)
QUARTER = "faers/q/DEMO17Q2.txt"


def counted(
    con: duckdb.DuckDBPyConnection, chosen: Sequence[Suite], *_: Any
) -> dict[tuple[str, str], int]:
    """What Great Expectations counts, without its seconds (tests/integration/test_quality_gate)."""
    return {
        (suite.name, e.rule): len(
            con.execute(f"select 1 from gate.{suite.table} where {e.fails}").fetchall()
        )
        for suite in chosen
        for e in suite.expectations
    }


def demo(cases: Iterable[int], day: str = "20170105") -> str:
    """A table DEMO: each case in its first version."""
    rows = (f"{n}1${n}$1${day}\n" for n in cases)
    return "primaryid$caseid$caseversion$fda_dt\n" + "".join(rows)


def drug(cases: Iterable[int]) -> str:
    rows = (f"{n}1$1$PS$KYMRIAH\n" for n in cases)
    return "primaryid$drug_seq$role_cod$drugname\n" + "".join(rows)


def deleted(cases: Iterable[int]) -> str:
    return "".join(f"{n}\n" for n in cases)


class Home:
    """An inbox and a database in memory; `night` publishes what it has, as far as the next asks."""

    def __init__(self, root: Path) -> None:
        self.inbox, self.scratch = root / "inbox", root / "scratch"
        self.inbox.mkdir(parents=True)
        self.con = duckdb.connect()
        for statement in script(SCHEMAS, TABLES):
            self.con.execute(statement)
        self.last: Published | None = None

    def put(self, **files: str) -> None:
        """Files by name, `/` and `.` written `__` and `_dot_`."""
        for name, content in files.items():
            self.write(name.replace("__", "/").replace("_dot_", "."), content)

    def write(self, name: str, content: str) -> None:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def load(self) -> LoadSummary:
        return load_inbox(self.con, self.inbox, self.scratch, b"key")

    def check(self, **shares: float) -> GateSummary:
        # Lists of later quarters come without the quarters between.
        asked = Shares(**{"lock_point_days": 366, **shares})
        return gate(self.con, self.scratch, NIGHT, last=self.last, shares=asked)

    def publish(self) -> None:
        files = self.con.execute(
            "select source, name, sha256, rows_kept from ops.source_file where status = 'ok'"
        ).fetchall()
        cases = self.con.execute("select source, cases_in_use from ops.source_cases").fetchall()
        self.last = Published(tuple(files), dict(cases))

    def night(self, **shares: float) -> LoadSummary:
        """A whole night; returns what it found in the inbox."""
        found = self.load()
        self.check(**shares)
        kept = [held.of_file(h.kind, h.source, h.name, h.reason) for h in self.held]
        held.write(self.con, held.FILE_KINDS, kept)
        self.publish()
        return found

    def accept(self, *names: str) -> None:
        held.accept(self.con, names)

    def lose_warehouse(self) -> None:
        run_script(self.con, "kept/source_file")
        for table in TABLES:
            if table.durability != "permanent":
                self.con.execute(f"delete from {table.qualified}")

    @property
    def held(self) -> list[continuity.Held]:
        return continuity.held(self.con)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(h.name, h.kind) for h in self.held]

    @property
    def states(self) -> dict[str, list[str]]:
        """The states of the lines of each name, without missing tables and what was superseded."""
        rows = self.con.execute(
            "select name, list(status order by file_id) from ops.source_file "
            "where status not in ('missing', 'superseded') group by name"
        ).fetchall()
        return dict(rows)

    @property
    def cases(self) -> list[int]:
        """Numbers of the cases that count."""
        rows = self.con.execute(
            "select source_case_id::int from staging.report where action = 'report' "
            "and source_case_id not in "
            "(select source_case_id from staging.report where action = 'delete') order by 1"
        ).fetchall()
        return [n for (n,) in rows]

    def rows(self) -> dict[str, list[tuple]]:
        names = [t.qualified for t in TABLES if t.schema == "staging"]
        names += ["ops.source_file", "ops.quarantine", "ops.held", "ops.source_cases"]
        return {n: self.con.execute(f"from {n} order by all").fetchall() for n in names}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(gx, "validate", counted)
    return Home(tmp_path)


@pytest.fixture
def published(home: Home) -> Home:
    """A home whose quarter of 200 cases is published."""
    home.write(QUARTER, demo(range(1, 201)))
    home.night()
    assert (home.cases, home.kinds) == ([*range(1, 201)], [])
    return home


MOSTLY_BAD = demo(range(1, 51)) + demo(range(51, 201), "19590101").partition("\n")[2]
HEADER = demo([])


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        pytest.param(HEADER, 0, id="header alone"),
        pytest.param(demo(range(1, 3)), 2, id="cut"),
        pytest.param(demo(range(1, 180)), 179, id="just under 90 %"),
        pytest.param(MOSTLY_BAD, 0, id="mostly bad"),
    ],
)
def test_a_redelivery_with_too_few_rows_is_held_and_the_rows_of_before_stay(
    published: Home, content: str, kept: int
) -> None:
    published.write(QUARTER, content)

    published.night()

    assert published.cases == [*range(1, 201)]
    assert published.states["q/DEMO17Q2.txt"] == ["ok", "held"]
    (told,) = published.held
    assert (told.kind, told.source, told.name) == ("redelivery", "faers", "q/DEMO17Q2.txt")
    assert f"it keeps {kept} rows, and what came earlier under this name kept 200" in told.reason
    assert ("more than half of its rows are bad" in told.reason) == (content == MOSTLY_BAD)
    assert published.con.execute("from ops.quarantine").fetchall() == []


@pytest.mark.parametrize("cases", [range(1, 181), range(1, 300)])
def test_a_redelivery_with_enough_rows_takes_the_place_of_the_one_before(
    published: Home, cases: range
) -> None:
    published.write(QUARTER, demo(cases))

    published.night()

    assert (published.cases, published.kinds) == ([*cases], [])
    assert published.states["q/DEMO17Q2.txt"] == ["ok"]


def test_while_nothing_is_published_nothing_is_held(home: Home) -> None:
    home.write(QUARTER, demo(range(1, 201)))
    home.load()
    home.check()
    home.write(QUARTER, demo(range(1, 3)))

    home.night()

    assert (home.cases, home.kinds) == ([1, 2], [])


def test_what_is_mostly_bad_takes_nobodys_place_while_nothing_is_published(home: Home) -> None:
    home.write(QUARTER, demo(range(1, 201)))
    home.load()
    home.check()
    home.write(QUARTER, MOSTLY_BAD)

    home.night()

    assert home.cases == [*range(1, 201)]
    assert home.states["q/DEMO17Q2.txt"] == ["ok", "failed"]
    (message,) = home.con.execute(
        "select message from ops.source_file where status = 'failed'"
    ).fetchone() or ("",)
    assert "; what came earlier under this name stays in use" in message


def test_the_first_delivery_of_a_name_that_is_mostly_bad_fails_as_before(published: Home) -> None:
    published.write("faers/r/DEMO17Q3.txt", MOSTLY_BAD)

    published.night()

    assert published.states["r/DEMO17Q3.txt"] == ["failed"]
    assert published.kinds == []


def test_other_tables_of_the_delivery_are_held_with_the_one_they_are_joined_with(
    home: Home,
) -> None:
    other, list_ = "faers/q/DRUG17Q2.txt", "faers/q/DELETE17Q2.txt"
    home.write(QUARTER, demo(range(1, 201)))
    home.write(other, drug(range(1, 201)))
    home.write(list_, deleted([1]))
    home.night()

    home.write(QUARTER, demo(range(1, 11)))
    home.write(other, drug(range(1, 250)))
    home.write(list_, deleted([1, 2]))
    home.night()

    assert home.kinds == [("q/DEMO17Q2.txt", "redelivery"), ("q/DRUG17Q2.txt", "redelivery")]
    assert home.states["q/DELETE17Q2.txt"] == ["ok"]
    home.accept("q/DEMO17Q2.txt")
    home.night()
    # Most of its drugs are of reports that the delivery has no longer.
    assert (home.kinds, home.cases) == ([("q/DRUG17Q2.txt", "redelivery")], [*range(3, 11)])
    home.accept("q/DRUG17Q2.txt")
    home.night()
    assert (home.kinds, home.cases) == ([], [*range(3, 11)])
    assert home.con.execute("select count(*) from staging.report_drug").fetchall() == [(249,)]


def test_a_list_that_deletes_most_cases_is_held_and_one_that_deletes_few_is_not(
    published: Home,
) -> None:
    published.write("faers/mad/DELETE17Q3.txt", deleted(range(1, 200)))
    published.write("faers/few/DELETE17Q3.txt", deleted(range(1, 11)))

    published.night()

    assert published.cases == [*range(11, 201)]
    assert published.kinds == [("mad/DELETE17Q3.txt", "deletions")]
    # What another list has deleted already is not deleted again.
    assert "deletes 199 of the 200 cases of faers" in published.held[0].reason


def test_a_deleted_case_is_measured_against_every_source_of_its_authority(
    published: Home,
) -> None:
    """The dashboard has the same cases; of its twenty the list takes three."""
    published.con.execute(
        """
        insert into staging.report by name
        select * replace ('faers_dashboard' as source, 900 as file_id)
        from staging.report where line <= 21
        """
    )
    published.con.execute(
        """
        insert into ops.source_file by name
        select 900 as file_id, 'faers_dashboard' as source, 'a.xlsx' as name, 'a' as sha256,
            'staging.report' as staging_table, 20 as rows_read, 20 as rows_kept,
            0 as rows_quarantined, 'ok' as status
        """
    )
    published.write("faers/l/DELETE17Q3.txt", deleted(range(1, 4)))

    published.check()
    published.load()
    published.check()

    assert published.kinds == [("l/DELETE17Q3.txt", "deletions")]
    assert "deletes 3 of the 20 cases of faers_dashboard" in published.held[0].reason


def test_losses_that_are_small_each_are_held_when_their_sum_is_not(home: Home) -> None:
    """Two quarters redelivered at 91 % each and a list: 9 + 9 + 4 of 200 cases."""
    home.write("faers/a/DEMO17Q1.txt", demo(range(1, 101)))
    home.write("faers/b/DEMO17Q2.txt", demo(range(101, 201)))
    home.night()
    home.write("faers/a/DEMO17Q1.txt", demo(range(10, 101)))
    home.write("faers/b/DEMO17Q2.txt", demo(range(110, 201)))
    home.night()
    assert (len(home.cases), home.kinds) == (182, []), "18 of 200 are fewer than 10 %"

    home.write("faers/a/DEMO17Q1.txt", demo(range(18, 101)))
    home.write("faers/b/DEMO17Q2.txt", demo(range(118, 201)))
    home.write("faers/l/DELETE17Q3.txt", deleted([50, 150, 51, 151]))
    home.night()

    names = ("a/DEMO17Q1.txt", "b/DEMO17Q2.txt", "l/DELETE17Q3.txt")
    assert home.kinds == [(name, "source_loss") for name in names]
    assert "faers would lose 20 of its 182 cases" in home.held[0].reason
    assert len(home.cases) == 182


def test_losses_of_nights_that_did_not_publish_add_up(published: Home) -> None:
    published.write(QUARTER, demo(range(1, 186)))
    published.load()
    published.check()
    assert published.kinds == []

    published.write(QUARTER, demo(range(1, 176)))
    published.load()
    published.check()

    assert published.kinds == [("q/DEMO17Q2.txt", "source_loss")]
    assert "faers would lose 25 of its 200 cases" in published.held[0].reason
    assert published.cases == [*range(1, 186)]


def test_cases_are_counted_not_rows(published: Home) -> None:
    """As many rows as before, of half the cases: each twice, in two versions."""
    again = "".join(f"{n}2${n}$2$20170406\n" for n in range(1, 101))

    published.write(QUARTER, demo(range(1, 101)) + again)
    published.night()

    assert published.kinds == [("q/DEMO17Q2.txt", "source_loss")]
    assert "faers would lose 100 of its 200 cases" in published.held[0].reason


def test_nullified_cases_are_lost_too(published: Home) -> None:
    published.write("faers/r/DEMO17Q3.txt", demo(range(201, 203)))
    published.load()
    # FAERS nullifies by its lists; a source that sends nullifications does it like this.
    published.con.execute(
        """
        insert into staging.report by name
        select s.* replace (
            f.file_id as file_id, s.line + 2 as line, s.version + 1 as version,
            'nullify' as action
        )
        from staging.report s, ops.source_file f
        where s.line <= 30 and s.file_id = 1 and f.name = 'r/DEMO17Q3.txt'
        """
    )
    published.con.execute("update ops.source_file set rows_read = 31 where status = 'loaded'")

    published.check()

    assert published.kinds == [("r/DEMO17Q3.txt", "source_loss")]
    assert "faers would lose 27 of its 200 cases" in published.held[0].reason


def test_a_copy_of_another_delivery_in_place_of_a_file_is_held(home: Home) -> None:
    home.write("faers/a/DEMO17Q1.txt", demo(range(1, 101)))
    home.write("faers/b/DEMO17Q2.txt", demo(range(101, 201)))
    home.night()

    home.write("faers/b/DEMO17Q2.txt", demo(range(1, 101)))
    home.night()

    assert home.kinds == [("b/DEMO17Q2.txt", "redelivery")]
    assert home.cases == [*range(1, 201)]
    home.accept("b/DEMO17Q2.txt")
    home.night()
    assert home.states["b/DEMO17Q2.txt"] == ["same_as"]
    assert home.cases == [*range(1, 101)]


def test_what_else_comes_is_let_in_beside_what_is_held(published: Home) -> None:
    published.write(QUARTER, demo(range(1, 3)))
    published.write("faers/r/DEMO17Q3.txt", demo(range(201, 301)))

    published.night()

    assert published.cases == [*range(1, 301)]
    assert published.kinds == [("q/DEMO17Q2.txt", "redelivery")]


def test_rules_see_what_replaces_and_not_what_is_replaced(home: Home) -> None:
    """Exposure of another half of the year: no overlap with the half that it replaces."""
    half = "product,country,period_start,period_end,patients,reference\np,FR,{},{},1,r\n"
    home.write("exposure/e.csv", half.format("2023-01-01", "2023-06-30"))
    home.night()

    home.write("exposure/e.csv", half.format("2023-03-01", "2023-09-30"))
    home.night()

    assert home.con.execute("from ops.quarantine").fetchall() == []
    assert home.con.execute("select period_start::varchar from staging.exposure").fetchall() == [
        ("2023-03-01",)
    ]


def test_what_is_held_bears_on_no_other_file(home: Home) -> None:
    """A held file covers the whole year; another that covers its second half is none the worse."""
    head = "product,country,period_start,period_end,patients,reference\n"
    months = "".join(f"p,FR,2023-0{m}-01,2023-0{m}-28,1,r\n" for m in range(1, 7))
    home.write("exposure/e.csv", head + months)
    home.night()

    home.write("exposure/e.csv", f"{head}p,FR,2023-01-01,2023-12-31,1,r\n")
    home.write("exposure/f.csv", f"{head}p,FR,2023-07-01,2023-12-31,1,r\n")
    home.night()

    assert home.kinds == [("e.csv", "redelivery")]
    assert home.con.execute("from ops.quarantine").fetchall() == []
    assert home.con.execute("select count(*) from staging.exposure").fetchall() == [(7,)]


def test_what_is_held_is_held_again_without_being_read(published: Home) -> None:
    published.write(QUARTER, demo(range(1, 3)))
    published.night()
    before = published.rows()

    found = published.night()

    assert (found.held, found.loaded, found.rows_read) == (1, 0, 0)
    assert published.rows() == before


def test_the_companions_of_a_file_that_is_mended_are_judged_again(home: Home) -> None:
    home.write("faers/a/DEMO17Q1.txt", demo(range(1, 101)))
    home.night()
    home.write("faers/a/DEMO17Q1.txt", demo(range(8, 101)))
    home.write("faers/b/DELETE17Q2.txt", deleted(range(8, 12)))
    home.night()
    assert [kind for _, kind in home.kinds] == ["source_loss", "source_loss"]

    home.write("faers/a/DEMO17Q1.txt", demo(range(1, 111)))
    home.night()

    assert home.kinds == []
    assert home.cases == [*range(1, 8), *range(12, 111)]


def test_a_held_file_that_leaves_the_inbox_is_forgotten(published: Home) -> None:
    published.write(QUARTER, demo(range(1, 3)))
    published.night()

    published.write(QUARTER, demo(range(1, 201)))
    published.night()

    assert published.kinds == []
    assert published.states == {"q/DEMO17Q2.txt": ["ok"]}


@pytest.mark.parametrize(
    ("content", "cases"),
    [(HEADER, []), (demo([1, 2]), [1, 2]), (MOSTLY_BAD, [*range(1, 51)])],
)
def test_what_is_accepted_is_let_in_by_the_next_night(
    published: Home, content: str, cases: list[int]
) -> None:
    published.write(QUARTER, content)
    published.night()

    published.accept("q/DEMO17Q2.txt")
    published.accept("q/DEMO17Q2.txt")
    published.night()

    assert (published.kinds, published.cases) == ([], cases)
    assert published.states["q/DEMO17Q2.txt"] == ["ok"]
    assert len(published.con.execute("from ops.acceptance").fetchall()) == 1
    published.accept("faers/q/DEMO17Q2.txt")
    before = published.rows()
    published.night()
    assert published.rows() == before


def test_other_bytes_than_those_accepted_are_judged_anew(published: Home) -> None:
    published.write(QUARTER, demo(range(1, 101)))
    published.night()
    published.accept("q/DEMO17Q2.txt")

    published.write(QUARTER, demo(range(1, 51)))
    published.night()

    assert published.kinds == [("q/DEMO17Q2.txt", "redelivery")]
    assert published.cases == [*range(1, 201)]


def test_a_folder_stands_for_all_that_is_held_in_it(home: Home) -> None:
    for cases in (range(1, 201), range(1, 3)):
        home.write(QUARTER, demo(cases))
        home.write("faers/q/DRUG17Q2.txt", drug(cases))
        home.night()
    assert len(home.kinds) == 2

    home.accept("q")
    home.night()

    assert (home.kinds, home.cases) == ([], [1, 2])


def test_a_name_that_is_not_held_accepts_nothing(published: Home) -> None:
    published.write(QUARTER, demo([1]))
    published.night()

    with pytest.raises(UsageError, match=r"q/DEMO17Q1\.txt is not held"):
        published.accept("q/DEMO17Q2.txt", "q/DEMO17Q1.txt")

    assert published.con.execute("from ops.acceptance").fetchall() == []


def test_the_mend_names_the_command_whatever_the_file_is_called() -> None:
    told = held.of_file("redelivery", "faers", "it's $(rm -rf).txt", "r")

    assert """poolvigil accept 'it'"'"'s $(rm -rf).txt'""" in told.mend


def test_shares_are_settings(published: Home) -> None:
    published.write(QUARTER, demo(range(1, 101)))
    published.write("faers/l/DELETE17Q3.txt", deleted(range(1, 51)))

    published.night(redelivery=0.5, deletions=0.25, loss=0.75)

    assert (published.kinds, published.cases) == ([], [*range(51, 101)])


def lose(home: Home) -> None:
    home.lose_warehouse()
    assert home.cases == []


def unchanged(home: Home) -> None:
    """The warehouse is there."""


@pytest.mark.parametrize("then", [lose, unchanged])
def test_what_is_held_stays_held_and_what_was_accepted_stays_in_without_the_warehouse(
    published: Home, then: Callable[[Home], None]
) -> None:
    published.write("faers/r/DEMO17Q3.txt", demo(range(201, 401)))
    published.night()
    published.write("faers/r/DEMO17Q3.txt", demo(range(201, 211)))
    published.night()
    published.accept("r/DEMO17Q3.txt")
    published.night()
    published.write("faers/l/DELETE17Q3.txt", deleted(range(1, 101)))
    published.night()
    before = published.rows()
    assert published.kinds == [("l/DELETE17Q3.txt", "deletions")]

    then(published)
    published.night()

    assert published.rows() == before


def test_a_cut_file_in_place_of_one_that_was_lost_with_the_warehouse_is_held(
    published: Home,
) -> None:
    published.lose_warehouse()
    published.write(QUARTER, demo([1, 2]))
    published.write("faers/l/DEMO17Q3.txt", demo(range(201, 203)))

    published.night()

    assert published.states["q/DEMO17Q2.txt"] == ["unread", "held"]
    assert published.kinds == [("q/DEMO17Q2.txt", "redelivery")]
    assert "kept 200" in published.held[0].reason


def test_a_list_that_comes_as_the_warehouse_is_lost_is_measured_against_what_is_read_again(
    published: Home,
) -> None:
    published.lose_warehouse()
    published.write("faers/l/DELETE17Q3.txt", deleted(range(1, 200)))

    published.night()

    assert published.kinds == [("l/DELETE17Q3.txt", "deletions")]
    assert published.cases == [*range(1, 201)]


def test_a_snapshot_that_does_not_tell_leaves_the_warehouse_to_measure_against(
    published: Home,
) -> None:
    """An older version's, or a damaged one."""
    published.last = Published()
    published.write(QUARTER, demo(range(1, 186)))
    published.write("faers/l/DELETE17Q3.txt", deleted(range(1, 10)))

    published.night()

    assert [kind for _, kind in published.kinds] == ["source_loss", "source_loss"]
    assert published.cases == [*range(1, 201)]


def test_the_published_night_is_read_from_the_snapshot(tmp_path: Path) -> None:
    link = tmp_path / "current"
    assert continuity.published(link) is None

    folder = tmp_path / "night"
    folder.mkdir()
    link.symlink_to("night")
    assert continuity.published(link) == Published()

    (folder / "parquet").mkdir()
    files, cases = (folder / "parquet" / f"ops.source_{t}.parquet" for t in ("file", "cases"))
    with duckdb.connect() as con:
        for statement in script(SCHEMAS, TABLES):
            con.execute(statement)
        con.execute(
            "insert into ops.source_file by name select 1 as file_id, 'faers' as source, "
            "'a' as name, 'b' as sha256, 3 as rows_read, 2 as rows_kept, 1 as rows_quarantined, "
            "unnest(['ok', 'held']) as status"
        )
        con.execute("insert into ops.source_cases values ('faers', 7)")
        con.table("ops.source_file").write_parquet(str(files))
        con.table("ops.source_cases").write_parquet(str(cases))
    assert continuity.published(link) == Published()
    manifest.write(folder, fingerprint="f", page="p", summary={})
    assert continuity.published(link) == Published((("faers", "a", "b", 2),), {"faers": 7})

    con = duckdb.connect()
    con.sql("select 'faers' as source, 700 as cases_in_use").write_parquet(str(cases))
    assert continuity.published(link) == Published()


REISSUE = "select name, compared_by, rows_before, rows_after, n_added, n_withdrawn, n_changed "
REISSUE += "from ops.reissue order by all"


def test_what_changed_in_a_delivery_that_came_again_is_kept(published: Home) -> None:
    changed = demo([*range(3, 201), 300], "20170105").replace("1991$199$1$2017", "1991$199$1$2016")
    published.write(QUARTER, changed)

    published.night()

    assert published.con.execute(REISSUE).fetchall() == [
        (QUARTER.removeprefix("faers/"), "case", 200, 199, 1, 2, 1),
    ]  # fmt: skip


def test_another_order_of_the_same_rows_changes_no_case(published: Home) -> None:
    published.write(QUARTER, demo(range(200, 0, -1)))

    published.night()

    assert [row[4:] for row in published.con.execute(REISSUE).fetchall()] == [(0, 0, 0)]


def test_the_tables_beside_the_reports_are_compared_by_report(home: Home) -> None:
    home.put(faers__q__DEMO17Q2_dot_txt=demo(range(1, 21)),
             faers__q__DRUG17Q2_dot_txt=drug(range(1, 21)))  # fmt: skip
    home.night()
    home.put(
        faers__q__DRUG17Q2_dot_txt=drug([*range(1, 20), 20, 20]).replace(
            "51$1$PS$KYMRIAH", "51$1$PS$YESCARTA", 1
        )
    )

    home.night()

    found = home.con.execute(REISSUE).fetchall()
    assert found == [("q/DRUG17Q2.txt", "report", 20, 21, 0, 0, 2)]


def test_a_delivery_that_is_held_has_changed_nothing_yet(published: Home) -> None:
    published.write(QUARTER, demo(range(1, 3)))

    published.night()

    assert published.con.execute(REISSUE).fetchall() == []


def test_after_the_loss_of_the_warehouse_nothing_is_said_of_what_cannot_be_compared(
    published: Home,
) -> None:
    published.lose_warehouse()
    published.write(QUARTER, demo(range(1, 200)))

    published.night()

    assert [row[2:] for row in published.con.execute(REISSUE).fetchall()] == [
        (200, 199, None, None, None),
    ]  # fmt: skip
