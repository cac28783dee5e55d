"""One night over the real files, all in one home; what it must find is counted from the files.

The files are no part of the repository: they lie beside the checkout. Without them these tests
are skipped, but never in CI.
"""

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

CHECKOUT = Path(__file__).parents[2]
REAL = CHECKOUT.parent / "shared" / "real"

# FAERS 2025Q4 has its first 1,000 reports here, with all rows that belong to them.
ROWS_2025Q4 = {"DEMO": 1_000, "DRUG": 6_291, "REAC": 4_275, "OUTC": 1_312, "RPSR": 31,
               "THER": 1_504, "INDI": 4_019}  # fmt: skip
DASHBOARD_ROWS = 51_387
DASHBOARD_CASES = 46_420
# Products of many cases, and two of few of which one signal each needs the pool.
SCOPE = [
    "adalimumab", "alcohol", "alendronate", "aripiprazole", "clozapine", "digoxin", "esomeprazole",
    "finasteride", "levodopa", "methotrexate", "ondansetron", "pramipexole", "quetiapine",
    "ropinirole", "telaprevir", "valproate", "warfarin", "zoledronic acid",
]  # fmt: skip
# In FDA's list of cases deleted in 2021Q4.
DASHBOARD_CASES_DELETED = 3


@pytest.fixture(scope="module")
def real() -> Path:
    if not REAL.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{REAL} is not there: in CI the real night must run")
        pytest.skip(f"{REAL} is not there")
    return REAL


