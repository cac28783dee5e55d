"""VAERS 1990 to 2001, and two issues of a list of DAEN, as the agencies gave them out."""

import os
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pv.cases import build
from tests.staged import load

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"

if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)


def of(folder: Path, source: str) -> duckdb.DuckDBPyConnection:
    """All zips of a source, loaded and let through."""
    files = {f"{source}/{path.name}": path.read_bytes() for path in (REAL / source).glob("*.zip")}
    con = load(folder, files)
    con.execute("update ops.source_file set status = 'ok' where status = 'loaded'")
    return con


def test_every_report_of_vaers_is_read(tmp_path: Path):
    con = of(tmp_path, "vaers")
    assert con.execute(
        "select staging_table, count(*), sum(rows_read), sum(rows_kept), sum(rows_quarantined) "
        "from ops.source_file group by all order by all"
    ).fetchall() == [
        ("staging.report", 12, 124_401, 124_401, 0),
        ("staging.report_drug", 12, 211_194, 211_194, 0),
        ("staging.report_event", 12, 141_696, 141_696, 0),
    ]
    assert con.execute(
        "select count(distinct source_case_id), count(*) filter (death), "
        "count(*) filter (life_threatening), count(*) filter (disability), "
        "count(*) filter (sex is null), count(distinct occurrence_country) from staging.report"
    ).fetchone() == (124_401, 1_886, 2_248, 2_411, 8_122, 1)
    assert con.execute(
        "select distinct issued_on, series in ('1990', '2001') from ops.source_file "
        "where series in ('1990', '1995', '2001') order by all"
    ).fetchall() == [(date(2014, 4, 14), False), (date(2014, 4, 14), True)]


def test_the_second_issue_of_daen_withdraws_51_cases_and_changes_246(tmp_path: Path):
    """Of 396 cases whose rows differ as text, 150 differ in the order of medicines alone."""
    con = of(tmp_path, "daen")
    build(con, date(2022, 8, 29), None)
    assert con.execute(
        "select release[:10], action, turn > 1 as again, count(*) "
        "from received_version group by all order by all"
    ).fetchall() == [
        ("2022-06-19", "report", False, 126_931),
        ("2022-08-29", "report", False, 8_439),
        ("2022-08-29", "report", True, 246),
        ("2022-08-29", "withdraw", True, 51),
    ]
    assert con.execute("select count(*) from core.case").fetchone() == (135_319,)
    # Of the new ones 6,226 had been received by the day of June's issue, which did not have them.
    assert con.execute(
        "select count(*) from received_version where turn = 1 "
        "and receipt_date = date '2022-08-29' and first_receipt_date <= date '2022-06-19'"
    ).fetchone() == (6_226,)
    # Known as of June's issue is what it had, and nothing else.
    assert con.execute(
        "select count(distinct case_id) from received_version "
        "where receipt_date <= date '2022-06-19'"
    ).fetchone() == (126_931,)
