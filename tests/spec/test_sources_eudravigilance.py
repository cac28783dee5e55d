"""What a row of a EudraVigilance line listing becomes in staging. The rows are invented."""

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter

from pv.sources.eudravigilance import SOURCE
from pv.sources.model import Claim, Glimpse
from tests.staged import files, load, problem, rows

_DETAILS = "(Drug Char - Indication PT - Action taken - [Duration - Dose - Route])"
CASE = {
    "EU Local Number": "EU-EC-10000000001",
    "Report Type": "Spontaneous",
    "EV Gateway Receipt Date": "2024-03-05 00:00:00",
    "Primary Source Qualification": "Healthcare Professional",
    "Primary Source Country for Regulatory Purposes": "European Economic Area",
    "Literature Reference": "Not available",
    "Patient Age Group": "18-64 Years",
    "Patient Age Group (as per reporter)": "Adult",
    "Parent Child Report": "No",
    "Patient Sex": "Female",
    "Reaction List PT (Duration \u2013 Outcome - Seriousness Criteria)": (
        "Cytokine release syndrome (3d - Recovered/Resolved - Caused/Prolonged Hospitalisation, "
        "Life Threatening),<BR><BR>Tumour (grade 2) pain (n/a - Unknown - )"
    ),
    f"Suspect/interacting Drug List {_DETAILS}": (
        "KYMRIAH [TISAGENLECLEUCEL] (S - B-cell lymphoma - Not applicable - [1d - 1DF - "
        "Intravenous use]),<BR><BR>[FLUDARABINE] (I - Not reported - Unknown - [n/a - n/a - n/a])"
    ),
    f"Concomitant/Not Administered Drug List {_DETAILS}": (
        "DAFALGAN (500 MG) [PARACETAMOL] (C - Pain - n/a - [n/a - n/a - Oral use]),<BR><BR>"
        "ASPIRIN [ACETYLSALICYLIC ACID]"
    ),
    "ICSR Form": '<a href="x,y">ICSR</a>',
}
SUSPECTS, OTHERS = (name for name in CASE if "Drug List" in name)
REACTIONS = next(name for name in CASE if name.startswith("Reaction"))


def listing(*changed: dict[str, str], bom: str = "\ufeff\ufeff") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(CASE)
    for change in changed:
        writer.writerow((CASE | change).values())
    return (bom + out.getvalue()).encode()


def workbook(*changed: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(CASE))
        for i, change in enumerate(changed, 1):
            sheet.write_row(i, 0, list((CASE | change).values()))
    return out.getvalue()


@pytest.mark.parametrize("content", [listing({}), workbook({})], ids=["csv", "xlsx"])
def test_a_row_is_a_case_with_its_lists(tmp_path: Path, content: bytes):
    suffix = "xlsx" if content.startswith(b"PK") else "csv"
    name = f"2026-01-31/kymriah.{suffix}"
    con = load(tmp_path, {f"eudravigilance/{name}": content})
    assert files(con)[name] == ("loaded", 1, 1, 0)
    columns = (
        "line, source_report_id, source_case_id, release, authority, first_receipt_date, "
        "receipt_date, report_type, reporter, occurrence_country, reporter_country, sex, age_years,"
        " unparsed"
    )
    assert rows(con, "report", columns) == [
        f"2|EU-EC-10000000001|EU-EC-10000000001|2026-01-31/{name}|EMA|2024-03-05|2024-03-05|"
        "Spontaneous|Healthcare Professional||European Economic Area|F||"
    ]
    flags = (
        "serious, fatal, death, life_threatening, hospitalisation, disability, congenital_anomaly, "
        "other_serious"
    )
    assert rows(con, "report", flags) == ["True|False|False|True|True|False|False|False"]
    assert sorted(rows(con, "report_event", "term_verbatim, outcome")) == [
        "Cytokine release syndrome|Recovered/Resolved",
        "Tumour (grade 2) pain|Unknown",
    ]
    columns = "drug_seq, role, drug_verbatim, active_ingredient, route, dose"
    assert rows(con, "report_drug", columns) == [
        "1|suspect|KYMRIAH|TISAGENLECLEUCEL|Intravenous use|1 DF",
        "2|interacting||FLUDARABINE||",
        "3|concomitant|DAFALGAN (500 MG)|PARACETAMOL|Oral use|",
        "4|concomitant|ASPIRIN|ACETYLSALICYLIC ACID||",
    ]
    # A listing says neither when a therapy ended nor what came of a challenge, nor weights.
    assert rows(con, "report_drug", "end_date, dechallenge, rechallenge") == ["||"] * 4
    assert rows(con, "report", "weight_kg, literature, literature_id") == ["|False|"]
    assert rows(con, "report_indication", "drug_seq, indication") == ["1|B-cell lymphoma", "3|Pain"]
    known = "select latest_receipt::varchar from ops.source_file"
    assert con.execute(known).fetchall() == [("2026-01-31",)]


