"""What the agencies' real files become: counts known from the files themselves."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.sources import LoadSummary, load_inbox

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"

if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    folder = tmp_path_factory.mktemp("real")
    inbox = folder / "inbox"
    inbox.mkdir()
    for file in (*(REAL / "faers").glob("*/"), REAL / "faers_dashboard"):
        link = inbox / file.relative_to(REAL)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(file)
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    summary = load_inbox(con, inbox, folder / "scratch", b"key")
    yield con, summary, load_inbox(con, inbox, folder / "scratch", b"key")
    con.close()


def rows(con: duckdb.DuckDBPyConnection, where: str) -> dict[str, int]:
    found = con.execute(
        f"select regexp_extract(name, '[^/]*$'), rows_read from ops.source_file where {where}"
    ).fetchall()
    return dict(found)


def test_every_file_is_loaded_and_no_row_is_refused(loaded):
    _, first, second = loaded
    # 29,109 lines of FAERS in 43 tables and lists, 51,387 rows in 32 workbooks.
    assert first == LoadSummary(43 + 32, 43 + 32, 0, 0, 0, 0, 29_109 + 51_387, 0)
    assert second == LoadSummary(43 + 32, 0, 43 + 32, 0, 0, 0, 0, 0)


def test_the_head_of_2025q4_has_its_rows(loaded):
    assert rows(loaded[0], "release = '2025Q4/2025q4'") == {
        "DEMO25Q4.txt": 1_000,
        "DRUG25Q4.txt": 6_291,
        "REAC25Q4.txt": 4_275,
        "OUTC25Q4.txt": 1_312,
        "RPSR25Q4.txt": 31,
        "THER25Q4.txt": 1_504,
        "INDI25Q4.txt": 4_019,
    }


@pytest.mark.parametrize(
    ("release", "reports"),
    [
        ("2004Q1/2004q1/aers_ascii_2004q1.zip", 100),
        ("2012Q4/2012q4", 9),
        ("2017Q2/2017q2/faers_ascii_2017q2.zip", 100),
        ("2020Q3/2020q3", 10 + 1),
        ("2021Q4/", 7_983),
    ],
)
def test_quarters_of_every_layout_and_the_deleted_list_have_their_reports(loaded, release, reports):
    found = loaded[0].execute(
        "select count(*), count(distinct line), count(source_case_id), count(receipt_date) "
        "from staging.report where release = $release",
        {"release": release},
    )
    # 2020Q3 comes as two DEMO files, of 10 reports and of 1: both have a line 2.
    distinct_lines = 10 if release == "2020Q3/2020q3" else reports
    assert found.fetchone() == (reports, distinct_lines, reports, reports)


def test_no_value_of_faers_is_left_unread(loaded):
    assert loaded[0].execute(
        "select count(*) from staging.report where source = 'faers' and len(unparsed) > 0"
    ).fetchone() == (0,)


def test_ids_of_the_pandas_copy_are_whole_numbers(loaded):
    con = loaded[0]
    for table in ("report_drug", "report_event", "report_therapy", "report_indication"):
        orphans = con.execute(
            f"select count(*) from staging.{table} t join ops.source_file f using (file_id) "
            "where f.release = '2025Q4/2025q4' and t.source_report_id not in "
            "(select source_report_id from staging.report where source_report_id is not null)"
        )
        assert orphans.fetchone() == (0,), table


def test_primaryid_is_caseid_and_version(loaded):
    assert loaded[0].execute(
        "select count(*) from staging.report where source = 'faers' and action = 'report' "
        "and version is not null and source_report_id <> source_case_id || version"
    ).fetchone() == (0,)


def test_the_dashboard_has_its_rows_and_cases_once(loaded):
    assert loaded[0].execute(
        "select count(*), count(distinct source_case_id), count(distinct file_id), "
        "count(*) filter (serious = false), count(*) filter (sex is null), count(event_date) "
        "from staging.report where source = 'faers_dashboard'"
    ).fetchone() == (51_387, 46_420, 32, 10_867, 4_082, 51_387 - 20_085 - 2)


def test_the_dashboards_unread_values_are_nine(loaded):
    # One age of -2 YR, two event dates of a year before 1900, and six weights.
    assert loaded[0].execute(
        "select field, count(*) from (select unnest(unparsed) as field from staging.report) "
        "group by field order by field"
    ).fetchall() == [("age_years", 1), ("event_date", 2), ("weight_kg", 6)]


def test_the_head_of_2025_has_what_was_given_and_what_came_of_it(loaded) -> None:
    con, *_ = loaded

    def of(table: str, columns: str) -> list[tuple]:
        return con.execute(
            f"select {columns} from staging.{table} "
            "join ops.source_file f using (file_id) where f.name like '%25Q4.txt'"
        ).fetchall()

    assert of(
        "report_drug",
        "count(*), count(*) filter (dechallenge = 'positive'), "
        "count(*) filter (dechallenge = 'negative'), count(*) filter (rechallenge = 'positive'), "
        "count(*) filter (rechallenge = 'negative'), count(dose)",
    ) == [(6291, 464, 71, 15, 11, 2530)]
    assert of(
        "report",
        "count(weight_kg), count(*) filter (literature), count(literature_id), "
        "count(*) filter (report_type = 'expedited'), count(*) filter (report_type = 'direct')",
    ) == [(207, 131, 18, 906, 35)]
