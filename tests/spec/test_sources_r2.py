"""What a report in the vocabulary of E2B(R2) becomes in staging, from XML and from JSON."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.sources import ledger
from pv.sources.lots import hmac_pads
from pv.sources.model import Intake, Part, Reading
from pv.sources.registry import SOURCES
from pv.warehouse.relations import run as run_sql
from pv.warehouse.relations import run_script

Node = dict[str, Any]
Load = Callable[[dict[str, bytes]], tuple[duckdb.DuckDBPyConnection, list[Reading]]]
Staged = Callable[..., duckdb.DuckDBPyConnection]

FDA = {"sendertype": "2", "senderorganization": "FDA-Public Use"}
DRUG: Node = {
    "drugcharacterization": "1",
    "medicinalproduct": "KYMRIAH",
    "drugbatchnumb": " ab12 ",
    "drugadministrationroute": "042",
    "drugindication": "Hodgkin^s disease",
    "drugstartdateformat": "102",
    "drugstartdate": "20190109",
    "activesubstance": {"activesubstancename": "TISAGENLECLEUCEL"},
}
REACTION: Node = {
    "reactionmeddraversionpt": "23.0",
    "reactionmeddrapt": "Crohn^s disease",
    "reactionoutcome": "3",
}
REPORT: Node = {
    "safetyreportversion": "5",
    "safetyreportid": "15868084",
    "primarysourcecountry": "DE",
    "transmissiondateformat": "102",
    "transmissiondate": "20200713",
    "reporttype": "1",
    "serious": "1",
    "seriousnesshospitalization": "1",
    "seriousnessdeath": "2",
    "receivedateformat": "102",
    "receivedate": "20190125",
    "receiptdateformat": "102",
    "receiptdate": "20200401",
    "companynumb": "DE-ACME-2019-1",
    "duplicate": "1",
    "reportduplicate": [
        {"duplicatesource": "ACME", "duplicatenumb": "DE-ACME-2019-1"},
        {"duplicatesource": "OTHER", "duplicatenumb": "NZ-OTHER-7"},
    ],
    "primarysource": {"reportercountry": "FR", "qualification": "5"},
    "sender": FDA,
    "patient": {
        "patientonsetage": "18",
        "patientonsetageunit": "802",
        "patientsex": "2",
        "reaction": [REACTION],
        "drug": [DRUG],
        "summary": {"narrativeincludeclinical": "CASE EVENT DATE: 20190110"},
    },
}
# What a company sends to an authority.
SENT: Node = {**REPORT, "safetyreportid": "DE-ACME-2019-1-03", "sender": {"sendertype": "1"}}


def element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(element(name, one) for one in value)
    inner = escape(value) if isinstance(value, str) else elements(value)
    return f"<{name}>{inner}</{name}>\n"


def elements(node: Node) -> str:
    return "".join(element(name, value) for name, value in node.items())


def xml(reports: list[Node]) -> bytes:
    header = {"messagedateformat": "204", "messagedate": "20200801120000"}
    inner = elements({"ichicsrmessageheader": header, "safetyreport": reports})
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ichicsr SYSTEM "http://eudravigilance.invalid/dtd/icsr21xml.dtd">
<ichicsr lang="en">
{inner}</ichicsr>""".encode()


def page(reports: list[Node]) -> bytes:
    meta = {"last_updated": "2020-08-01", "results": {"skip": 0, "limit": 100, "total": 1}}
    return json.dumps({"meta": meta, "results": reports}, indent=2).encode()


def lines(reports: list[Node]) -> bytes:
    return b"\n".join(json.dumps(report).encode() for report in reports)


