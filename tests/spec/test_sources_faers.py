"""What each written value of a FAERS table becomes in staging, as tables.

Rows are written with `|` for `$`; a value in the result that is empty is null.
"""

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.sources import load_inbox

KEY = b"a key of the test"


@pytest.fixture
def staged(tmp_path: Path):
    """Write one file, load it, and give the asked columns of its rows as text."""

    def run(name: str, rows: str, table: str, columns: str) -> list[str]:
        lines = [line.strip().replace("|", "$") for line in rows.strip().splitlines()]
        path = tmp_path / "inbox" / "faers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
        con = duckdb.connect()
        for statement in script(SCHEMAS, TABLES):
            con.execute(statement)
        load_inbox(con, tmp_path / "inbox", tmp_path / "scratch", KEY)
        found = con.execute(f"select {columns} from {table} order by line").fetchall()
        return [" ".join("-" if v in (None, []) else str(v) for v in row) for row in found]

    return run


def test_event_dates_before_padding_keep_the_precision_they_are_written_with(staged):
    rows = """
        primaryid|caseid|fda_dt|event_dt
        11|1|20170405|20170101
        21|2|20170405|20170301
        31|3|20170405|201703
        41|4|20170405|2017
        51|5|20170405|20170312.0
        61|6|20170405|
        71|7|20170405|20170230
        81|8|20170405|00170312
        91|9|20170405|17-03-12
    """
    assert staged(
        "q/DEMO17Q2.txt", rows, "staging.report", "event_date, event_date_precision, unparsed"
    ) == [
        "2017-01-01 day -",
        "2017-03-01 day -",
        "2017-03-01 month -",
        "2017-01-01 year -",
        "2017-03-12 day -",
        "- - -",
        "- - ['event_date']",
        "- - ['event_date']",
        "- - ['event_date']",
    ]


@pytest.mark.parametrize(
    ("quarter", "first_of_month", "first_of_year"),
    [("21Q2", "day", "day"), ("21Q3", "month", "year"), ("25Q4", "month", "year")],
)
def test_since_2021q3_a_first_day_may_stand_for_the_month_or_the_year(
    staged, quarter, first_of_month, first_of_year
):
    rows = """
        primaryid|caseid|fda_dt|event_dt
        11|1|20210930|20210301
        21|2|20210930|20210101
        31|3|20210930|20210302
        41|4|20210930|2021
    """
    assert staged(
        f"q/DEMO{quarter}.txt", rows, "staging.report", "event_date, event_date_precision"
    ) == [
        f"2021-03-01 {first_of_month}",
        f"2021-01-01 {first_of_year}",
        "2021-03-02 day",
        "2021-01-01 year",
    ]


def test_receipt_dates_are_never_taken_for_padded(staged):
    rows = """
        primaryid|caseid|fda_dt|init_fda_dt
        11|1|20250101|20240601
        21|2|202501|2024
        31|3|soon|
    """
    assert staged(
        "q/DEMO25Q1.txt", rows, "staging.report", "receipt_date, first_receipt_date, unparsed"
    ) == ["2025-01-01 2024-06-01 -", "2025-01-01 2024-01-01 -", "- - ['receipt_date']"]


def test_ages_become_years_and_fillers_are_missing(staged):
    rows = """
        primaryid|caseid|fda_dt|age|age_cod
        1|1|20170405|48|YR
        2|2|20170405|67.0|YR
        3|3|20170405|6|DEC
        4|4|20170405|18|MON
        5|5|20170405|487|DY
        6|6|20170405|5|
        7|7|20170405|-1|YR
        8|8|20170405|999|YR
        9|9|20170405|140|YR
        10|10|20170405|old|YR
        11|11|20170405||YR
        12|12|20170405|0|YR
        13|13|20170405|24|HR
    """
    assert staged("q/DEMO17Q2.txt", rows, "staging.report", "round(age_years, 4), unparsed") == [
        "48.0 -",
        "67.0 -",
        "60.0 -",
        "1.5 -",
        "1.3333 -",  # 487 / 365.25
        "- ['age_years']",  # of what unit?
        "- -",
        "- -",
        "- ['age_years']",
        "- ['age_years']",
        "- -",
        "0.0 -",
        "0.0027 -",  # 24 / 8766
    ]


