"""What a zip of the United Kingdom's iDAP becomes in staging. The rows are invented."""

import io
import zipfile
from pathlib import Path

import pytest

from pv.sources.idap import SOURCE
from pv.sources.model import Claim, Glimpse
from tests.staged import files, load, problem, rows

CASES = "ADR,SEX,AGE_10,RECVD_YEAR,SERIOUSNESS\r\n"
DRUGS = "ADR,DRUG\r\n"
EVENTS = "ADR,PT,HLT,HLGT,SOC_ABBREV,FATAL_YN\r\n"


def zipped(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def substance(name: str, cases: str, drugs: str = "", events: str = "") -> bytes:
    return zipped(
        {
            f"{name}_case.csv": CASES + cases,
            f"{name}_drug.csv": DRUGS + drugs,
            f"{name}_event.csv": EVENTS + events,
            f"{name}_agg.csv": "counts",
        }
    )


def test_a_case_enters_at_the_end_of_its_year(tmp_path: Path):
    content = substance(
        "tisagenlecleucel", "12,F,50,2023,Serious\r\n13,Male,10,2026,Non-serious\r\n"
    )
    con = load(tmp_path, {"idap/2026-03-01/tisagenlecleucel.zip": content})
    columns = (
        "source_report_id, source_case_id, authority, receipt_date, first_receipt_date, "
        "occurrence_country, sex, age_years, serious, unparsed"
    )
    assert rows(con, "report", columns) == [
        "tisagenlecleucel:12|tisagenlecleucel:12|MHRA|2023-12-31|2023-12-31|GB|F||True|",
        # Of the year of the issue: by the day of the issue it was there.
        "tisagenlecleucel:13|tisagenlecleucel:13|MHRA|2026-03-01|2026-03-01|GB|M||False|",
    ]


def test_a_year_that_is_none_is_named(tmp_path: Path):
    con = load(tmp_path, {"idap/2026-03-01/a.zip": substance("a", "12,F,50,26,Serious\r\n")})
    assert rows(con, "report", "receipt_date, unparsed") == ["|['receipt_date']"]


def test_the_substance_is_the_suspect_of_each_case(tmp_path: Path):
    content = substance(
        "axicabtagene_ciloleucel",
        "1,F,50,2023,Fatal\r\n",
        "1,YESCARTA\r\n1,\r\n",
        '1,"Pyrexia",,,Genrl,N\r\n1,Sudden death,,,Genrl,Y\r\n',
    )
    con = load(tmp_path, {"idap/2026-03-01/a.zip": content})
    columns = "source_report_id, drug_seq, role, drug_verbatim, active_ingredient"
    report = "axicabtagene ciloleucel:1"
    assert rows(con, "report_drug", columns) == [
        f"{report}|1|suspect|YESCARTA|axicabtagene ciloleucel",
        f"{report}|2|suspect||axicabtagene ciloleucel",
    ]
    assert rows(con, "report_event", "source_report_id, term_verbatim") == [
        f"{report}|Pyrexia",
        f"{report}|Sudden death",
    ]
    assert rows(con, "report_outcome", "line, outcome") == ["3|death"]
    assert rows(con, "report", "serious, fatal, death") == ["True|True|True"]


def test_the_same_number_in_two_zips_is_two_cases(tmp_path: Path):
    zips = {f"idap/2026-03-01/{name}.zip": substance(name, "1,F,50,2023,\r\n") for name in "ab"}
    assert rows(load(tmp_path, zips), "report", "source_case_id") == ["a:1", "b:1"]


def test_a_zip_without_its_events_says_so(tmp_path: Path):
    content = zipped({"a_case.csv": CASES + "1,F,50,2023,\r\n"})
    con = load(tmp_path, {"idap/2026-03-01/a.zip": content})
    assert files(con)["2026-03-01/a.zip/a_case.csv"] == ("loaded", 1, 1, 0)
    assert "so its reports name no reactions" in problem(con, "2026-03-01/a.zip/a/event")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped({"../a_case.csv": CASES}), "unsafe_path"),
        (zipped({"a_case.csv": CASES})[:-30], "truncated_zip"),
        (zipped({"a_case.csv": "ADR,AGE_10\r\n1,2\r\n"}), "missing_columns"),
        (zipped({"a_case.csv": ",".join(["x"] * 400_000)}), "missing_columns"),
    ],
)
def test_a_hostile_zip_is_refused_by_name(tmp_path: Path, content: bytes, said: str):
    good = substance("b", "1,F,50,2023,\r\n")
    con = load(tmp_path, {"idap/2026-03-01/a.zip": content, "idap/2026-03-01/b.zip": good})
    found = con.execute("select message from ops.source_file where status = 'failed'").fetchall()
    assert len(found) == 1
    assert found[0][0].startswith(said)
    assert rows(con, "report", "source_case_id") == ["b:1"]


def test_a_zip_dropped_anywhere_is_known_by_names_and_columns():
    heads = {"x_case.csv": CASES.encode(), "x_event.csv": EVENTS.encode()}
    assert SOURCE.claim(Glimpse("x", "zip", heads)) == Claim("x.zip", "iDAP: case event")
    assert SOURCE.claim(Glimpse("a.csv", "plain", {"a.csv": CASES.encode()})) is None
