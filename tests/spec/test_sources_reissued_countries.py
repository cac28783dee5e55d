"""What a second issue of an agency's whole list takes back and changes, as of each day."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pv.cases import build
from pv.spec import AnalysisSpec
from tests import deliveries
from tests.staged import load

# Of each source: the name of an issue of 30 June 2024 and of the same a month later.
LATER = {
    "jader": ("202411", "202412"),
    "canada_vigilance": ("20240930", "20241031"),
    "vigimed": ("2024-02-05", "2024-03-05"),
    "idap": ("2024-03-01", "2025-04-01"),
    "eudravigilance": ("2024-06-30", "2024-07-31"),
    "vaers": ("2014-04-14", "2014-05-14"),
    "daen": ("2022-06-19", "2022-07-19"),
}


def cases_as_of(con: duckdb.DuckDBPyConnection, day: str) -> int:
    con.execute("update ops.source_file set status = 'ok' where status = 'loaded'")
    build(con, date.fromisoformat(day), None, AnalysisSpec.load().duplicates)
    found = con.execute("select count(*) from core.case").fetchone()
    assert found
    return found[0]


@pytest.mark.parametrize("source", deliveries.ALL)
def test_a_case_that_the_next_issue_lacks_is_withdrawn_on_its_day(tmp_path: Path, source: str):
    made = deliveries.ALL[source]
    first, second = LATER[source]
    later = {name.replace(first, second): content for name, content in made(5).items()}
    con = load(tmp_path, {**made(8), **later})
    days = con.execute(
        "select distinct issued_on::varchar from ops.source_file order by all"
    ).fetchall()
    (before,), (after,) = days
    assert cases_as_of(con, before) == 8
    assert cases_as_of(con, after) == 5
    assert cases_as_of(con, before) == 8
    withdrawn = "select count(*) from core.case_version where action = 'withdraw'"
    cases_as_of(con, after)
    assert con.execute(withdrawn).fetchone() == (3,)
