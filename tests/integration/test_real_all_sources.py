"""Every real sample that there is, in one home: one night, and its page names every source.

The files are no part of the repository: they lie beside the checkout. Without them these tests
are skipped, but never in CI.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

REAL = Path(__file__).parents[2].parent / "shared" / "real"
if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)

# The folder of each source below the inbox, and the samples that go there.
INBOX = {
    "faers": "faers/*/",
    "faers_dashboard": "faers_dashboard/*.xlsx",
    "vaers": "vaers/*.zip",
    "daen": "daen/*.zip",
    "openfda": "openfda/luxturna.json",
    "e2b_r2": "e2b_r2/*",
    "e2b_r3": "e2b_r3/[bf]*/*.xml",
    "jader/202311": "jader/*.csv",
}
# Cases known at the end. FAERS: its samples but for what the lists of deleted cases take out. DAEN:
# one of 135,319 is set aside, for its substance has more than 1,000 characters. R3: 13 messages
# tell of six cases, and one of these was nullified.
CASES = {"vaers": 124_401, "daen": 135_318, "openfda": 152, "jader": 99, "e2b_r2": 12, "e2b_r3": 5}
COUNTRIES = {"vaers": "US", "daen": "AU", "jader": "JP"}


@pytest.fixture(scope="module")
def night(once) -> tuple[Path, dict[str, Any]]:
    def make(home: Path) -> dict[str, Any]:
        for folder, samples in INBOX.items():
            found = sorted(REAL.glob(samples))
            assert found, samples
            for file in found:
                link = home / "inbox" / folder / file.name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(file)
        program = Path(sys.executable).with_name("poolvigil")
        done = subprocess.run(
            [program, "run", "--home", home, "--json"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return once("real_all_sources", make)


@pytest.fixture(scope="module")
def snapshot(night) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(night[0] / "published/current/poolvigil.duckdb"), read_only=True)


def test_every_row_of_every_source_is_kept_or_set_aside(night, snapshot) -> None:
    assert night[1]["status"] == "published"
    assert night[1]["files"].keys() <= {"ok", "missing"}
    assert snapshot.execute(
        "select count(*) from files where rows_read <> rows_kept + rows_quarantined"
    ).fetchone() == (0,)
    assert night[1]["rows"]["quarantined"] == 3


def test_every_source_has_the_cases_of_its_files(snapshot) -> None:
    found = dict(snapshot.execute("select source, count(*) from core.case group by 1").fetchall())
    assert {source: found[source] for source in CASES} == CASES
    assert found.keys() == {folder.partition("/")[0] for folder in INBOX}


def test_sources_that_do_not_say_who_sent_a_report_lose_none_to_evidence(snapshot) -> None:
    """A day of vaccination gives many strangers one product, one lot, one date and one age."""
    assert snapshot.execute(
        "select count(*) from core.duplicate_link where same_group and match_rule = 'probable' "
        "and source = other_source and source in ('vaers', 'daen')"
    ).fetchone() == (0,)
    # What evidence says of them is shown for a person to decide.
    possible = snapshot.execute(
        "select count(*) from core.duplicate_link where not same_group and source = 'vaers'"
    ).fetchone()
    assert possible and possible[0] > 1_000


def test_the_page_names_every_source_with_its_countries(night, snapshot) -> None:
    page = html.parse(str(night[0] / "published" / "current" / "report" / "quality.html"))
    (table,) = (
        table for table in page.iter("table")
        if "Counted cases by source" in table.findtext("caption/b", "")
    )  # fmt: skip
    told = {
        row.findtext("th"): [cell.text_content() for cell in row.findall("td")]
        for row in table.find("tbody")
    }
    counted = dict(
        snapshot.execute(
            "select source, count(*) from core.case where is_master group by 1"
        ).fetchall()
    )
    assert {source: int(n.replace(",", "")) for source, (n, *_) in told.items()} == counted
    assert {source: told[source][2] for source in COUNTRIES} == COUNTRIES
    assert all(countries for *_, countries in told.values())