FORMATS = {
    "xml": ("e2b_r2/a.xml", xml),
    "page": ("openfda/a.json", page),
    "lines": ("openfda/a.jsonl", lines),
}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables of staging and the quarantine, which `load` empties."""
    con = duckdb.connect()
    for statement in script(SCHEMAS, [t for t in TABLES if t.schema in ("staging", "ops")]):
        con.execute(statement)
    run_script(con, "macros/reading")
    yield con
    con.close()


@pytest.fixture
def load(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> Load:
    """Stage files by their names below the inbox, in this process."""
    con = warehouse
    for number in range(1, 10):
        ledger.clear_rows(con, number)
    inner, outer = hmac_pads(b"key")

    def run(files: dict[str, bytes]) -> tuple[duckdb.DuckDBPyConnection, list[Reading]]:
        readings: list[Reading] = []
        for number, (name, content) in enumerate(files.items(), 1):
            key, _, rest = name.partition("/")
            part = next(s for s in SOURCES if s.key == key).recognise(rest)
            assert isinstance(part, Part)
            params = {"source": key, "file_id": number, "name": rest, "release": part.release}
            reading = part.read(Intake(con, partial(_opened, content), tmp_path, params))
            for stage in reading.stages:
                run_sql(con, stage, {**reading.params, "lot_inner": inner, "lot_outer": outer})
            counted = ledger.count_rows(con, number, "staging.report")
            assert reading.rows_read == sum(counted)
            readings.append(reading)
        return con, readings

    return run


def _opened(content: bytes) -> AbstractContextManager[BinaryIO]:
    return nullcontext(BytesIO(content))


@pytest.fixture(params=FORMATS)
def staged(request: pytest.FixtureRequest, load: Load) -> Staged:
    """Stage reports (each as its difference from REPORT) in one of the formats."""
    name, write = FORMATS[request.param]
    return lambda *reports: load({name: write([{**REPORT, **report} for report in reports])})[0]


def values(con: duckdb.DuckDBPyConnection, table: str, columns: str) -> list[str]:
    rows = con.execute(f"select {columns} from staging.{table} order by all").fetchall()
    return ["|".join("" if v in (None, []) else str(v) for v in row) for row in rows]


def test_a_report_that_fda_publishes_is_the_case_of_faers_in_its_version(staged: Staged):
    columns = (
        "source_report_id, source_case_id, version, authority, authority_rank, action, "
        "worldwide_case_id, manufacturer_number, sender, first_receipt_date, receipt_date, "
        "report_type, reporter, occurrence_country, reporter_country, sex, age_years, "
        "event_date, event_date_precision, unparsed"
    )
    assert values(staged({}), "report", columns) == [
        "158680845|15868084|5|FDA|1|report|DE-ACME-2019-1|DE-ACME-2019-1|ACME|2019-01-25|"
        "2020-04-01|spontaneous|consumer||FR|F|1.5|2019-01-10|day|"
    ]


def test_a_drug_has_name_ingredient_route_lot_indication_and_start(staged: Staged):
    con = staged({})
    columns = "drug_seq, role, drug_verbatim, active_ingredient, route, length(lot_hmac), unparsed"
    assert values(con, "report_drug", columns) == [
        "1|suspect|KYMRIAH|TISAGENLECLEUCEL|Intravenous (not otherwise specified)|64|"
    ]
    assert values(con, "report_indication", "drug_seq, indication") == ["1|Hodgkin's disease"]
    assert values(con, "report_therapy", "drug_seq, start_date, start_date_precision") == [
        "1|2019-01-09|day"
    ]


def test_a_drug_has_dose_end_dechallenge_and_rechallenge(staged: Staged):
    told = {
        "drugstructuredosagenumb": "0.5", "drugstructuredosageunit": "007",
        "drugseparatedosagenumb": "2", "drugintervaldosageunitnumb": "3",
        "drugintervaldosagedefinition": "803", "drugenddateformat": "610",
        "drugenddate": "201903", "drugadditional": "1", "drugrecurreadministration": "2",
    }  # fmt: skip
    untold = {
        "drugstructuredosagenumb": "0.5", "drugstructuredosageunit": "999",
        "drugadditional": "3", "drugrecurreadministration": "7",
    }  # fmt: skip
    drugs = [{**DRUG, **told}, {**DRUG, **untold}]
    con = staged({"patient": {**REPORT["patient"], "drug": drugs}})
    assert values(con, "report_drug", "drug_seq, dose, dechallenge, rechallenge, unparsed") == [
        "1|0.5 mg/kg, 2 every 3 weeks|positive|negative|",
        "2||||['rechallenge']",
    ]
    assert values(con, "report_therapy", "drug_seq, end_date, end_date_precision") == [
        "1|2019-03-01|month",
        "2||",
    ]


def test_dechallenge_is_told_by_fda_alone(load):
    # In a message of others the element is free text.
    told = {"patient": {**REPORT["patient"], "drug": [{**DRUG, "drugadditional": "1"}]}}
    con, _ = load({"e2b_r2/a.xml": xml([{**SENT, **told}])})
    assert values(con, "report_drug", "dechallenge") == [""]


def test_weight_and_that_there_is_a_publication(staged: Staged):
    con = staged(
        {
            "patient": {**REPORT["patient"], "patientweight": "70.5"},
            "primarysource": {"literaturereference": "Roe J. A case. doi:10.1016/J.X.2020.1"},
        }
    )
    columns = "weight_kg, literature, literature_id, unparsed"
    assert values(con, "report", columns) == ["70.5|True|doi:10.1016/j.x.2020.1|"]


def test_a_report_without_a_publication_says_so(staged: Staged):
    assert values(staged({}), "report", "weight_kg, literature, literature_id") == ["|False|"]


def test_equal_lots_are_equal_whatever_their_format(load):
    con, _ = load({name: write([REPORT]) for name, write in FORMATS.values()})
    assert con.execute("select count(distinct lot_hmac) from staging.report_drug").fetchall() == [
        (1,)
    ]


def test_an_event_has_its_term_with_the_apostrophe_that_fda_replaces(staged: Staged):
    columns = "term_verbatim, event_code, onset_date, outcome"
    assert values(staged({}), "report_event", columns) == [
        "Crohn's disease||2019-01-10|not recovered"
    ]


def test_other_carets_stay(staged: Staged):
    drug = {**DRUG, "medicinalproduct": "RIBOFLAVIN 5^-PHOSPHATE ^SINPHAR ^"}
    con = staged({"patient": {"reaction": REACTION, "drug": drug}})
    assert values(con, "report_drug", "drug_verbatim") == ["RIBOFLAVIN 5^-PHOSPHATE ^SINPHAR ^"]


def test_objects_may_stand_alone_or_in_lists_or_not_be_there(staged: Staged):
    alone = {"reaction": REACTION, "drug": DRUG}
    several = {"reaction": [REACTION] * 2, "drug": [DRUG] * 3}
    con = staged({"patient": alone}, {"patient": several}, {"patient": {}})
    assert values(con, "report_event", "count(*), count(distinct line)") == ["3|2"]
    assert values(con, "report_drug", "count(*), count(distinct line)") == ["4|2"]
    assert values(con, "report", "count(*)") == ["3"]


def test_what_is_missing_is_null(staged: Staged):
    columns = (
        "occurrence_country, reporter_country, version, sex, age_years, sender, serious, death"
    )
    bare = {"safetyreportid": "7", "sender": FDA, "receiptdate": "20200401"}
    con = staged({name: {} if name == "patient" else "" for name in REPORT} | bare)
    assert values(con, "report", f"source_case_id, receipt_date, {columns}, unparsed") == [
        "7|2020-04-01" + "|" * 9
    ]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"occurcountry": "NO"}, "NO|FR"),
        ({"primarysource": {}}, "|DE"),
        ({"primarysource": [{"reportercountry": "IT"}, {"reportercountry": "ES"}]}, "|IT"),
    ],
)
def test_countries_are_those_of_occurrence_and_of_the_first_reporter(staged: Staged, said, read):
    assert values(staged(said), "report", "occurrence_country, reporter_country") == [read]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({}, "True|False|False|True|False|False|False|False"),
        ({"seriousnesshospitalization": "2"}, "True|False|False|False||||"),
        ({"serious": "2", "seriousnesshospitalization": ""}, "False" + "|False" * 7),
        ({"serious": "", "seriousnessdeath": "1"}, "True|True|True|True|False|False|False|False"),
    ],
)
def test_criteria_that_are_not_named_do_not_hold_where_another_does(staged: Staged, said, read):
    columns = (
        "serious, fatal, death, hospitalisation, disability, congenital_anomaly, "
        "life_threatening, other_serious"
    )
    assert values(staged(said), "report", columns) == [read]


@pytest.mark.parametrize(
    ("unit", "years"),
    [("800", "180.0"), ("801", "18.0"), ("802", "1.5"), ("804", "0.05"), ("", ""), ("999", "")],
)
def test_ages_become_years(staged: Staged, unit, years):
    con = staged({"patient": {"patientonsetage": "18", "patientonsetageunit": unit}})
    too_old = unit in ("800", "", "999")
    assert values(con, "report", "round(age_years, 2), unparsed") == [
        "|['age_years']" if too_old else f"{years}|"
    ]


@pytest.mark.parametrize(
    ("form", "written", "read"),
    [
        ("102", "20190109", "2019-01-09|day|"),
        ("610", "201901", "2019-01-01|month|"),
        ("602", "2019", "2019-01-01|year|"),
        ("203", "201901091530", "2019-01-09|day|"),
        ("204", "20190109153000", "2019-01-09|day|"),
        # A format vouches for so many digits; without one all are believed.
        ("610", "20190109", "2019-01-01|month|"),
        ("", "201901", "2019-01-01|month|"),
        ("102", "201901", "2019-01-01|month|"),
        ("102", "20190230", "||['start_date']"),
        ("102", "January", "||['start_date']"),
    ],
)
def test_dates_are_as_precise_as_their_format(staged: Staged, form, written, read):
    drug = {**DRUG, "drugstartdateformat": form, "drugstartdate": written}
    con = staged({"patient": {"drug": drug}})
    columns = "start_date, start_date_precision, unparsed"
    assert values(con, "report_therapy", columns) == [read]


@pytest.mark.parametrize(
    ("sent", "written", "read"),
    [
        ("20200713", "CASE EVENT DATE: 20190101", "2019-01-01|day"),
        ("20200713", "CASE EVENT DATE: 201901", "2019-01-01|month"),
        ("20211001", "CASE EVENT DATE: 20190102", "2019-01-02|day"),
        ("20211001", "CASE EVENT DATE: 20190201", "2019-02-01|month"),
        ("20211001", "CASE EVENT DATE: 20190101", "2019-01-01|year"),
        ("20200713", "Mrs Doe fell ill on 20190101", "|"),
        ("20200713", "CASE EVENT DATE: 20190101 and Mrs Doe", "|"),
    ],
)
def test_fdas_event_date_is_read_and_known_to_be_padded(staged: Staged, sent, written, read):
    patient = {"reaction": REACTION, "summary": {"narrativeincludeclinical": written}}
    con = staged({"transmissiondate": sent, "patient": patient})
    assert values(con, "report", "event_date, event_date_precision") == [read]


@pytest.mark.parametrize(
    ("code", "role"),
    [
        ("1", "suspect|"),
        ("2", "concomitant|"),
        ("3", "interacting|"),
        ("", "|"),
        ("9", "|['role']"),
    ],
)
def test_roles(staged: Staged, code, role):
    con = staged({"patient": {"drug": {**DRUG, "drugcharacterization": code}}})
    assert values(con, "report_drug", "role, unparsed") == [role]


def test_several_substances_are_one_ingredient_as_faers_writes_it(staged: Staged):
    substances = [{"activesubstancename": "AMLODIPINE"}, {"activesubstancename": "VALSARTAN"}]
    con = staged({"patient": {"drug": {**DRUG, "activesubstance": substances}}})
    assert values(con, "report_drug", "active_ingredient") == ["AMLODIPINE\\VALSARTAN"]


@pytest.mark.parametrize(
    ("names", "read"),
    [(["IBUPROFEN"], "IBUPROFEN"), (["IBUPROFEN", "CODEINE"], ""), ([], ""), ("IBUPROFEN", "")],
)
def test_an_ingredient_of_openfda_stands_in_where_it_is_the_only_one(load, names, read):
    drug = {"medicinalproduct": "ADVIL", "openfda": {"substance_name": names}}
    con, _ = load({"openfda/a.json": page([{**REPORT, "patient": {"drug": drug}}])})
    assert values(con, "report_drug", "drug_verbatim, active_ingredient") == [f"ADVIL|{read}"]


def test_other_numbers_of_the_case_are_links_and_its_own_are_not(staged: Staged):
    linked = [{"linkreportnumb": "DE-ACME-2018-4"}, {"linkreportnumb": "15868084"}]
    con = staged({"linkedreport": linked})
    assert values(con, "report_link", "link_type, linked_id") == [
        "other_case_id|NZ-OTHER-7",
        "related_report|DE-ACME-2018-4",
    ]


def test_a_report_of_aers_has_its_number_without_the_check_digit(load):
    con, _ = load({"openfda/a.json": page([{**REPORT, "safetyreportid": "4990905-5"}])})
    assert values(con, "report", "source_report_id, source_case_id") == ["4990905|4990905-5"]


def test_who_is_not_fda_reports_cases_by_their_worldwide_number(load):
    con, _ = load({"e2b_r2/a.xml": xml([SENT])})
    columns = (
        "source_report_id, source_case_id, version, authority, worldwide_case_id, "
        "manufacturer_number, event_date"
    )
    assert values(con, "report", columns) == [
        "DE-ACME-2019-1-03|DE-ACME-2019-1||worldwide|DE-ACME-2019-1|DE-ACME-2019-1|"
    ]


def test_an_authoritys_number_comes_before_a_companys(load):
    con, _ = load({"e2b_r2/a.xml": xml([{**SENT, "authoritynumb": "DE-BFARM-9"}])})
    assert values(con, "report", "worldwide_case_id, manufacturer_number") == [
        "DE-BFARM-9|DE-ACME-2019-1"
    ]


def test_a_number_that_is_not_worldwide_leaves_the_case_to_its_report(load):
    con, _ = load({"e2b_r2/a.xml": xml([{**SENT, "companynumb": "2011MA142"}])})
    columns = "source_case_id, worldwide_case_id, manufacturer_number"
    assert values(con, "report", columns) == ["DE-ACME-2019-1-03||2011MA142"]


def test_a_nullification_takes_its_case_back(load):
    con, _ = load({"e2b_r2/a.xml": xml([SENT, {**SENT, "casenullification": "1"}])})
    assert values(con, "report", "action") == ["nullify", "report"]


def test_terms_may_be_codes_or_lowest_level_terms(load):
    reactions = [
        {"reactionmeddrapt": "10012735"},
        {"reactionmeddrallt": "Loose stools", "reactionstartdate": "2019"},
    ]
    con, _ = load({"e2b_r2/a.xml": xml([{**SENT, "patient": {"reaction": reactions}}])})
    assert values(con, "report_event", "term_verbatim, event_code, onset_date_precision") == [
        "Loose stools||year",
        "MedDRA 10012735|10012735|",
    ]


def test_nobodys_names_birth_dates_or_narratives_are_loaded(staged: Staged):
    private = "mrs doe 7f3a"
    source = {
        "reportergivename": private,
        "reporterfamilyname": private,
        "literaturereference": private,
    }
    patient = {
        "patientinitial": private, "patientbirthdate": private, "resultstestsprocedures": private,
        "reaction": {**REACTION, "primarysourcereaction": private},
        "drug": {**DRUG, "drugdosagetext": private, "drugadditional": private},
        "summary": {"narrativeincludeclinical": private, "sendercomment": private},
    }  # fmt: skip
    con = staged({"primarysource": source, "patient": patient, "nullificationreason": private})
    tables = [t.qualified for t in TABLES if t.schema == "staging"]
    dump = "".join(str(con.execute(f"from {table}").fetchall()) for table in tables)
    assert "15868084" in dump
    assert private not in dump


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"safetyreportid": ""}, "no safetyreportid"),
        ({"safetyreportid": {"a": "b"}}, "safetyreportid is no text"),
        ({"receiptdate": ["20200401", "20200402"]}, "receiptdate is no text"),
        ({"patient": "none"}, "patient is no object"),
        ({"patient": [{"drug": DRUG}, {"drug": DRUG}]}, "2 of patient"),
        ({"patient": {"drug": "none"}}, "drug is no object"),
        ({"patient": {"drug": [{"medicinalproduct": "x" * 40_000}]}},
         "medicinalproduct is longer than 32,768 characters"),
        ({"patient": {"reaction": [REACTION] * 10_001}}, "over 10,000 of reaction"),
    ],
)  # fmt: skip
def test_an_odd_report_is_set_aside_and_the_others_go_on(staged: Staged, odd, said):
    con = staged({}, odd, {"safetyreportid": "2"})
    assert con.execute("select rule, reason, line > 1 from ops.quarantine").fetchall() == [
        ("odd_report", said, True)
    ]
    assert values(con, "report", "source_case_id") == ["15868084", "2"]


@pytest.mark.parametrize("value", [True, 1.5, None, [], {}])
def test_json_may_hold_anything_where_a_text_should_be(load, value):
    con, _ = load({"openfda/a.json": page([REPORT, {**REPORT, "receiptdate": value}])})
    aside = int(value is True or value in ([], {}))
    assert values(con, "report", "count(*)") == [str(2 - aside)]


def test_numbers_in_json_are_what_they_say(load):
    patient = {"patientonsetage": 18, "patientonsetageunit": 801, "patientsex": 1}
    number = {"safetyreportid": 15868084, "safetyreportversion": 5, "patient": patient}
    con, _ = load({"openfda/a.json": page([{**REPORT, **number}])})
    assert values(con, "report", "source_report_id, version, sex, age_years") == [
        "158680845|5|M|18.0"
    ]


def test_control_characters_and_halves_of_characters_do_no_harm(load):
    drug = '{"medicinalproduct": "A\\u0000B\\ud800\\u0001\\u0002C"}'
    line = f'{{"safetyreportid": "1", "receiptdate": "20200401", "patient": {{"drug": {drug}}}}}'
    con, _ = load({"openfda/a.jsonl": line.encode()})
    assert values(con, "report_drug", "drug_verbatim") == ["A B C"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16", "windows-1252"])
def test_xml_is_read_in_the_encoding_that_it_declares(load, encoding):
    patient = {"drug": {"medicinalproduct": "MÜLLER"}}
    text = xml([{**REPORT, "patient": patient}]).decode().replace("UTF-8", encoding)
    con, _ = load({"e2b_r2/a.xml": text.encode(encoding)})
    assert values(con, "report_drug", "drug_verbatim") == ["MÜLLER"]


def test_reports_on_one_line_have_numbers_of_their_own(load):
    text = xml([REPORT, {**REPORT, "safetyreportid": "2"}]).replace(b"\n", b"")
    con, _ = load({"e2b_r2/b.xml": text, "openfda/b.json": json.dumps(
        {"results": [REPORT, {**REPORT, "safetyreportid": "2"}]}).encode()})  # fmt: skip
    assert values(con, "report", "source, line") == [
        "e2b_r2|1", "e2b_r2|2", "openfda|1", "openfda|2",
    ]  # fmt: skip


def test_a_quarter_is_known_by_its_name_and_another_file_by_the_day_it_was_written(load):
    files = {
        "e2b_r2/xml/1_ADR22Q1.xml": xml([REPORT]),
        "e2b_r2/sent.xml": xml([SENT]),
        "openfda/page.json": page([REPORT]),
        "openfda/lines.jsonl": lines([REPORT]),
    }
    con, readings = load(files)
    assert values(con, "report", "file_id, release") == [
        "1|2022Q1/xml", "2|sent.xml", "3|page.json", "4|lines.jsonl",
    ]  # fmt: skip
    assert [reading.latest_receipt for reading in readings] == [
        date(2022, 3, 31), date(2020, 8, 1), date(2020, 8, 1), None,
    ]  # fmt: skip


def test_a_page_says_what_its_query_found_beside_it(load):
    meta = {"results": {"skip": 100, "limit": 100, "total": 12345}}
    content = json.dumps({"meta": meta, "results": [REPORT]}).encode()
    _, readings = load({"openfda/a.json": content})
    assert readings[0].notes == ("a page: 101 to 200 of the 12,345 reports of its query",)


def test_a_file_is_of_fda_or_of_others(load):
    con, _ = load({"e2b_r2/a.xml": xml([REPORT, SENT])})
    assert con.execute("select reason from ops.quarantine").fetchall() == [
        ("it is FDA's own and the first one is not, or the reverse",)
    ]


def test_fdas_zips_hold_lists_of_deleted_cases_too(load):
    con, _ = load({"e2b_r2/x/xml/ADR21Q4.xml": xml([REPORT]),
                   "e2b_r2/x/deleted/DELETE21Q4.txt": b"15868084\r\n"})  # fmt: skip
    assert values(con, "report", "action, source_case_id, authority") == [
        "delete|15868084|FDA", "report|15868084|FDA",
    ]  # fmt: skip
