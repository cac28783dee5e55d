"""FDA's own samples in JSON and XML: counts known from the files, and a night with all of them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"

if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)

FILES = ("openfda/luxturna.json", "e2b_r2/1_ADR22Q1_example.xml", "e2b_r2/faers_xml_2012q4.zip")
# Of a case that is in luxturna.json in version 5: an earlier one, as the quarterly files have it.
QUARTER = {
    "DEMO20Q1.txt": "primaryid$caseid$caseversion$init_fda_dt$fda_dt$occr_country\n"
    "158680844$15868084$4$20190125$20200301$US\n",
    "DRUG20Q1.txt": "primaryid$drug_seq$role_cod$drugname\n158680844$1$PS$LUXTURNA\n",
    "REAC20Q1.txt": "primaryid$pt\n158680844$Cataract\n",
}


@pytest.fixture(scope="module")
def home(once) -> Path:
    """A home after a night with the three files and a quarter."""

    def make(home: Path) -> dict[str, object]:
        for name in FILES:
            link = home / "inbox" / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(REAL / name)
        (home / "inbox" / "faers").mkdir()
        for name, content in QUARTER.items():
            (home / "inbox" / "faers" / name).write_text(content, encoding="utf-8")
        program = Path(sys.executable).with_name("poolvigil")
        done = subprocess.run(
            [program, "run", "--home", home, "--json"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return once("r2_night", make)[0]


@pytest.fixture(scope="module")
def staged(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(home / "work" / "warehouse.duckdb"), read_only=True)
    yield con
    con.close()


@pytest.fixture(scope="module")
def published(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(home / "published" / "current" / "poolvigil.duckdb"), read_only=True)
    yield con
    con.close()


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return con.execute(query).fetchall()


def counted(con: duckdb.DuckDBPyConnection, source: str, table: str, columns: str) -> tuple:
    return rows(con, f"select {columns} from staging.{table} where source = '{source}'")[0]


def test_every_report_is_kept(staged):
    assert rows(
        staged,
        "select name, status, rows_read, rows_kept, release, latest_receipt::varchar, message "
        "from ops.source_file where source <> 'faers' order by source, name",
    ) == [
        ("1_ADR22Q1_example.xml", "ok", 7, 7, "2022Q1/", "2022-03-31", None),
        ("faers_xml_2012q4.zip/xml/ADR12Q4.xml", "ok", 5, 5, "2012Q4/faers_xml_2012q4.zip",
         "2012-12-31", None),
        ("luxturna.json", "ok", 152, 152, "luxturna.json", "2026-04-28", None),
    ]  # fmt: skip


def test_luxturna_has_its_reactions_drugs_and_dates(staged):
    assert counted(staged, "openfda", "report_event", "count(*), count(distinct line)") == (
        325,
        152,
    )
    assert counted(
        staged, "openfda", "report_drug",
        "count(*), count(active_ingredient), count(lot_hmac), count(route), "
        "count(*) filter (role = 'suspect'), count(*) filter (role = 'concomitant')",
    ) == (824, 803, 402, 231, 540, 284)  # fmt: skip
    assert rows(
        staged,
        "select start_date_precision, count(*) from staging.report_therapy "
        "where source = 'openfda' group by all order by all",
    ) == [("day", 601), ("month", 14), ("year", 9), (None, 8)]
    # Those without a start say when the therapy ended.
    assert rows(
        staged,
        "select count(*), count(end_date) from staging.report_therapy "
        "where source = 'openfda' and start_date is null",
    ) == [(8, 8)]
    assert counted(staged, "openfda", "report_indication", "count(*)") == (511,)


def test_luxturna_has_its_people_countries_and_versions(staged):
    assert counted(
        staged, "openfda", "report",
        "count(distinct source_case_id), count(*) filter (serious), count(age_years), count(sex), "
        "count(event_date), min(version), max(version), count(*) filter (version > 1), "
        "sum(len(unparsed))",
    ) == (152, 39, 110, 126, 95, 1, 6, 47, 0)  # fmt: skip
    assert rows(
        staged,
        "select occurrence_country, count(*) from staging.report where source = 'openfda' "
        "group by 1 order by 2 desc limit 5",
    ) == [("US", 84), (None, 52), ("FR", 5), ("NO", 3), ("HU", 2)]
    # Eleven of 64 dates sent since October 2021 lie on a first of a month.
    assert rows(
        staged,
        "select event_date_precision, count(*) from staging.report where source = 'openfda' "
        "group by all order by all",
    ) == [("day", 84), ("month", 9), ("year", 2), (None, 57)]


def test_the_duplicate_numbers_of_luxturna_are_its_own_but_for_one(staged):
    assert rows(staged, "select source, link_type, linked_id from staging.report_link "
                        "order by all") == [
        ("e2b_r2", "other_case_id", "AE00542964"),
        ("openfda", "other_case_id", "NZ-Adis-3822379-349342"),
    ]  # fmt: skip
    # 52 flags, and the sender that stands beside a number of the report's own.
    assert counted(staged, "openfda", "report", "count(sender)") == (51,)


def test_the_quarters_in_xml_have_their_reactions_and_drugs(staged):
    query = (
        "select name, count(distinct (d.line, drug_seq)) from staging.report_drug d "
        "join ops.source_file using (file_id) where d.source = 'e2b_r2' group by all order by all"
    )
    assert rows(staged, query) == [
        ("1_ADR22Q1_example.xml", 18), ("faers_xml_2012q4.zip/xml/ADR12Q4.xml", 69),
    ]  # fmt: skip
    assert counted(staged, "e2b_r2", "report_event", "count(*)") == (17 + 43,)
    # One age of 2012Q4 has no unit.
    assert rows(
        staged,
        "select source_report_id, unparsed from staging.report "
        "where source = 'e2b_r2' and len(unparsed) > 0",
    ) == [("77959705", ["age_years"])]


def test_a_report_of_2022q1_as_it_is_in_the_file(staged):
    where = "from staging.{} where source_report_id = '194541073'"
    columns = (
        "line, source_case_id, version, receipt_date::varchar, first_receipt_date::varchar, "
        "occurrence_country, reporter, manufacturer_number, serious, death"
    )
    assert rows(staged, f"select {columns} {where.format('report')}") == [
        (14, "19454107", 3, "2022-01-04", "2021-06-23", "US", "other health professional",
         "US-KYOWAKIRIN-2021BKK010344", False, False)
    ]  # fmt: skip
    assert rows(staged, f"select term_verbatim, outcome {where.format('report_event')}") == [
        ("Constipation", "not recovered"), ("Decreased appetite", "not recovered"),
    ]  # fmt: skip
    assert rows(staged, f"select drug_verbatim, active_ingredient, route "
                        f"{where.format('report_drug')}") == [
        ("NOURIANZ", "ISTRADEFYLLINE", "Oral"),
    ]  # fmt: skip
    assert rows(staged, f"select indication {where.format('report_indication')}") == [
        ("Parkinson's disease",)
    ]


def test_a_case_in_a_quarter_and_in_openfda_is_one_in_its_highest_version(published, staged):
    assert rows(
        published,
        "select source, version, receipt_date::varchar from cases "
        "where source_case_id = '15868084'",
    ) == [("openfda", 5, "2020-04-01")]
    assert rows(
        staged,
        "select source, version, current from core.case_version join core.case_key using (case_id) "
        "where source_case_id = '15868084' order by version",
    ) == [("faers", 4, False), ("openfda", 5, True)]


def test_the_night_counts_the_cases_of_luxturna_by_country(published):
    assert rows(published, "select count(*) from core.case") == [(152 + 12,)]
    # Of occurrence 84, of the reporter 30, of the worldwide number where the reporter's country is
    # not specified 8.
    assert rows(
        published,
        "select country, count(*) from core.case where source = 'openfda' "
        "group by 1 order by 2 desc limit 3",
    ) == [("US", 122), ("FR", 10), ("NO", 5)]
