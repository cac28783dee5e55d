"""One home with deliveries of seven agencies, and a file of noise beside each, runs a night."""

import duckdb
import pytest

from pv.night import start
from pv.settings import Home
from tests import deliveries

CASES = 60


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A night of 60 cases of each."""
    home = Home(tmp_path_factory.mktemp("countries") / "home")
    for key, made in deliveries.ALL.items():
        for name, content in made(CASES).items():
            path = home.inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        noise = {"canada_vigilance": "reports.txt", "jader": "demo.csv", "idap": "x_case.csv",
                 "vigimed": "Notificacoes.csv"}.get(key, "x.csv")  # fmt: skip
        (home.inbox / key / "2020-01-01").mkdir()
        (home.inbox / key / "2020-01-01" / noise).write_bytes(bytes(range(256)) * 99)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POOLVIGIL_LOT_KEY", "a key for tests that is long")
        summary = start.run_night(home.root, as_of=None, rules_file=None)
    assert summary["status"] == "published", summary
    return home


@pytest.fixture
def snapshot(published: Home):
    with duckdb.connect(str(published.current), read_only=True) as con:
        yield con


def test_each_source_counts_its_cases_in_its_country(snapshot: duckdb.DuckDBPyConnection) -> None:
    found = snapshot.execute(
        "select source, stratum, count(*) from core.case group by all order by all"
    ).fetchall()
    assert found == [
        ("canada_vigilance", "CA", CASES),
        ("daen", "AU", CASES),
        ("eudravigilance", "EEA", CASES // 2),
        ("eudravigilance", "non-EEA", CASES // 2),
        ("idap", "GB", CASES),
        ("jader", "JP", CASES),
        ("vaers", "US", CASES),
        ("vigimed", "BR", CASES),
    ]
    # Brands and substances of five languages and layouts are one product.
    assert snapshot.execute(
        "select distinct product from core.case_drug d join core.case c using (case_id) "
        "where c.source not in ('jader', 'daen', 'vaers')"
    ).fetchall() == [("Kymriah",)]


def test_what_each_source_tells_of_patient_drug_and_origin_is_published_and_no_more(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    found = snapshot.execute(
        "select c.source, count(c.weight_kg), count(*) filter (c.spontaneous), "
        "count(c.literature), count(*) filter (c.literature), count(c.literature_id), "
        "count(d.dose), count(d.end_date), count(d.dechallenge), "
        "count(*) filter (d.rechallenge = 'positive') "
        "from core.case c join core.case_drug d using (case_id) group by all order by all"
    ).fetchall()
    third = CASES // 3
    assert found == [
        ("canada_vigilance", CASES, CASES, 0, 0, 0, CASES, 0, 0, 0),
        ("daen", 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("eudravigilance", 0, CASES, CASES, third, third, CASES, 0, 0, 0),
        ("idap", 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("jader", 0, CASES, 0, 0, 0, CASES, CASES, 0, CASES),
        ("vaers", 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("vigimed", 0, CASES, 0, 0, 0, 0, 0, 0, 0),
    ]
    (drug,) = snapshot.execute(
        "select distinct dose, end_date::varchar from core.case_drug d join core.case c "
        "using (case_id) where c.source = 'jader'"
    ).fetchall()
    assert drug == ("1 DF", "2023-04-02")


def test_the_economic_area_is_in_the_pool_and_no_country(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    found = snapshot.execute(
        "select distinct country, is_country from mart.pair_country "
        "where country like '%EEA' order by all"
    ).fetchall()
    assert found == [("EEA", False), ("non-EEA", False)]
    assert snapshot.execute(
        "select distinct stratum, country, region from core.case "
        "where stratum like '%EEA' order by all"
    ).fetchall() == [("EEA", None, "Europe"), ("non-EEA", None, None)]


def test_each_file_is_told_and_every_row_accounted_for(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    states = snapshot.execute(
        "select source, count(*) filter (status = 'ok'), count(*) filter (status = 'failed'), "
        "sum(rows_read)::int, sum(rows_kept + rows_quarantined)::int, sum(rows_quarantined)::int "
        "from ops.source_file group by source order by source"
    ).fetchall()
    assert states == [
        ("canada_vigilance", 4, 1, 4 * CASES, 4 * CASES, 0),
        ("daen", 1, 1, CASES, CASES, 0),
        ("eudravigilance", 1, 1, CASES, CASES, 0),
        ("idap", 3, 1, 3 * CASES, 3 * CASES, 0),
        ("jader", 3, 1, 3 * CASES, 3 * CASES, 0),
        ("vaers", 3, 1, 3 * CASES, 3 * CASES, 0),
        ("vigimed", 3, 1, 3 * CASES, 3 * CASES, 0),
    ]


def test_the_report_names_every_source_with_its_countries(published: Home) -> None:
    page = (published.current.parent / "report" / "quality.html").read_text(encoding="utf-8")
    table = page.split("<b>Counted cases by source</b>")[1].split("</table>")[0]
    for source, places in {
        "canada_vigilance": "CA", "eudravigilance": "EEA, non-EEA", "idap": "GB", "jader": "JP",
        "vigimed": "BR", "vaers": "US", "daen": "AU",
    }.items():  # fmt: skip
        row = table.split(f'<tr><th scope="row">{source}</th>')[1].split("</tr>")[0]
        assert f"<td>{places}</td>" in row
        assert '<td class="n">60</td>' in row


def test_no_birth_date_or_lot_is_published(snapshot: duckdb.DuckDBPyConnection) -> None:
    told = str(snapshot.execute("select * from core.case").fetchall())
    assert "1980" not in told
    drugs = str(snapshot.execute("select * from core.case_drug").fetchall())
    assert "LOT" not in drugs
