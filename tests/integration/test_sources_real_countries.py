"""Real samples of agencies outside the United States: counts known from the files themselves."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pv.sources.delimited import read
from pv.sources.layout import Layout
from pv.sources.model import Intake
from pv.vocab import countries
from tests.staged import files, load, problem

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"

if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)


@pytest.fixture(scope="module")
def jader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    names = {f"jader/202311/{p.name}": p.read_bytes() for p in (REAL / "jader").glob("*.csv")}
    con = load(tmp_path_factory.mktemp("jader"), names)
    yield con
    con.close()


def counted(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return dict(con.execute(f"{query} group by all").fetchall())


def test_jader_has_99_rows_a_table_and_none_is_set_aside(jader: duckdb.DuckDBPyConnection):
    assert files(jader) == {
        f"202311/{table}.csv": ("loaded", 99, 99, 0) for table in ("demo", "drug", "reac")
    }
    assert jader.execute(
        "select count(distinct source_case_id), min(receipt_date)::varchar, "
        "max(receipt_date)::varchar, count(age_years), max(version), count(distinct release) "
        "from staging.report"
    ).fetchone() == (99, "2004-06-30", "2004-06-30", 0, 7, 1)


def test_every_code_of_jader_is_read(jader: duckdb.DuckDBPyConnection):
    assert counted(jader, "select coalesce(sex, '?'), count(*) from staging.report") == {
        "M": 52, "F": 46, "?": 1
    }  # fmt: skip
    assert counted(jader, "select role, count(*) from staging.report_drug") == {
        "suspect": 46, "concomitant": 51, "interacting": 2
    }  # fmt: skip
    assert counted(jader, "select outcome, count(*) from staging.report_outcome") == {"death": 4}
    for table in ("report", "report_drug", "report_event"):
        found = jader.execute(f"select count(*) from staging.{table} where len(unparsed) > 0")
        assert found.fetchone() == (0,), table
    # 21 drugs have no start, 12 events no day of onset.
    assert jader.execute("select count(start_date) from staging.report_drug").fetchone() == (78,)
    assert jader.execute("select count(onset_date) from staging.report_event").fetchone() == (87,)


def test_what_jader_tells_of_administrations_is_read(jader: duckdb.DuckDBPyConnection):
    # 29 drugs have no end and 20 no dose; four answers about a rechallenge, (有) or (無) for each
    # reaction. Weights and ages are bands, and there is no column for publications.
    found = jader.execute(
        "select count(end_date), count(dose), count(dechallenge) from staging.report_drug"
    )
    assert found.fetchone() == (70, 79, 0)
    told = "select coalesce(rechallenge, '?'), count(*) from staging.report_drug"
    assert counted(jader, told) == {"?": 95, "positive": 2, "negative": 2}
    told = "select report_type, count(*) from staging.report"
    assert counted(jader, told) == {"自発報告": 70, "試験": 22, "その他": 7}
    found = jader.execute("select count(weight_kg), count(literature) from staging.report")
    assert found.fetchone() == (0, 0)


def test_each_drug_and_event_of_jader_names_a_case_of_its_delivery(
    jader: duckdb.DuckDBPyConnection,
):
    # The samples are the first rows of each table: 13 cases have drugs, 69 have events.
    for table, cases in (("report_drug", 13), ("report_event", 69)):
        assert jader.execute(
            f"select count(distinct source_report_id) from staging.{table} "
            "semi join staging.report using (source_report_id)"
        ).fetchone() == (cases,)


VET = {
    "librela-2021": 383, "librela-2022": 3_169, "solensia-2021": 67, "solensia-2022": 1_696,
    "solensia-2025": 1_120,
}  # fmt: skip


def test_listings_of_animals_and_a_dashboard_of_counts_are_refused(tmp_path: Path):
    found = (*(REAL / "eudravigilance_vet").glob("*.csv"),
             *(REAL / "eudravigilance_dashboard").glob("*.xlsx"))  # fmt: skip
    con = load(tmp_path, {f"eudravigilance/2026-01-31/{p.name}": p.read_bytes() for p in found})
    assert {name: state for name, (state, *_) in files(con).items()} == {
        f"2026-01-31/{p.name}": "failed" for p in found
    }
    for name in VET:
        said = problem(con, f"2026-01-31/{name}.csv")
        assert said.startswith("failed: missing_columns: no case_id, receipt, ")


@pytest.mark.parametrize("name", VET)
def test_every_line_of_a_veterinary_listing_is_parted(tmp_path: Path, name: str):
    # The nearest real files to a human line listing: the same export, with HTML in a quoted cell
    # and lists with commas.
    path = REAL / "eudravigilance_vet" / f"{name}.csv"
    layout = Layout(
        ("case number", "aer form", "received date", "country", "reaction", "drug"),
        (),
        ("reporter", "gender", "species", "breed", "animals affected", "animals treated",
         "animals died"),
        delimiter=",",
        quoted=True,
    )  # fmt: skip
    con = duckdb.connect()
    params = {"source": "x", "file_id": 1, "name": name, "release": ""}
    intake = Intake(con, lambda: path.open("rb"), tmp_path, params)
    reading = read(intake, layout=layout, stages=(), params={}, latest_receipt=None)
    assert (reading.rows_read, reading.params["width"], reading.notes) == (VET[name], 13, ())
    lines = con.execute("select string_split(content, chr(31)), problem from raw_line").fetchall()
    assert len(lines) == VET[name]
    assert {(len(cells), problem) for cells, problem in lines} == {(13, None)}
    assert all(cells[1].startswith('<a target="_blank"') for cells, _ in lines)
    # Countries are English names.
    written = sorted({cells[4] for cells, _ in lines})
    places = countries.resolve(written)
    assert [text for text, place in zip(written, places, strict=True) if place is None] == []
