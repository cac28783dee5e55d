"""What a row of a FAERS Public Dashboard workbook becomes in staging."""

from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.sources import load_inbox

# The 24 columns of the dashboard, with a case that fills them.
CASE = {
    "Case ID": "16131977",
    "Suspect Product Names": "Kymriah",
    "Suspect Product Active Ingredients": "Tisagenlecleucel",
    "Reason for Use": "B-Cell Lymphoma",
    "Reactions": "Pain;Cytokine Release Syndrome",
    "Serious": "Serious",
    "Outcomes": "Hospitalized;Other Outcomes",
    "Sex": "Male",
    "Event Date": "22-APR-2018",
    "Latest FDA Received Date": "29-MAR-2019",
    "Case Priority": "Expedited",
    "Patient Age": "36 YR",
    "Patient Weight": "150\t LB",
    "Sender": "Novartis",
    "Reporter Type": "Consumer",
    "Report Source": "Health Professional ,Foreign",
    "Concomitant Product Names": "-",
    "Latest Manufacturer Received Date": "16-JAN-2019",
    "Initial FDA Received Date": "01-FEB-2019",
    "Country where Event occurred": "FR",
    "Reported to Manufacturer?": "Not Specified",
    "Manufacturer Control Number": "FR-NVS-1",
    "Literature Reference": "-",
    "Compounded Flag": "-",
}


EMPTY = dict.fromkeys(CASE, "")


def write(path: Path, cases: list[dict[str, str]], sheets: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        for number in range(sheets):
            sheet = book.add_worksheet(f"sheet {number}")
            sheet.write_row(0, 0, list(CASE))
            for i, case in enumerate(cases, 1):
                sheet.write_row(i, 0, list((CASE | case).values()))


@pytest.fixture
def staged(tmp_path: Path):
    """Load one workbook of these cases (each as its difference from CASE)."""

    def run(*cases: dict[str, str], sheets: int = 1) -> duckdb.DuckDBPyConnection:
        write(tmp_path / "inbox" / "faers_dashboard" / "a.xlsx", list(cases), sheets)
        con = duckdb.connect()
        for statement in script(SCHEMAS, TABLES):
            con.execute(statement)
        load_inbox(con, tmp_path / "inbox", tmp_path / "scratch", b"")
        return con

    return run


def values(con: duckdb.DuckDBPyConnection, table: str, columns: str, order: str = "line"):
    rows = con.execute(f"select {columns} from staging.{table} order by {order}").fetchall()
    return ["|".join("" if v in (None, []) else str(v) for v in row) for row in rows]


def test_a_row_is_a_report_of_the_authority_fda_after_faers_itself(staged):
    columns = (
        "line, source_report_id, source_case_id, version, authority, authority_rank, release, "
        "first_receipt_date, receipt_date, report_type, reporter, occurrence_country, sex, "
        "age_years, sender, manufacturer_number, unparsed"
    )
    assert values(staged({}), "report", columns) == [
        "2|16131977|16131977||FDA|2|a.xlsx|2019-02-01|2019-03-29|Expedited|Consumer|FR|M|36.0|"
        "Novartis|FR-NVS-1|"
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("22-APR-2018", "2018-04-22|day|"),
        ("APR-2018", "2018-04-01|month|"),
        ("2011", "2011-01-01|year|"),
        ("01-JAN-2018", "2018-01-01|day|"),
        ("-", "||"),
        ("30-FEB-2018", "||['event_date']"),
        ("22-APR-0018", "||['event_date']"),
    ],
)
def test_event_dates_keep_the_precision_they_are_written_with(staged, written, read):
    columns = "event_date, event_date_precision, unparsed"
    assert values(staged({"Event Date": written}), "report", columns) == [read]


def test_weight_and_that_there_is_a_publication_are_read(staged):
    con = staged(
        {"Patient Weight": "75 KG"},
        {"Patient Weight": "100\t LB", "Literature Reference": "Muster A. J Inv. 2020;1:2"},
        {"Patient Weight": "75", "Literature Reference": "Muster A. 2020. PMID: 12345678"},
        {"Patient Weight": "Not Specified"},
    )
    assert values(con, "report", "weight_kg, literature, literature_id, unparsed") == [
        "75.0|False||",
        "45.359237|True||",
        "|True|PMID:12345678|['weight_kg']",
        "|False||",
    ]
    assert "Muster" not in str(con.execute("from staging.report").fetchall())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("36 YR", "36.0|"),
        ("18 MTH", "1.5|"),
        ("6 DEC", "60.0|"),
        ("Not Specified", "|"),
        ("-1 YR", "|"),
        ("-2 YR", "|['age_years']"),
        ("9 lives", "|['age_years']"),
    ],
)
def test_ages_become_years(staged, written, read):
    assert values(staged({"Patient Age": written}), "report", "age_years, unparsed") == [read]


