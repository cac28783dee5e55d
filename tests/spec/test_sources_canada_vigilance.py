"""What the tables of Canada Vigilance's extract become in staging. The rows are invented."""

from pathlib import Path

import pytest

from pv.errors import FileProblemError
from pv.sources.canada_vigilance import SOURCE, TABLES
from pv.sources.model import Claim, Glimpse
from tests.staged import aside, files, load, problem, rows

EXTRACT = "canada_vigilance/cvponline_extract_20260930"


def table(label: str, *cases: dict[str, str]) -> bytes:
    """Rows of a table, each from its columns that are not empty."""
    columns = TABLES[label].layout.required
    assert all(set(case) <= set(columns) for case in cases)
    lines = ["$".join(f'"{case.get(name, "")}"' for name in columns) for case in cases]
    return "".join(f"{line}\r\n" for line in lines).encode()


CASE = {
    "report_id": "000605999",
    "report_no": "000612345",
    "version_no": "2",
    "datreceived": "02-JAN-15",
    "datintreceived": "2014-12-24",
    "mah_no": "CA-NVS-1",
    "report_type_code": "7",
    "report_type_eng": "Spontaneous",
    "report_type_fr": "Déclaration spontanée",
    "gender_code": "2",
    "gender_eng": "Female",
    "gender_fr": "Femme",
    "age": "6",
    "age_y": "0.5",
    "age_unit_eng": "Months",
    "outcome_code": "07",
    "outcome_eng": "Recovered/resolved",
    "weight": "0",
    "seriousness_code": "01",
    "seriousness_eng": "Serious",
    "death": "2",
    "hosp_required": "1",
    "reporter_type_eng": "Physician",
    "source_eng": "MAH",
    "e2b_imp_safetyreport_id": "CA-MSG-7",
    "company_numb": "CA-NVS-2014CA1",
}


def test_the_rows_of_each_table_have_the_width_of_health_canadas_structure():
    widths = {label: len(part.layout.required) for label, part in TABLES.items()}
    assert widths == {
        "reports": 42, "report_drug": 22, "reactions": 10, "report_drug_indication": 6,
        "report_links": 5, "literature_reference": 5,
    }  # fmt: skip


def test_a_report_is_of_canada_with_both_dates_and_its_flags(tmp_path: Path):
    con = load(tmp_path, {f"{EXTRACT}/reports.txt": table("reports", CASE)})
    columns = (
        "line, source_report_id, source_case_id, version, authority, first_receipt_date, "
        "receipt_date, worldwide_case_id, manufacturer_number, report_type, reporter, "
        "occurrence_country, sex, age_years, unparsed"
    )
    assert rows(con, "report", columns) == [
        "1|605999|000612345|2|Health Canada|2014-12-24|2015-01-02|CA-NVS-2014CA1|CA-NVS-1|"
        "Spontaneous|Physician|CA|F|0.5|"
    ]
    flags = (
        "serious, fatal, death, life_threatening, hospitalisation, disability, congenital_anomaly, "
        "other_serious"
    )
    assert rows(con, "report", flags) == ["True|False|False||True|||"]
    assert rows(con, "report_source", "source_report_id, report_source") == ["605999|MAH"]
    known = "select distinct latest_receipt::varchar from ops.source_file where name like '%.txt'"
    assert con.execute(known).fetchall() == [("2026-09-30",)]


@pytest.mark.parametrize(
    ("changed", "columns", "read"),
    [
        ({"outcome_code": "11", "death": ""}, "fatal, death", "True|"),
        ({"age_y": "", "age": "18"}, "age_years", "1.5"),
        ({"age_y": "", "age": ""}, "age_years, unparsed", "|"),
        ({"age_y": "200"}, "age_years, unparsed", "|['age_years']"),
        ({"seriousness_eng": "Not serious"}, "serious", "False"),
        ({"gender_eng": "Unknown"}, "sex, unparsed", "|"),
        ({"datreceived": "31-DEC-65"}, "receipt_date", "1965-12-31"),
        ({"datreceived": "soon"}, "receipt_date, unparsed", "2014-12-24|['receipt_date']"),
        # Swapped, as in some rows: the nine digits are the case's.
        (
            {"report_no": "CA-MSG-7", "e2b_imp_safetyreport_id": "000612345"},
            "source_case_id",
            "000612345",
        ),
    ],
)
def test_what_is_written_is_read(tmp_path: Path, changed: dict, columns: str, read: str):
    con = load(tmp_path, {f"{EXTRACT}/reports.txt": table("reports", CASE | changed)})
    assert rows(con, "report", columns) == [read]