def test_ids_versions_and_codes_are_text_as_written(staged):
    rows = """
        primaryid|caseid|caseversion|fda_dt|sex|rept_cod|occp_cod|occr_country|reporter_country|x
        1001.0|100|1.0|20170405|F|EXP|MD|NA|GERMANY|
        1012|101|2|20170405|UNK|DIR| HP ||EU|
        1023|102|three|20170405|T||||COUNTRY NOT SPECIFIED|
    """
    columns = (
        "source_report_id, source_case_id, version, sex, report_type, reporter, "
        "occurrence_country, reporter_country, action, authority, authority_rank, unparsed"
    )
    assert staged("q/DEMO17Q2.txt", rows, "staging.report", columns) == [
        "1001 100 1 F expedited MD NA GERMANY report FDA 1 -",
        "1012 101 2 - direct HP - EU report FDA 1 -",
        "1023 102 - - - - - COUNTRY NOT SPECIFIED report FDA 1 ['version', 'sex']",
    ]


def test_aers_rows_end_with_a_stray_delimiter_and_have_no_version(staged):
    rows = """
        ISR|CASE|FDA_DT|GNDR_COD
        4263742|4061110|20040102|F|
        4373901|4151878|20040305||
    """
    columns = "source_report_id, source_case_id, version, sex, receipt_date"
    assert staged("q/DEMO04Q1.TXT", rows, "staging.report", columns) == [
        "4263742 4061110 - F 2004-01-02",
        "4373901 4151878 - - 2004-03-05",
    ]


def test_roles_names_and_routes_of_drugs(staged):
    rows = """
        primaryid|caseid|drug_seq|role_cod|drugname|prod_ai|route
        11|1|1|PS|KYMRIAH|TISAGENLECLEUCEL|Intravenous
        11|1|2.0|SS| "QUOTED" |A\\B|
        11|1|3|C|x||
        11|1|4|I|x||
        11|1|5|ZZ|x||
    """
    columns = "drug_seq, role, drug_verbatim, active_ingredient, route, unparsed"
    assert staged("q/DRUG17Q2.txt", rows, "staging.report_drug", columns) == [
        "1 primary_suspect KYMRIAH TISAGENLECLEUCEL Intravenous -",
        '2 suspect "QUOTED" A\\B - -',
        "3 concomitant x - - -",
        "4 interacting x - - -",
        "5 - x - - ['role']",
    ]


def test_lots_are_loaded_as_hmac_of_the_folded_lot(staged):
    rows = """
        primaryid|drug_seq|role_cod|drugname|lot_num
        11|1|PS|x|ab 12
        11|2|PS|x|  AB 12
        11|3|PS|x|
    """
    lot = hmac.new(KEY, b"AB 12", hashlib.sha256).hexdigest()
    assert staged("q/DRUG17Q2.txt", rows, "staging.report_drug", "lot_hmac") == [lot, lot, "-"]


def test_dechallenge_rechallenge_and_the_coded_dose_of_drugs(staged):
    # What is written of a dose in free text (dose_vbm) is not loaded, nor is a unit with a blank.
    rows = """
        primaryid|drug_seq|role_cod|drugname|dose_vbm|dechal|rechal|dose_amt|dose_unit|dose_freq
        11|1|PS|x|30 mg, Q4W|Y|N|30.0|MG|Q4W
        11|2|PS|x|given by Dr Roe|U|D|0.5|MG/KG|
        11|3|PS|x|30 mg|n|y||MG|QD
        11|4|PS|x||Z|1|5|to Mrs Doe|QD
        11|5|PS|x||||5|DF|given by Dr Roe at noon
        11|6|PS|x||||-5|MG|
    """
    columns = "dechallenge, rechallenge, dose, unparsed"
    assert staged("q/DRUG17Q2.txt", rows, "staging.report_drug", columns) == [
        "positive negative 30 MG, Q4W -",
        "unknown not_applicable 0.5 MG/KG -",
        "negative positive - -",
        "- - - ['dechallenge', 'rechallenge']",
        "- - 5 DF -",
        "- - - -",
    ]


def test_weights_in_kilograms(staged):
    rows = """
        primaryid|caseid|fda_dt|wt|wt_cod
        11|1|20170405|70.0|KG
        21|2|20170405|100|LBS
        31|3|20170405|3500|GMS
        41|4|20170405|70|
        51|5|20170405|9000|KG
        61|6|20170405||KG
    """
    assert staged("q/DEMO17Q2.txt", rows, "staging.report", "weight_kg, unparsed") == [
        "70.0 -",
        "45.359237 -",
        "3.5 -",
        "- ['weight_kg']",
        "- ['weight_kg']",
        "- -",
    ]


