"""FDA's own E2B(R3) instances, and messages built from them, against values read in the files."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pv.cases import build
from pv.sources import e2b_schema, load_inbox
from pv.warehouse.connect import connect

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "e2b_r3"

if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)


def load(folder: Path, *files: str) -> duckdb.DuckDBPyConnection:
    """A warehouse with these files of the samples in staging."""
    inbox = folder / "inbox" / "e2b_r3"
    inbox.mkdir(parents=True)
    for file in files:
        shutil.copy(REAL / file, inbox / Path(file).name)
    con = connect(folder / "warehouse.duckdb", memory_limit="1GB", threads=1)
    load_inbox(con, folder / "inbox", folder / "scratch", b"key")
    return con


@pytest.fixture(scope="module")
def instances(tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    names = [f"fda_instances/{file.name}" for file in (REAL / "fda_instances").glob("*.xml")]
    con = load(tmp_path_factory.mktemp("instances"), *names)
    yield con
    con.close()


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return con.execute(query).fetchall()


def of(con: duckdb.DuckDBPyConnection, scenario: str, columns: str, table: str) -> list[tuple]:
    return rows(
        con,
        f"select {columns} from staging.{table} join ops.source_file using (file_id) "
        f"where name = 'FAERS2022Scenario{scenario}.xml' order by all",
    )


def test_every_instance_is_one_report(instances) -> None:
    assert rows(
        instances,
        "select count(*), sum(rows_read), sum(rows_kept), sum(rows_quarantined) "
        "from ops.source_file where status = 'loaded'",
    ) == [(7, 7, 7, 0)]


def test_the_report_of_the_first_scenario(instances) -> None:
    columns = (
        "line, worldwide_case_id, source_case_id, first_receipt_date::varchar, "
        "receipt_date::varchar, report_type, reporter, reporter_country, occurrence_country, "
        "sender, sex, age_years, event_date::varchar, serious, death, disability, other_serious, "
        "unparsed"
    )
    assert of(instances, "1", columns, "report") == [
        (18, "US-APHARMA-8744554B", "US-APHARMA-8744554B", "2022-06-14", "2022-06-14",
         "spontaneous", "physician", "US", "US", "Big Pharma Drug", "M", 48.0, "2014-10-10",
         True, False, True, True, [])
    ]  # fmt: skip


def test_the_reactions_of_the_first_scenario(instances) -> None:
    columns = "event_code, onset_date::varchar, onset_date_precision, outcome"
    assert of(instances, "1", columns, "report_event") == [
        ("10009896", "2014-10-10", "day", "recovered"),
        ("10027940", "2014-10-10", "day", "not recovered"),
    ]


def test_the_drugs_of_the_first_scenario(instances) -> None:
    columns = "drug_seq, role, drug_verbatim, active_ingredient, route, lot_hmac is not null"
    assert of(instances, "1", columns, "report_drug") == [
        ("1", "suspect", "Drug A", "Ingredient A", "Oral", True),
        ("2", "suspect", "Drug B", "Ingredient B", None, False),
        ("3", "concomitant", "Drug C", None, None, False),
    ]
    assert of(instances, "1", "drug_seq, indication", "report_indication") == [
        ("1", "Embolism venous")
    ]


def test_roles_go_in_order_where_two_drugs_have_one_id(instances) -> None:
    """In scenario 5-3 the drug that was not given has the id of the suspect."""
    columns = "drug_seq, role, drug_verbatim"
    assert of(instances, "5-3", columns, "report_drug") == [
        ("1", "not_administered", "Drug Z (No drug exposure)"),
        ("2", "suspect", "Drug X"),
        ("3", "concomitant", "Drug A"),
    ]


def test_bare_carriage_returns_end_lines(instances) -> None:
    assert b"\n" not in (REAL / "fda_instances" / "FAERS2022Scenario5-1.xml").read_bytes()
    assert of(instances, "5-1", "line", "report") == [(17,)]


BATCH, FOLLOW_UP, AMENDMENT, NULLIFICATION = (
    f"built/{name}.xml"
    for name in (
        "batch_three_messages", "followup_same_worldwide_id", "amendment", "nullification",
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("files", "cases"),
    [
        ((BATCH,), {"CA": "2024-03-12", "DE": "2024-03-10", "JP": "2024-03-11"}),
        ((FOLLOW_UP, BATCH), {"CA": "2024-03-12", "DE": "2024-05-20", "JP": "2024-03-11"}),
        ((BATCH, FOLLOW_UP, AMENDMENT),
         {"CA": "2024-03-12", "DE": "2024-06-01", "JP": "2024-03-11"}),
        ((NULLIFICATION, BATCH, FOLLOW_UP), {"CA": "2024-03-12", "JP": "2024-03-11"}),
    ],
    ids=["batch", "follow-up", "amendment", "nullification"],
)  # fmt: skip
def test_messages_of_a_case_are_its_versions(tmp_path: Path, files, cases) -> None:
    con = load(tmp_path, *files)
    con.execute("update ops.source_file set status = 'ok'")
    build(con, date(2024, 12, 31), None)
    assert dict(rows(con, "select country, receipt_date::varchar from core.case")) == cases
    con.close()


def test_a_message_that_is_not_valid_by_the_schemas_is_set_aside(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox" / "e2b_r3"
    inbox.mkdir(parents=True)
    content = (REAL / BATCH).read_bytes()
    # The second message has an element twice that may be there once.
    status = b'<statusCode code="active"/>'
    first = content.index(status, content.index(b"JP-SIM-0002"))
    (inbox / "a.xml").write_bytes(content[:first] + status + content[first:])
    con = connect(tmp_path / "warehouse.duckdb", memory_limit="1GB", threads=1)
    schema = e2b_schema.found(REAL / "ich_schemas")
    load_inbox(con, tmp_path / "inbox", tmp_path / "scratch", b"key", e2b_schemas=schema)
    assert rows(con, "select rows_read, rows_kept, rows_quarantined from ops.source_file") == [
        (3, 2, 1)
    ]
    assert rows(con, "select line, rule, source_report_id, reason from ops.quarantine") == [
        (875, "schema_invalid", "20240321101010/JP-SIM-0002",
         "line 910 is not valid by the schemas of ICH (element_content): ask the sender for the "
         "message as the standard has it")
    ]  # fmt: skip
    con.close()