def test_the_other_tables_join_on_the_number_without_zeros(tmp_path: Path):
    drug = {"report_drug_id": "0000000077", "report_id": "605999", "drugname": "KYMRIAH"}
    con = load(
        tmp_path,
        {
            f"{EXTRACT}/reports.txt": table("reports", CASE),
            f"{EXTRACT}/report_drug.txt": table(
                "report_drug",
                drug | {"druginvolv_eng": "Suspect", "routeadmin_eng": "Intravenous drip",
                        "unit_dose_qty": "20", "dose_unit_eng": "Gram"},
                drug | {"druginvolv_eng": "Concomitant", "drugname": 'ACETAMINOPHEN $ ""500""',
                        "unit_dose_qty": "1", "dose_unit_eng": "Dosage forms", "frequency": "2",
                        "freq_time": "3", "frequency_time_eng": "2 every 3",
                        "freq_time_unit_eng": "Weeks"},
                drug | {"druginvolv_eng": "Interacting", "unit_dose_qty": "5"},
                drug | {"druginvolv_eng": "?"},
            ),
            f"{EXTRACT}/reactions.txt": table(
                "reactions",
                {"reaction_id": "1", "report_id": "000605999", "pt_name_eng": "Pyrexia",
                 "pt_name_fr": "Pyrexie", "meddra_version": "v.29.0"},
            ),
            f"{EXTRACT}/report_drug_indication.txt": table(
                "report_drug_indication",
                {"report_drug_id": "77", "report_id": "605999",
                 "indication_name_eng": "B-cell lymphoma"},
            ),
            f"{EXTRACT}/report_links_lx.txt": table(
                "report_links",
                {"report_link_id": "1", "report_id": "605999", "record_type_eng": "Duplicate",
                 "report_link_no": "000700001"},
                {"report_link_id": "2", "report_id": "605999", "record_type_eng": "Linked",
                 "report_link_no": "000700002"},
            ),
            f"{EXTRACT}/gender_lx.txt": b'"1"$"Male"$"Homme"\r\n',
            f"{EXTRACT}/drug_products.txt": b'"1"$"KYMRIAH"\r\n',
        },
    )  # fmt: skip
    columns = "source_report_id, drug_seq, role, drug_verbatim, route, dose, unparsed"
    assert rows(con, "report_drug", columns) == [
        "605999|77|suspect|KYMRIAH|Intravenous drip|20 Gram|",
        '605999|77|concomitant|ACETAMINOPHEN $ "500"||1 Dosage forms, 2 every 3 weeks|',
        "605999|77|interacting|KYMRIAH|||",
        "605999|77||KYMRIAH|||['role']",
    ]
    # The extract says how long a therapy was, and neither when it ended nor what came of it.
    assert rows(con, "report_drug", "end_date, dechallenge, rechallenge") == ["||"] * 4
    assert rows(con, "report_event", "source_report_id, term_verbatim") == ["605999|Pyrexia"]
    assert rows(con, "report_indication", "source_report_id, drug_seq, indication") == [
        "605999|77|B-cell lymphoma"
    ]
    # Only a duplicate is the same case.
    assert rows(con, "report_link", "source_report_id, link_type, linked_id") == [
        "605999|linked_report|000700001",
        "605999|related_report|000700002",
    ]
    assert len(files(con)) == 5


def test_a_weight_has_a_unit_and_0_stands_for_one_that_nobody_told(tmp_path: Path):
    written = [("0", ""), ("9.94", "Kilogram"), ("3500", "Gram"), ("100", "Pounds"), ("9.94", "")]
    cases = [CASE | {"weight": weight, "weight_unit_eng": unit} for weight, unit in written]
    con = load(tmp_path, {f"{EXTRACT}/reports.txt": table("reports", *cases)})
    assert rows(con, "report", "weight_kg, unparsed") == [
        "|", "9.94|", "3.5|", "45.359237|", "|['weight_kg']"
    ]  # fmt: skip


def test_of_a_publication_it_is_told_that_there_is_one_and_its_number(tmp_path: Path):
    cited = "Muster A. A child after KYMRIAH. J Inv 2020. doi:10.1000/j.inv.7"
    con = load(
        tmp_path,
        {
            f"{EXTRACT}/reports.txt": table("reports", CASE),
            f"{EXTRACT}/literature_reference.txt": table(
                "literature_reference",
                {"report_id": "605999", "report_no": "000612345", "version_no": "2",
                 "seq_literature": "1", "literature_reference": cited},
                {"report_id": "605999", "seq_literature": "2", "literature_reference": "In press"},
            ),
        },
    )  # fmt: skip
    said = sorted(rows(con, "report_source", "source_report_id, report_source, literature_id"))
    assert said == [
        "605999|MAH|", "605999|literature|", "605999|literature|doi:10.1000/j.inv.7"
    ]  # fmt: skip
    assert "Muster" not in str(con.execute("from staging.report_source").fetchall())


def test_a_broken_row_goes_to_quarantine(tmp_path: Path):
    good = table("reports", CASE)
    cut = good[:-40] + b"\r\n"
    glued = good.rstrip() + b"$" + good
    con = load(tmp_path, {f"{EXTRACT}/reports.txt": good * 3 + cut + glued})
    name = "cvponline_extract_20260930/reports.txt"
    assert files(con)[name] == ("loaded", 5, 3, 2)
    assert [line for line, _ in aside(con)] == [4, 5]


def test_a_table_with_other_columns_is_refused_by_name(tmp_path: Path):
    lines = [CASE | {"report_id": str(i)} for i in range(1, 13)]
    swapped = [case | {"death": case["gender_eng"], "gender_eng": "2"} for case in lines]
    con = load(
        tmp_path,
        {
            f"{EXTRACT}/reports.txt": table("reports", *swapped),
            f"{EXTRACT}/report_drug.txt": table("reactions", {"reaction_id": "1"}),
        },
    )
    folder = "cvponline_extract_20260930"
    assert "suspect_columns: 0 of 12 values of gender_eng" in problem(con, f"{folder}/reports.txt")
    assert problem(con, f"{folder}/report_drug.txt").startswith(
        "failed: wrong_fields: 0 of the first 1 rows have the 22 fields"
    )


def test_a_file_dropped_anywhere_is_known_by_its_fields():
    reports, drugs = table("reports", CASE), table("report_drug", {"report_id": "1"})
    zipped = {"cv/reports.txt": reports, "cv/report_drug.txt": drugs}
    assert SOURCE.claim(Glimpse("x.zip", "zip", zipped)) == Claim(
        "x.zip", "Canada Vigilance: report_drug reports"
    )
    assert SOURCE.claim(Glimpse("reports.txt", "plain", {"reports.txt": b"a$b\n"})) is None
    with pytest.raises(FileProblemError, match="no_reports"):
        SOURCE.claim(Glimpse("x.zip", "zip", {"report_drug.txt": drugs}))