def test_types_of_report_are_words_and_unknown_codes_stay(staged):
    rows = """
        primaryid|caseid|fda_dt|rept_cod
        11|1|20170405|EXP
        21|2|20170405|PER
        31|3|20170405|DIR
        41|4|20170405|5DAY
        51|5|20170405|30DAY
        61|6|20170405|XYZ
        71|7|20170405|
    """
    assert staged("q/DEMO17Q2.txt", rows, "staging.report", "report_type") == [
        "expedited", "periodic", "direct", "5-day", "30-day", "XYZ", "-",
    ]  # fmt: skip


def test_of_a_publication_only_that_there_is_one_and_its_number(staged):
    # The reference names its authors, and its title may tell of a patient.
    rows = """
        primaryid|caseid|fda_dt|lit_ref
        11|1|20170405|Roe J, Doe A. A case. J Cases. 2020;1(2):3-4. DOI:10.1016/j.Case.2020.01.002.
        21|2|20170405|Roe J. A 3-year-old girl. PMID: 31234567
        31|3|20170405|Roe J, Doe A. A case of hepatitis. J Cases. 2019
        41|4|20170405|
        51|5|20170405|Volume 110.1234/5 of Roe J
    """
    columns = "literature, literature_id"
    assert staged("q/DEMO17Q2.txt", rows, "staging.report", columns) == [
        "True doi:10.1016/j.case.2020.01.002",
        "True PMID:31234567",
        "True -",
        "False -",
        "True -",
    ]


def test_a_layout_without_a_place_for_publications_says_nothing_of_them(staged):
    rows = """
        primaryid|caseid|fda_dt
        11|1|20130405
    """
    columns = "literature, literature_id"
    assert staged("q/DEMO13Q2.txt", rows, "staging.report", columns) == ["- -"]


def test_outcomes_become_criteria_and_unknown_codes_stay(staged):
    rows = """
        primaryid|outc_cod
        1|DE
        1|LT
        1|HO
        1|DS
        1|CA
        1|RI
        1|OT
        1|XX
        1|
    """
    assert staged("q/OUTC17Q2.txt", rows, "staging.report_outcome", "outcome") == [
        "death",
        "life_threatening",
        "hospitalisation",
        "disability",
        "congenital_anomaly",
        "other_serious",
        "other_serious",
        "XX",
        "-",
    ]


def test_start_dates_stay_partial_in_every_year(staged):
    rows = """
        primaryid|dsg_drug_seq|start_dt
        1|1|20250101
        1|2|202501
        1|3|2025
        1|4|
        1|5|spring
    """
    columns = "start_date, start_date_precision, unparsed"
    assert staged("q/THER25Q4.txt", rows, "staging.report_therapy", columns) == [
        "2025-01-01 day -",
        "2025-01-01 month -",
        "2025-01-01 year -",
        "- - -",
        "- - ['start_date']",
    ]


def test_therapies_end_as_partially_as_they_start(staged):
    rows = """
        primaryid|dsg_drug_seq|start_dt|end_dt
        1|1|20250101|20250302.0
        1|2|202501|202503
        1|3||2025
        1|4||spring
        1|5||
    """
    columns = "end_date, end_date_precision, unparsed"
    assert staged("q/THER25Q4.txt", rows, "staging.report_therapy", columns) == [
        "2025-03-02 day -",
        "2025-03-01 month -",
        "2025-01-01 year -",
        "- - ['end_date']",
        "- - -",
    ]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("ADR19Q1DeletedCases.txt", "2019-03-31"),
        ("Deleted/21Q1DeletedCases.txt", "2021-03-31"),
        ("deleted/DELETE21Q4.txt", "2021-12-31"),
        ("deleted/delete24q2.TXT", "2024-06-30"),
    ],
)
def test_a_deleted_case_is_a_report_that_deletes_on_the_last_day_of_the_quarter(staged, name, day):
    # FDA's lists begin with a blank line; the blank ones are lines too.
    rows = """|
        10109973|
        |
        10261866|
        not a case|"""
    columns = "line, source_report_id, source_case_id, action, receipt_date, unparsed"
    assert staged(name, rows, "staging.report", columns) == [
        f"2 deleted:10109973 10109973 delete {day} -",
        f"4 deleted:10261866 10261866 delete {day} -",
        f"5 - - delete {day} ['source_case_id']",
    ]
