"""The inbox as it comes: again, changed, gone, twice, broken, and with the process killed."""

import io
import signal
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.quality import gate, gx
from pv.quality.suites import Suite
from pv.sources import LoadSummary, load_inbox
from pv.warehouse.relations import run_script

DEMO = "primaryid$caseid$caseversion$fda_dt\n11$1$1$20170405\n21$2$1$20170406\n"
DRUG = "primaryid$drug_seq$role_cod$drugname\n11$1$PS$x\n21$1$PS$y\n"
REAC = "primaryid$pt\n11$Pain\n21$Fall\n"
OUTC = "primaryid$outc_cod\n11$DE\n"
RPSR = "primaryid$rpsr_cod\n11$HP\n"
THER = "primaryid$dsg_drug_seq$start_dt\n11$1$2017\n"
INDI = "primaryid$indi_drug_seq$indi_pt\n11$1$Pain\n"
QUARTER = {
    "DEMO": DEMO, "DRUG": DRUG, "REAC": REAC, "OUTC": OUTC, "RPSR": RPSR, "THER": THER,
    "INDI": INDI,
}  # fmt: skip
EXPOSURE = (
    "product,country,period_start,period_end,patients,person_years,quality,source\n"
    "p,FR,2024-01-01,2024-12-31,1,,q,s\n"
)


class Home(NamedTuple):
    """An inbox and a database in memory."""

    inbox: Path
    con: duckdb.DuckDBPyConnection
    scratch: Path

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def quarter(self, folder: str, short: str = "17Q2", **changed: str) -> None:
        for table, content in (QUARTER | changed).items():
            self.put(f"faers/{folder}/{table}{short}.txt", content)

    def load(self) -> LoadSummary:
        summary = load_inbox(self.con, self.inbox, self.scratch, b"key")
        self.check_counts()
        return summary

    def gate(self) -> None:
        """A night in which nothing is published yet, so that nothing is held."""
        gate(self.con, self.scratch, date(2024, 2, 1))
        self.check_counts()

    def lose_warehouse(self) -> None:
        """Leave what a snapshot keeps of these tables."""
        run_script(self.con, "kept/source_file")
        for name in ("ops.quarantine", *(t.qualified for t in TABLES if t.schema == "staging")):
            self.con.execute(f"delete from {name}")

    def check_counts(self) -> None:
        """Rows read = rows in staging + rows in quarantine, for every file."""
        files = self.con.execute(
            "select file_id, staging_table, rows_read, rows_kept, rows_quarantined, status "
            "from ops.source_file"
        ).fetchall()
        for file_id, table, read, kept, quarantined, status in files:
            lines = "select distinct line from {} where file_id = " + str(file_id)
            bad = len(self.con.execute(lines.format("ops.quarantine")).fetchall())
            good = len(self.con.execute(lines.format(table)).fetchall()) if table else 0
            assert (read, kept, quarantined) == (good + bad, good, bad), (file_id, status)

    def files(self) -> list[tuple[int, str, str, int, str | None]]:
        return self.con.execute(
            "select file_id, name, status, rows_read, message from ops.source_file order by 1"
        ).fetchall()

    def states(self) -> dict[str, str]:
        return {f"{name}": status for _, name, status, _, _ in self.files()}

    def message(self, name: str) -> str:
        return next(m for _, n, _, _, m in reversed(self.files()) if n == name) or ""

    def count(self, table: str) -> int:
        row = self.con.execute(f"select count(*) from staging.{table}").fetchone()
        assert row
        return row[0]

    def everything(self) -> dict[str, list[tuple]]:
        """All rows of all tables that a load touches."""
        return {
            t.qualified: self.con.execute(f"select * from {t.qualified} order by all").fetchall()
            for t in TABLES
            if t.schema == "staging" or t.name in ("source_file", "quarantine")
        }


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(gx, "validate", counted)
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    (tmp_path / "inbox").mkdir()
    return Home(tmp_path / "inbox", con, tmp_path / "scratch")


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