@pytest.mark.parametrize(
    ("changed", "columns", "read"),
    [
        ({REACTIONS: "Nausea (n/a - Unknown - )"}, "serious, fatal, death", "False|False|False"),
        ({REACTIONS: "Nausea"}, "serious, fatal, death", "||"),
        (
            {REACTIONS: "Death (n/a - Fatal - Results in Death)"},
            "serious, fatal, death",
            "True|True|True",
        ),
        ({"EV Gateway Receipt Date": "05-MAR-2024"}, "receipt_date", "2024-03-05"),
        ({"EV Gateway Receipt Date": "05/03/2024"}, "receipt_date, unparsed", "|['receipt_date']"),
        ({"Patient Sex": "Not Specified"}, "sex, unparsed", "|"),
    ],
)
def test_what_is_written_is_read(tmp_path: Path, changed: dict, columns: str, read: str):
    con = load(tmp_path, {"eudravigilance/2024-06-30/a.csv": listing(changed)})
    assert rows(con, "report", columns) == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Not reported", []),
        ("YESCARTA [AXICABTAGENE CILOLEUCEL] (S - n/a - n/a)",
         ["suspect|YESCARTA|AXICABTAGENE CILOLEUCEL"]),
        ("COVID-19 VACCINE ASTRAZENECA (CHADOX1 NCOV-19) [COVID-19 VACCINE (CHADOX1)] (S - a - b - "
         "[c - d - e])", ["suspect|COVID-19 VACCINE ASTRAZENECA (CHADOX1 NCOV-19)|COVID-19 VACCINE "
                          "(CHADOX1)"]),
        ("X (N - a - b - [c - d - e])", ["not_administered|X|"]),
        ("[Not reported]", []),
    ],
)  # fmt: skip
def test_a_drug_is_parted_into_brand_substance_and_role(tmp_path: Path, written: str, read: list):
    content = listing({SUSPECTS: written, OTHERS: ""})
    con = load(tmp_path, {"eudravigilance/2024-06-30/a.csv": content})
    assert rows(con, "report_drug", "role, drug_verbatim, active_ingredient") == read


def test_dose_and_route_are_those_of_the_first_administration(tmp_path: Path):
    given = (
        "22d - 1000mg - Intravenous use - More in ICSR",
        "n/a - 100ug/m2 - Intravenous use",
        # EVDAS has the start in front.
        "26/08/2021 - n/a - 0.5mg - Oral use",
        "n/a - n/a - Oral use",
        "n/a - as the sister said - n/a",
    )
    listed = [{SUSPECTS: f"X [Y] (S - a - b - [{said}])", OTHERS: ""} for said in given]
    con = load(tmp_path, {"eudravigilance/2024-06-30/a.csv": listing(*listed)})
    assert rows(con, "report_drug", "dose, route") == [
        "1000 mg|Intravenous use",
        "100 ug/m2|Intravenous use",
        "0.5 mg|Oral use",
        "|Oral use",
        "|",
    ]


def test_of_a_publication_it_is_told_that_there_is_one_and_its_number(tmp_path: Path):
    said = ("Muster A et al. J Inv. 2020;1:2. DOI: 10.1000/j.inv.7.", "Muster A. In press",
            "Not available")  # fmt: skip
    content = listing(*({"Literature Reference": text} for text in said))
    con = load(tmp_path, {"eudravigilance/2024-06-30/a.csv": content})
    assert rows(con, "report", "literature, literature_id") == [
        "True|doi:10.1000/j.inv.7",
        "True|",
        "False|",
    ]
    assert "Muster" not in str(con.execute("from staging.report").fetchall())


def test_a_veterinary_listing_is_refused_by_name(tmp_path: Path):
    header = "\ufeffCase number,AER form,Received date,Reporter,Country,Gender,Species,Drug\r\n"
    content = header.encode() + b"1,2,3,4,5,6,7,8\r\n"
    con = load(tmp_path, {"eudravigilance/2024-06-30/vet.csv": content})
    assert problem(con, "2024-06-30/vet.csv").startswith(
        "failed: missing_columns: no case_id, receipt, reactions, suspects among"
    )


def test_swapped_columns_fail_the_file(tmp_path: Path):
    swapped = {REACTIONS: "Female", "Patient Sex": "Nausea (n/a - Unknown - )"}
    cases = [swapped] * 12
    for name, content in (("a.csv", listing(*cases)), ("b.xlsx", workbook(*cases))):
        con = load(tmp_path / name, {f"eudravigilance/2024-06-30/{name}": content})
        assert "suspect_columns: 0 of 12 values of sex" in problem(con, f"2024-06-30/{name}")


def test_a_file_dropped_anywhere_is_known_by_its_columns():
    seen = Glimpse("x.csv", "plain", {"x.csv": listing({})})
    assert SOURCE.claim(seen) == Claim("x.csv", "EudraVigilance: line listing")
    book = Glimpse("x.xlsx", "workbook", {}, header=tuple(CASE))
    assert SOURCE.claim(book) == Claim("x.xlsx", "EudraVigilance: line listing")