@pytest.fixture(scope="module")
def night(real: Path, once) -> tuple[Path, dict[str, Any]]:
    """The home, and the summary of its only night."""

    def make(home: Path) -> dict[str, Any]:
        inbox = home / "inbox"
        inbox.mkdir()
        # Beside FDA's folders lies a table of facts about them, which is no delivery.
        for file in (*(real / "faers").glob("*/"), real / "faers_dashboard"):
            link = inbox / file.relative_to(real)
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(file)
        # The files hardly name an advanced therapy: here other products get their verdicts.
        rule = (CHECKOUT / "src/pv/spec/rules/default.toml").read_text(encoding="utf-8")
        own = home / "spec" / "rule.toml"
        own.parent.mkdir(parents=True)
        own.write_text(f"scope = {json.dumps(SCOPE)}\n{rule}", encoding="utf-8")
        script = CHECKOUT / "tools" / "real_exposure.py"
        subprocess.run(
            [sys.executable, script, real / "exposure", inbox],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        program = Path(sys.executable).with_name("poolvigil")
        done = subprocess.run(
            [program, "run", "--home", home, "--json"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return once("real_night", make)


@pytest.fixture(scope="module")
def snapshot(night: tuple[Path, dict[str, Any]]) -> Iterator[duckdb.DuckDBPyConnection]:
    home, _ = night
    con = duckdb.connect(str(home / "published" / "current" / "poolvigil.duckdb"), read_only=True)
    yield con
    con.close()


@pytest.fixture(scope="module")
def dashboard(real: Path) -> pl.DataFrame:
    """Every row of every workbook, as written."""
    columns = ["Case ID", "Reactions", "Country where Event occurred", "Latest FDA Received Date"]
    return pl.concat(
        pl.read_excel(file, infer_schema_length=0).select(columns)
        for file in sorted((real / "faers_dashboard").glob("*.xlsx"))
    )


@pytest.fixture(scope="module")
def deleted(real: Path) -> set[str]:
    """Case numbers in FDA's lists of deleted cases."""
    lists = (real / "faers" / "deleted").iterdir()
    return {line.strip() for file in lists for line in file.read_text().splitlines()} - {""}


def lines_of(content: bytes) -> int:
    """Lines with something on them."""
    return sum(bool(line.strip(b" \r\n")) for line in content.split(b"\n"))


def one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = con.execute(query).fetchone()
    assert row is not None, query
    return row[0]


def test_every_row_of_every_workbook_was_read(
    night, snapshot: duckdb.DuckDBPyConnection, dashboard: pl.DataFrame
) -> None:
    read = one(snapshot, "select sum(rows_read) from files where source = 'faers_dashboard'")

    assert night[1]["status"] == "published"
    assert read == dashboard.height == DASHBOARD_ROWS


def test_the_same_case_in_several_workbooks_is_one_case(
    snapshot: duckdb.DuckDBPyConnection, dashboard: pl.DataFrame
) -> None:
    found = one(
        snapshot,
        "select count(distinct case_id) from core.case_version "
        "where source = 'faers_dashboard' and action = 'report'",
    )

    assert found == dashboard["Case ID"].n_unique() == DASHBOARD_CASES


def test_deleted_cases_do_not_count_whichever_file_they_came_in(
    snapshot: duckdb.DuckDBPyConnection, dashboard: pl.DataFrame, deleted: set[str]
) -> None:
    reported = set(dashboard["Case ID"])
    rows = snapshot.execute("select source_case_id from core.case").fetchall()
    counted = {case for (case,) in rows}

    assert len(reported & deleted) == DASHBOARD_CASES_DELETED
    assert counted & deleted == set()
    assert reported - counted == reported & deleted


def test_no_case_is_there_twice(snapshot: duckdb.DuckDBPyConnection) -> None:
    cases, distinct = snapshot.execute(
        "select count(*), count(distinct (authority, source_case_id)) from core.case"
    ).fetchone() or (0, 1)

    assert cases == distinct > DASHBOARD_CASES


def test_every_line_of_faers_was_read(snapshot: duckdb.DuckDBPyConnection, real: Path) -> None:
    expected: Counter[str] = Counter()
    for file in sorted((real / "faers").glob("*/**/*.*")):
        name = file.relative_to(real / "faers").as_posix()
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                for member in archive.namelist():
                    if not member.endswith("/"):
                        expected[f"{name}/{member}"] = lines_of(archive.read(member)) - 1
        else:
            header = 0 if "DELETE" in file.name else 1
            expected[name] = lines_of(file.read_bytes()) - header
    found = snapshot.execute("select name, rows_read from files where source = 'faers'").fetchall()

    assert dict(found) == dict(expected)
    tables = {t: expected[f"2025q4/{t}25Q4.txt"] for t in ROWS_2025Q4}
    assert tables == ROWS_2025Q4


def test_rows_read_are_kept_or_in_quarantine_for_every_file(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    wrong = snapshot.execute(
        """
        select f.name, f.status, rows_read, rows_kept, rows_quarantined,
            count(distinct q.line) as set_aside
        from ops.source_file f
        left join ops.quarantine q on q.file_id = f.file_id
        group by all
        having f.status <> 'ok' or rows_read <> rows_kept + rows_quarantined
            or rows_quarantined <> set_aside
        """
    ).fetchall()

    assert wrong == []


def test_countries_are_those_that_the_dashboard_names(
    snapshot: duckdb.DuckDBPyConnection, dashboard: pl.DataFrame
) -> None:
    """Every code that ISO still knows; the others are dead codes or no country."""
    rows = snapshot.execute("select country from core.country").fetchall()
    known = {country for (country,) in rows}
    written = {
        case: country
        for case, country in dashboard.select("Case ID", "Country where Event occurred").rows()
        if country in known
    }
    found = dict(
        snapshot.execute(
            "select source_case_id, country from core.case "
            "where source = 'faers_dashboard' and country_basis = 'occurrence'"
        ).fetchall()
    )

    assert {case: written[case] for case in found if case in written} == {
        case: country for case, country in found.items() if case in written
    }
    assert len(written) - DASHBOARD_CASES_DELETED <= len(found)
    assert len(set(found.values())) > 85


def test_events_are_the_distinct_reactions_of_each_case(
    snapshot: duckdb.DuckDBPyConnection, dashboard: pl.DataFrame, deleted: set[str]
) -> None:
    written = {
        (case, term.strip().lower())
        for case, terms in dashboard.select("Case ID", "Reactions").rows()
        for term in terms.split(";")
        if case not in deleted and term.strip() not in ("", "-")
    }
    rows = snapshot.execute(
        "select source_case_id, lower(event) from core.case_event join core.case using (case_id) "
        "where source = 'faers_dashboard'"
    ).fetchall()

    assert len(rows) == len(set(rows))
    assert set(rows) == written


def test_masked_members_of_the_european_union_are_a_region_and_no_country(
    snapshot: duckdb.DuckDBPyConnection, real: Path
) -> None:
    text = (real / "faers" / "2025q4" / "DEMO25Q4.txt").read_text(encoding="utf-8")
    reports = list(csv.DictReader(text.splitlines(), delimiter="$", quoting=csv.QUOTE_NONE))
    masked = [r for r in reports if (r["occr_country"] or r["reporter_country"]) == "EU"]
    rows = snapshot.execute(
        """
        select country, country_basis, region, stratum, count(*)
        from core.case
        where country_masked and source = 'faers'
        group by all
        """
    ).fetchall()

    assert sum(r["occr_country"] == "EU" for r in reports) == 186
    assert rows == [(None, "none", "Europe", "EU (masked)", len(masked))]
    assert one(snapshot, "select count(*) from pairs_by_country where country = 'EU'") == 0
    flags = "select count(*) from mart.signal where list_contains(countries_flagged, 'EU (masked)')"
    assert one(snapshot, flags) == 0


def test_namibia_is_not_taken_for_a_missing_value(
    snapshot: duckdb.DuckDBPyConnection, real: Path
) -> None:
    with (real / "exposure" / "globocan2022_incidence_by_country.csv").open() as stream:
        written = [
            float(row["crude_rate_per_100k"])
            for row in csv.DictReader(stream)
            if row["country_name"] == "Namibia" and row["icd10"] in ("C82-86+C88", "C90", "C91-95")
        ]
    rows = snapshot.execute(
        "select rate_per_100k from core.background_rate where country = 'NA'"
    ).fetchall()

    assert sorted(rate for (rate,) in rows) == sorted(written)
    assert len(written) == 3
    assert one(snapshot, "select country_name from core.country where country = 'NA'") == "Namibia"


def test_macitentan_is_never_maci(snapshot: duckdb.DuckDBPyConnection) -> None:
    rows = snapshot.execute(
        "select distinct drug_verbatim, active_ingredient, product_id from core.case_drug"
    ).fetchall()
    loose = [
        (drug, ingredient, product)
        for drug, ingredient, product in rows
        if re.search(r"macit|opsumit|maci", f"{drug} {ingredient}", re.IGNORECASE)
    ]

    assert len(loose) >= 4
    assert {product for *_, product in loose} == {None}


def test_advanced_therapies_are_found_by_any_of_their_names(
    snapshot: duckdb.DuckDBPyConnection, real: Path
) -> None:
    text = (real / "faers" / "2025q4" / "DRUG25Q4.txt").read_text(encoding="utf-8")
    names = {"Carvykti": "carvykti|ciltacabtagene", "Zolgensma": "zolgensma|onasemnogene"}
    written = {
        product: {
            row["primaryid"].removesuffix(".0")
            for row in csv.DictReader(text.splitlines(), delimiter="$", quoting=csv.QUOTE_NONE)
            if re.search(pattern, f"{row['drugname']} {row['prod_ai']}", re.IGNORECASE)
        }
        for product, pattern in names.items()
    }
    rows = snapshot.execute(
        "select product, source_report_id from core.case_drug join core.case using (case_id) "
        "where product_id is not null and release like '2025Q4%'"
    ).fetchall()

    found = {product: {report for p, report in rows if p == product} for product, _ in rows}
    assert found == written
    assert all(written.values())


def test_exposure_is_that_of_the_brought_files(
    snapshot: duckdb.DuckDBPyConnection, real: Path
) -> None:
    with (real / "exposure" / "atmp_cumulative_treated_by_product.csv").open() as stream:
        written = {
            (row["product"], row["unit"]): float(row["patients_central"])
            for row in csv.DictReader(stream)
        }
    rows = snapshot.execute(
        "select lower(product), patients, person_years from core.exposure "
        "where product_id is not null"
    ).fetchall()
    found = {
        (product, "patients" if years is None else "patient_years"): patients or years
        for product, patients, years in rows
    }

    assert found == written


def test_what_the_real_files_can_say_of_latency_windows(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    """Years of person-time and background rates, but a sample of the reports: hardly a case of any
    product, so that nothing is a signal and nothing may be called excluded."""
    states = dict(
        snapshot.execute("select state, count(*) from rate_windows group by 1").fetchall()
    )
    products, pools = snapshot.execute(
        "select count(distinct product), count(*) filter (country = 'all') from rate_windows"
    ).fetchone() or (0, 0)
    groups = one(snapshot, "select count(*) from core.event_group")
    rated = one(
        snapshot,
        "select count(distinct event) from rate_windows where event_kind = 'event'",
    )
    print(states)

    assert products == 25
    # MDS, and the three blood cancers of GLOBOCAN that are one term; 7 windows and all of them
    assert (rated, pools) == (4, products * (groups + rated) * 8)
    assert states.keys() == {"not_yet_observable", "inconclusive"}
    assert states["not_yet_observable"] > 0.95 * sum(states.values())
    # person-time would do for these, and the reports do not cover it
    assert one(
        snapshot,
        "select count(*) from rate_windows where state = 'inconclusive' "
        "and not contains(reason, 'the reports may not cover it')",
    ) == 0  # fmt: skip
    # the standard of the only US rate of MDS is told, and the men's and women's are not taken
    assert snapshot.execute(
        "select distinct standard, round(100000 * expected / person_years, 2) from rate_windows "
        "where event = 'Myelodysplastic syndrome' and country = 'US' and expected is not null"
    ).fetchall() == [("age-adjusted", 3.3)]


def test_the_date_of_the_night_is_the_latest_receipt(
    night, snapshot: duckdb.DuckDBPyConnection
) -> None:
    latest = one(snapshot, "select max(receipt_date)::varchar from core.case_version")

    assert night[1]["as_of"] == latest


def test_the_verdicts_come_in_every_kind_and_keep_their_own_rules(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    kinds = dict(
        snapshot.execute("select verdict, count(*) from mart.signal group by 1").fetchall()
    )
    wrong = snapshot.execute(
        """
        select * from mart.signal
        where (verdict = 'pooled_only' and (
                len(countries_flagged) > 0 or n_countries < 2 or top_share > 0.8 or n < 3
                or not (ic025 > 0 and ror025 > 1)))
            or (verdict in ('pooled_only', 'country_signal') and not confirmed)
            or (verdict = 'country_signal' and len(countries_flagged) = 0)
            or (verdict = 'watch' and confirmed)
            or (verdict = 'confounded_by_country' and len(countries_flagged) > 0)
        """
    ).fetchall()

    assert wrong == []
    # Chance is kept out: of the pairs that meet every other condition nearly all are watched.
    ((met,),) = snapshot.execute(
        """
        select count(*) from (
            select product, event, event_kind from mart.signal_condition
            group by all
            having bool_and(holds or condition = 'confirmed')
                and bool_or(condition = 'no_country') and bool_or(condition = 'duplicates')
        )
        """
    ).fetchall()
    assert met > 100
    # Telaprevir x anorectal discomfort: 6 cases by their numbers, of 4 persons.
    kept_in = snapshot.execute(
        "select product, event, n, verdict from mart.signal "
        "where verdict in ('pooled_only', 'pooled_first') order by all"
    ).fetchall()
    assert kept_in == [
        ("ADALIMUMAB", "Pustular Psoriasis", 7, "pooled_only"),
        ("ALCOHOL", "Alcohol interaction", 19, "pooled_first"),
        ("CLOZAPINE", "Posturing", 4, "pooled_only"),
        ("FINASTERIDE", "Gynaecomastia", 26, "pooled_first"),
        ("TELAPREVIR", "Anorectal Discomfort", 4, "pooled_only"),
        ("WARFARIN", "International Normalised Ratio Increased", 9, "pooled_only"),
        ("ZOLEDRONIC ACID", "Periodontitis", 13, "pooled_first"),
        ("ZOLEDRONIC ACID", "Tooth extraction", 11, "pooled_first"),
    ]
    assert min(kinds.get(k, 0) for k in ("country_signal", "watch", "not_flagged")) > 100