def packed(**members: str | bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            # With a fixed time, so that the same members are the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def packed_quarter(short: str = "17Q2", **changed: str) -> bytes:
    tables = QUARTER | changed
    return packed(**{f"ascii/{table}{short}.txt": content for table, content in tables.items()})


def test_a_quarter_is_read_once_whatever_its_form(home: Home):
    home.put("faers/a/faers_ascii_2017q2.zip", packed_quarter())
    home.quarter("faers_ascii_2018Q1/ASCII", "18Q1")
    home.put("exposure/e.csv", EXPOSURE)
    first = home.load()
    assert first == LoadSummary(15, 15, 0, 0, 0, 0, 21, 0)
    assert [row[:2] for row in home.files()[:3]] == [
        (1, "e.csv"),  # sources in order, then names
        (2, "a/faers_ascii_2017q2.zip/ascii/DEMO17Q2.txt"),
        (3, "a/faers_ascii_2017q2.zip/ascii/DRUG17Q2.txt"),
    ]
    releases = home.con.execute("select distinct release from staging.report order by 1").fetchall()
    assert releases == [("2017Q2/a/faers_ascii_2017q2.zip",), ("2018Q1/faers_ascii_2018Q1",)]
    before = home.everything()
    home.gate()
    assert home.load() == LoadSummary(15, 0, 15, 0, 0, 0, 0, 0)
    home.con.execute("update ops.source_file set status = 'loaded'")
    assert home.everything() == before


def test_an_unchanged_zip_is_not_unpacked_again(home: Home, monkeypatch):
    home.put("faers/faers_ascii_2017q2.zip", packed_quarter())
    home.load()

    def refuse(*_):
        raise AssertionError("a member was opened")

    monkeypatch.setattr(zipfile.ZipFile, "open", refuse)
    assert home.load().unchanged == 7


def test_a_file_added_later_brings_its_own_rows_only(home: Home):
    home.quarter("2017q2")
    home.load()
    before = home.everything()["staging.report"]
    home.quarter("2018q1", "18Q1", DEMO=DEMO.replace("11$1$", "91$9$"))
    assert home.load().loaded == 7
    after = home.everything()["staging.report"]
    assert [row for row in after if row[1] <= 7] == before
    assert len(after) - len(before) == 2


def test_other_bytes_under_the_same_name_take_the_place_of_the_earlier(home: Home):
    home.quarter("2017q2")
    home.load()
    home.gate()
    home.quarter("2017q2", DEMO=DEMO + "31$3$1$20170407\n")
    assert home.load().loaded == 1
    states = [row[2] for row in home.files() if row[1].endswith("DEMO17Q2.txt")]
    assert states == ["ok", "loaded"], "the earlier one stays until the gate has judged"
    home.gate()
    assert home.count("report") == 3
    old, *_, new = home.files()
    assert old[:4] == (1, "2017q2/DEMO17Q2.txt", "superseded", 0)
    assert new[:4] == (8, "2017q2/DEMO17Q2.txt", "ok", 3)
    home.quarter("2017q2")  # and back again
    home.load()
    home.gate()
    assert home.count("report") == 2
    assert [row[2] for row in home.files() if row[1].endswith("DEMO17Q2.txt")] == [
        "superseded", "superseded", "ok",
    ]  # fmt: skip


def test_what_cannot_be_read_does_not_take_the_place_of_what_could(home: Home):
    home.quarter("2017q2")
    home.load()
    home.gate()
    home.put("faers/2017q2/DEMO17Q2.txt", "")
    assert home.load().failed == 1
    assert home.count("report") == 2
    assert home.message("2017q2/DEMO17Q2.txt").endswith("stays in use")


def test_published_files_stay_when_they_leave_the_inbox_and_others_go(home: Home):
    home.quarter("2017q2")
    home.load()
    home.gate()
    home.quarter("2018q1", "18Q1", REAC="")
    home.put("faers/strange.bin", b"1")
    home.load()
    assert home.states()["strange.bin"] == "failed"
    for path in (home.inbox / "faers").rglob("*.*"):
        path.unlink()
    summary = home.load()
    assert summary == LoadSummary(0, 0, 0, 0, 0, 0, 0, 0)
    assert set(home.states().values()) == {"ok"}
    assert len(home.files()) == 7
    assert home.count("report") == 2


def test_a_header_alone_under_the_same_name_takes_the_rows_out_while_nothing_is_published(
    home: Home,
):
    home.quarter("2017q2")
    home.put("exposure/e.csv", EXPOSURE)
    home.load()
    home.gate()
    home.quarter("2017q2", **{table: text.partition("\n")[0] for table, text in QUARTER.items()})
    home.put("exposure/e.csv", EXPOSURE.partition("\n")[0])

    assert home.load().loaded == 8
    home.gate()

    assert {name: rows for name, rows in home.everything().items() if rows}.keys() == {
        "ops.source_file"
    }


def test_after_the_loss_of_the_warehouse_each_file_is_read_again_under_its_number(home: Home):
    home.quarter("2018q1", "18Q1", DEMO=DEMO.replace("11$1$", "91$9$"), REAC=REAC + "31\n")
    home.load()
    home.gate()
    home.quarter("2017q2")  # comes first now, by its name
    home.put("faers/strange.bin", b"1")
    home.load()
    home.gate()
    before = home.everything()

    home.lose_warehouse()
    assert set(home.states().values()) == {"unread", "failed"}
    assert home.load() == LoadSummary(15, 14, 0, 1, 0, 0, 21, 1)

    home.gate()
    assert home.everything() == before


def test_a_twin_is_the_twin_after_the_loss_of_the_warehouse_too(home: Home):
    home.quarter("2017q2")
    home.load()
    home.gate()
    home.quarter("2016 by mistake")  # comes first now, by its name
    home.load()
    before = home.everything()
    assert home.states()["2016 by mistake/DEMO17Q2.txt"] == "same_as"

    home.lose_warehouse()
    home.load()

    home.gate()
    assert home.everything() == before


def test_a_file_that_was_lost_with_the_warehouse_and_left_the_inbox_is_told_every_night(home: Home):
    home.quarter("2017q2")
    home.put("exposure/e.csv", EXPOSURE)
    home.load()
    home.gate()
    home.lose_warehouse()
    (home.inbox / "exposure/e.csv").unlink()

    for _ in range(2):
        assert home.load().unread == 1
        home.gate()
        told = "its 1 rows were lost with the warehouse: put it back into the inbox"
        assert home.files()[0] == (1, "e.csv", "unread", 0, told)
    assert home.count("exposure") == 0

    home.put("exposure/e.csv", EXPOSURE)
    assert home.load().unread == 0
    said = "columns not in this file: cumulative"
    assert home.files()[0] == (1, "e.csv", "loaded", 1, said)


def test_other_bytes_take_the_place_of_what_was_lost_with_the_warehouse(home: Home):
    home.put("exposure/e.csv", EXPOSURE)
    home.load()
    home.gate()
    home.lose_warehouse()
    home.put("exposure/e.csv", "")
    assert home.load().failed == 1
    assert "stays in use" not in home.message("e.csv")
    home.put("exposure/e.csv", EXPOSURE.replace(",1,", ",2,"))

    home.load()
    home.gate()

    assert [row[:3] for row in home.files()] == [
        (1, "e.csv", "superseded"), (2, "e.csv", "ok"),
    ]  # fmt: skip
    assert home.count("exposure") == 1


def test_a_delivery_that_came_under_another_name_is_not_loaded_twice(home: Home):
    home.quarter("2017q2")
    home.quarter("copy of 2017q2")
    assert home.load().same_as == 7
    assert home.count("report") == 2
    twin = "the same bytes as 2017q2/DEMO17Q2.txt"  # the first in the order of the names counts
    assert home.message("copy of 2017q2/DEMO17Q2.txt") == twin


def test_a_delivery_with_one_changed_table_is_loaded_whole(home: Home):
    home.quarter("2017q2")
    home.quarter("2017q2 corrected", DEMO=DEMO.replace("20170406", "20170407"))
    assert home.load().loaded == 14


def test_a_twin_is_loaded_when_its_original_changes(home: Home):
    home.put("exposure/a.csv", EXPOSURE)
    home.put("exposure/b.csv", EXPOSURE)
    home.load()
    home.gate()
    assert home.states() == {"a.csv": "ok", "b.csv": "same_as"}
    home.put("exposure/a.csv", EXPOSURE.replace("FR", "DE"))
    home.load()
    home.gate()
    countries = home.con.execute("select country from staging.exposure order by 1").fetchall()
    assert countries == [("DE",), ("FR",)]


@pytest.mark.parametrize("table", list(QUARTER))
def test_a_missing_table_is_named(home: Home, table):
    tables = {name: content for name, content in QUARTER.items() if name != table}
    home.put("faers/q.zip", packed(**{f"ascii/{t}17Q2.TXT": c for t, c in tables.items()}))
    assert home.load().missing == 1
    (row,) = [row for row in home.files() if row[2] == "missing"]
    assert row[1] == f"q.zip/{table}17Q2"
    assert row[4].startswith(f"missing_table: the delivery 2017Q2/q.zip has no {table}")


def test_a_missing_table_that_comes_later_is_missing_no_more(home: Home):
    home.quarter("2017q2")
    late = (home.inbox / "faers/2017q2/REAC17Q2.txt").rename(home.inbox / "late")
    home.load()
    assert "missing" in home.states().values()
    late.rename(home.inbox / "faers/2017q2/REAC17Q2.txt")
    home.load()
    assert set(home.states().values()) == {"loaded"}


def test_papers_that_come_along_are_ignored_and_unknown_files_are_not(home: Home):
    papers = ["ASC_NTS.pdf", "Readme.txt", "FAQs.pdf", "STAT17Q2.TXT", "SIZE17Q2.TXT", ".DS_Store"]
    content = {f"ascii/{t}17Q2.txt": c for t, c in QUARTER.items()} | dict.fromkeys(papers, "x")
    home.put("faers/q.zip", packed(**content, **{"ascii/DEMO17Q2.sas": "x"}))
    home.put("faers/README_SIMULATED.txt", "x")
    home.put("faers/.DEMO17Q3.txt.part", "x")
    home.put("poetry/ode.txt", "x")
    home.put("stray.zip", "x")
    home.load()
    failed = {row[1]: row[4].split(":")[0] for row in home.files() if row[2] == "failed"}
    assert failed == {
        "q.zip/ascii/DEMO17Q2.sas": "unknown_file",
        ".": "unknown_source",
        "stray.zip": "unknown_file",
    }
    assert len(home.files()) == 10


BROKEN_FILES = {
    "faers/b/DEMO18Q1.txt": ("", "empty_file"),
    "faers/b/DRUG18Q1.txt": (DRUG.replace("$", ","), "wrong_delimiter"),
    "faers/b/REAC18Q1.txt": (OUTC, "missing_columns"),
    "faers/truncated.zip": (packed_quarter()[:300], "truncated_zip"),
    "faers/text.zip": ("no zip", "truncated_zip"),
    "faers/bomb.zip": (packed(**{"ascii/DEMO18Q2.txt": bytes(40 << 20)}), "zip_bomb"),
    "faers/escape.zip": (packed(**{"../DEMO18Q2.txt": DEMO}), "unsafe_path"),
    "faers/papers.zip": (packed(**{"readme.txt": "x"}), "empty_delivery"),
    "faers_dashboard/a.xlsx": (b"", "empty_file"),
    "faers_dashboard/b.xlsx": (b"PK\x03\x04 and no more", "truncated_zip"),
    "faers_dashboard/c.xlsx": (packed(**{"a.txt": "x"}), "not_a_workbook"),
    "exposure/a.csv": (EXPOSURE.replace(",", ";"), "wrong_delimiter"),
    "background/a.csv": ("\n", "empty_file"),
}


def test_each_broken_file_has_a_named_row_and_the_others_go_through(home: Home):
    home.quarter("2017q2")
    for name, (content, _) in BROKEN_FILES.items():
        home.put(name, content)
    home.put(
        "faers/nested.zip",
        packed(**{"inner.zip": packed_quarter("18Q3"), "ascii/DEMO18Q4.txt": DEMO}),
    )
    (home.inbox / "faers/2025q4/DEMO25Q4.txt").mkdir(parents=True)
    summary = home.load()
    rows = home.con.execute(
        "select source || '/' || name, split_part(message, ':', 1) from ops.source_file "
        "where status = 'failed'"
    ).fetchall()
    expected = {name: code for name, (_, code) in BROKEN_FILES.items()}
    expected["faers/nested.zip/inner.zip"] = "nested_zip"
    expected["faers/2025q4/DEMO25Q4.txt"] = "is_a_directory"
    assert dict(rows) == expected
    assert (summary.failed, summary.loaded) == (15, 8)
    assert home.count("report") == 4
    before = home.everything()
    assert home.load().failed == 15  # tried again, with the same result
    assert home.everything() == before


def test_a_damaged_member_leaves_nothing_behind(home: Home):
    rows = "".join(f"{i}1${i}$1$20170405\n" for i in range(50_000))
    content = bytearray(packed_quarter(DEMO=DEMO + rows))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo("ascii/DEMO17Q2.txt")
    content[info.header_offset + info.compress_size // 2] ^= 0xFF
    home.put("faers/q.zip", bytes(content))
    assert home.load().loaded == 6
    assert home.message("q.zip/ascii/DEMO17Q2.txt").startswith("damaged_zip: ")
    assert home.count("report") == 0


def test_broken_lines_are_in_quarantine_with_their_numbers_and_the_others_kept(home: Home):
    home.quarter(
        "2017q2",
        DEMO="primaryid$caseid$fda_dt$mfr_num\n"
        "11$1$20170405$A\n"
        "21$2$20170405$A$B\n"  # a $ too many
        "31$3$20170405$A41$4$20170405$A\n"  # two records glued together
        "\n"
        "51$5$20170405\n"  # cut short
        "61$6$20170405$\n"
        "71$7$20170405$A$\n",  # a $ at the end, in a file whose rows do not end so
    )
    home.load()
    aside = "select line, source_report_id, rule, reason, row from ops.quarantine"
    assert home.con.execute(aside).fetchall() == [
        (3, "21", "field_count", "5 fields, the table has 4; a $ inside a value?",
         '{"fields":5}'),
        (4, "31", "field_count", "7 fields, the table has 4; two records glued together?",
         '{"fields":7}'),
        (6, "51", "field_count", "3 fields, the table has 4; line cut short?",
         '{"fields":3}'),
        (8, "71", "field_count", "5 fields, the table has 4; a $ inside a value?",
         '{"fields":5}'),
    ]  # fmt: skip
    assert home.con.execute("select line from staging.report order by 1").fetchall() == [(2,), (7,)]
    assert home.message("2017q2/DEMO17Q2.txt").endswith(
        "field_count: 4 in quarantine, first line 3"
    )
    assert home.files()[0][3] == 6


def test_a_stray_delimiter_does_not_hide_a_broken_line(home: Home):
    home.quarter("2004q1", "04Q1", REAC="ISR$PT\n1$PAIN$\n2$A$B$\n3$FALL$\n4$\n")
    home.load()
    terms = home.con.execute("select line, term_verbatim from staging.report_event").fetchall()
    assert terms == [(2, "PAIN"), (4, "FALL")]
    assert home.con.execute("select line, reason from ops.quarantine").fetchall() == [
        (3, "3 fields, the table has 2; two records glued together?"),
        (5, "1 field, the table has 2; line cut short?"),
    ]


def test_latin1_bytes_are_read_and_told(home: Home):
    home.put("faers/q/REAC17Q2.txt", b"primaryid$pt\n11$Pain\n21$Sj\xf6gren\n")
    home.load()
    assert home.message("q/REAC17Q2.txt") == "not UTF-8, read as Latin-1: 1 lines, first line 3"
    terms = home.con.execute("select term_verbatim from staging.report_event order by 1").fetchall()
    assert terms == [("Pain",), ("Sjögren",)]


def test_a_line_over_1_mb_is_in_quarantine_and_one_of_1_mb_is_not(home: Home):
    long = "x" * ((1 << 20) - 3)
    home.put("faers/q/REAC17Q2.txt", f"primaryid$pt\n11${long}\n21${long}y\n31$Fall\n")
    home.load()
    assert home.con.execute("select line, rule, reason from ops.quarantine").fetchall() == [
        (3, "line_too_long", "longer than 1 MB; a line end is missing?")
    ]
    assert home.con.execute("select line, length(term_verbatim) from staging.report_event "
                            "order by 1").fetchall() == [(2, (1 << 20) - 3), (4, 4)]  # fmt: skip


def test_lines_are_numbered_right_in_a_large_file_read_by_several_threads(home: Home):
    # 40 MB is more than DuckDB gives one thread at a time; every 1,000th line is blank, and the
    # term of each row ends with its line.
    rows = (f"{n}$at {n:>120}\n" if n % 1000 else "$\n" for n in range(2, 300_002))
    home.put("faers/q/REAC17Q2.txt", "primaryid$pt\n" + "".join(rows))
    home.con.execute("set threads = 4")
    home.load()
    wrong = "select count(*), count(*) filter (line <> term_verbatim[4:]::bigint)"
    assert home.con.execute(f"{wrong} from staging.report_event").fetchone() == (300_000 - 300, 0)


KILLED = """
import os, signal, sys
from pathlib import Path
import duckdb
from pv.sources import ledger, load_inbox
from pv.warehouse import relations

home, point = Path(sys.argv[1]), int(sys.argv[2])
done = 0

def dying(step):
    def run(*args):
        global done
        done += 1
        if done == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args)
    return run

for module, name in ((relations, "make"), (ledger, "write"), (ledger, "remove")):
    setattr(module, name, dying(getattr(module, name)))
con = duckdb.connect(str(home / "w.duckdb"))
load_inbox(con, home / "inbox", home / "scratch", b"key")
print(done)
"""


def test_killed_anywhere_the_next_run_ends_in_the_same_tables(home: Home, tmp_path: Path):
    def fresh(name: str) -> Home:
        folder = tmp_path / name
        (folder / "inbox").mkdir(parents=True)
        made = Home(folder / "inbox", duckdb.connect(str(folder / "w.duckdb")), folder / "s")
        for statement in script(SCHEMAS, TABLES):
            made.con.execute(statement)
        made.put("faers/a.zip", packed_quarter()[:300])
        made.put("faers/b/DEMO18Q1.txt", DEMO + "broken\n")
        made.put("faers/strange.bin", b"1")
        made.load()
        made.gate()
        made.put("faers/a.zip", packed(**{"ascii/DEMO17Q2.txt": DEMO, "ascii/REAC17Q2.txt": REAC}))
        made.put("faers/b/DEMO18Q1.txt", DEMO + "broken$\n")
        made.put("exposure/a.csv", EXPOSURE)
        made.put("exposure/b.csv", EXPOSURE)
        (made.inbox / "faers/strange.bin").unlink()
        return made

    def run(made: Home, point: int) -> subprocess.CompletedProcess[str]:
        folder = made.inbox.parent
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(point)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    undisturbed = fresh("undisturbed")
    undisturbed.con.close()
    steps = int(run(undisturbed, -1).stdout)
    after = undisturbed._replace(con=duckdb.connect(str(undisturbed.inbox.parent / "w.duckdb")))
    expected = after.everything()
    for point in range(1, steps + 1, 3):
        killed = fresh(f"killed {point}")
        killed.con.close()
        assert run(killed, point).returncode == -signal.SIGKILL
        again = killed._replace(con=duckdb.connect(str(killed.inbox.parent / "w.duckdb")))
        again.load()
        assert again.everything() == expected, point
        again.con.close()