def test_seriousness_comes_from_the_word_and_from_the_outcomes(staged):
    con = staged(
        {"Serious": "Serious", "Outcomes": "Died;Life Threatening"},
        {"Serious": "Non-Serious", "Outcomes": "Non-Serious"},
        {"Serious": "-", "Outcomes": "-"},
        {"Serious": "Serious", "Outcomes": "Required Intervention;Disabled;Congenital Anomaly"},
    )
    flags = (
        "serious, fatal, death, life_threatening, hospitalisation, disability, "
        "congenital_anomaly, other_serious"
    )
    assert values(con, "report", flags) == [
        "True|True|True|True|False|False|False|False",
        "False|False|False|False|False|False|False|False",
        "|||||||",
        "True|False|False|False|False|True|True|True",
    ]
    assert values(con, "report_outcome", "line, outcome", "line, outcome") == [
        "2|death",
        "2|life_threatening",
        "5|congenital_anomaly",
        "5|disability",
        "5|other_serious",
    ]


def drugs(con: duckdb.DuckDBPyConnection) -> list[str]:
    columns = "drug_seq, role, drug_verbatim, active_ingredient"
    return values(con, "report_drug", columns, "line, drug_seq::int")


def test_one_name_and_one_ingredient_are_one_drug(staged):
    assert drugs(staged({})) == ["1|suspect|Kymriah|Tisagenlecleucel"]


def test_lists_are_never_paired_because_each_has_an_order_of_its_own(staged):
    con = staged(
        {
            "Suspect Product Names": "Chantix;Neupro",
            "Suspect Product Active Ingredients": "Rotigotine;Varenicline Tartrate",
        }
    )
    assert drugs(con) == ["1|suspect||Rotigotine", "2|suspect||Varenicline Tartrate"]


def test_ingredients_stand_for_names_and_a_combination_stays_whole(staged):
    con = staged(
        {
            "Suspect Product Names": "Sinemet",
            "Suspect Product Active Ingredients": "Carbidopa\\Levodopa;Pramipexole",
            "Concomitant Product Names": "Xanax; Vitamins",
        }
    )
    assert drugs(con) == [
        "1|suspect||Carbidopa\\Levodopa",
        "2|suspect||Pramipexole",
        "3|concomitant|Xanax|",
        "4|concomitant|Vitamins|",
    ]


def test_names_count_where_there_is_no_ingredient(staged):
    con = staged({"Suspect Product Names": "A;B", "Suspect Product Active Ingredients": "-"})
    assert drugs(con) == ["1|suspect|A|", "2|suspect|B|"]


def test_a_case_without_suspects_keeps_its_other_drugs(staged):
    con = staged(
        {
            "Suspect Product Names": "-",
            "Suspect Product Active Ingredients": "-",
            "Concomitant Product Names": "C",
        }
    )
    assert drugs(con) == ["1|concomitant|C|"]


def test_reactions_and_sources_are_lists(staged):
    con = staged({})
    assert values(con, "report_event", "term_verbatim", "term_verbatim") == [
        "Cytokine Release Syndrome",
        "Pain",
    ]
    assert values(con, "report_source", "report_source", "report_source") == [
        "Foreign",
        "Health Professional",
    ]


def test_reasons_for_use_are_kept_where_they_can_belong_to_one_drug_only(staged):
    con = staged(
        {"Reason for Use": "Lymphoma;Product Used For Unknown Indication"},
        {"Suspect Product Active Ingredients": "A;B"},
        {"Reason for Use": "-"},
    )
    assert values(con, "report_indication", "line, drug_seq, indication", "indication") == [
        "2|1|Lymphoma",
        "2|1|Product Used For Unknown Indication",
    ]


def test_lines_are_the_rows_of_the_sheet_and_empty_rows_are_none(staged):
    con = staged({"Case ID": "1"}, EMPTY, {"Case ID": "3"})
    assert values(con, "report", "line, source_case_id") == ["2|1", "4|3"]
    assert con.execute("select rows_read from ops.source_file").fetchone() == (2,)


def test_other_sheets_are_named(staged):
    con = staged({}, sheets=2)
    assert con.execute("select rows_read, message from ops.source_file").fetchone() == (
        1,
        "only the first of 2 sheets is read",
    )
