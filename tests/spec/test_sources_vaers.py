"""What the tables of VAERS become in staging."""

import zipfile
from datetime import date
from pathlib import Path

import duckdb

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.sources import load_inbox
from pv.sources.model import Glimpse
from pv.sources.vaers import SOURCE
from tests.staged import aside, files, load, problem, rows

OLD = (
    "VAERS_ID,RECVDATE,STATE,AGE_YRS,CAGE_YR,CAGE_MO,SEX,RPT_DATE,SYMPTOM_TEXT,DIED,DATEDIED,"
    "L_THREAT,ER_VISIT,HOSPITAL,HOSPDAYS,X_STAY,DISABLE,RECOVD,VAX_DATE,ONSET_DATE,NUMDAYS,"
    "LAB_DATA,V_ADMINBY,V_FUNDBY,OTHER_MEDS,CUR_ILL,HISTORY,PRIOR_VAX,SPLTTYPE"
)
NEW = f"{OLD},FORM_VERS,TODAYS_DATE,BIRTH_DEFECT,OFC_VISIT,ER_ED_VISIT,ALLERGIES"
VAX = "VAERS_ID,VAX_TYPE,VAX_MANU,VAX_LOT,VAX_DOSE_SERIES,VAX_ROUTE,VAX_SITE,VAX_NAME"
SYMPTOMS = "VAERS_ID," + ",".join(f"SYMPTOM{i},SYMPTOMVERSION{i}" for i in range(1, 6))
DAY = "vaers/2014-04-14"


def data(
    number: str, text: str = '"slept, ""well"""', *, state: str = "WI", split: str = "",
    died: str = "", more: str = "",
) -> str:  # fmt: skip
    return (
        f"{number},07/02/1990,{state},0.2,,,F,,{text},{died},,,,,,,,U,06/04/1990,06/05/1990,1,,"
        f"PVT,UNK,secret,,,,{split}{more}"
    )


def text(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")


def test_the_three_tables_of_a_year(tmp_path: Path):
    """Free text with line ends and quotes is stepped over; lines keep their numbers."""
    long = '"first line\r\n\r\nthe ""third"", of Jos\xe9\u2019s"'
    con = load(
        tmp_path,
        {
            f"{DAY}/1990VAERSDATA.csv": text(
                OLD, data("025001", died="Y"), data("25003", long), data("25004", state="FR"),
                data("25005", '"never closed'), data("25006"), "25007,07/02/1990,cut",
            ),
            f"{DAY}/1990VAERSVAX.csv": text(
                VAX, "025001,DTP,CONNAUGHT,9q01042 ,,IM,,DTP (NO BRAND NAME)",
                '25003,OPV,LEDERLE,,3,PO,,"POLIO VIRUS, ORAL (ORIMUNE)"',
            ),
            f"{DAY}/1990VAERSSYMPTOMS.csv": text(
                SYMPTOMS, "025001,Agitation,8.10,Rash,8.10,,,,,,", "025001,Fever,8.10" + "," * 8,
            ),
            f"{DAY}/NonDomesticVAERSDATA.csv": text(
                NEW,
                data("30001", state="", split="DEPFIZER INC2021076777", more=",2,,Y,,,"),
                data("30002", state="", split="PHHO2001CH00123", more=",2,,,,,"),
                data("30003", state="", split="B0412345A", more=",2,,,,,"),
            ),
            f"{DAY}/1991VAERSDATA.csv": b",".join(b"C%d" % i for i in range(140_000)),
            f"{DAY}/1992VAERSDATA.csv": text(OLD, data("1")).decode("cp1252").encode("utf-16"),
            f"{DAY}/1993VAERSDATA.csv": b'"' * 3_000_000,
        },
    )  # fmt: skip
    found = files(con)
    loaded = {name[11:]: counts for name, counts in found.items() if counts[0] == "loaded"}
    assert loaded == {
        "1990VAERSDATA.csv": ("loaded", 6, 4, 2),
        "1990VAERSVAX.csv": ("loaded", 2, 2, 0),
        "1990VAERSSYMPTOMS.csv": ("loaded", 2, 2, 0),
        "NonDomesticVAERSDATA.csv": ("loaded", 3, 3, 0),
    }
    assert sorted(name[11:] for name, counts in found.items() if counts[0] == "failed") == [
        "1991VAERSDATA.csv", "1992VAERSDATA.csv", "1993VAERSDATA.csv",
    ]  # fmt: skip
    assert problem(con, "2014-04-14/NonDomestic/VAX").startswith("missing: missing_table: ")
    assert rows(
        con, "report",
        "line, source_case_id, receipt_date, occurrence_country, sex, age_years, event_date, "
        "serious, fatal, congenital_anomaly",
    ) == [
        "2|25001|1990-07-02|US|F|0.2|1990-06-05|True|True|False",
        "3|25003|1990-07-02|US|F|0.2|1990-06-05|False|False|False",
        "6|25004|1990-07-02||F|0.2|1990-06-05|False|False|False",
        "8|25006|1990-07-02|US|F|0.2|1990-06-05|False|False|False",
        "2|30001|1990-07-02|DE|F|0.2|1990-06-05|True|False|True",
        "3|30002|1990-07-02|CH|F|0.2|1990-06-05|False|False|False",
        "4|30003|1990-07-02||F|0.2|1990-06-05|False|False|False",
    ]  # fmt: skip
    assert aside(con) == [(7, "open_quote"), (9, "field_count")]
    assert rows(con, "report_drug", "source_report_id, role, drug_verbatim, length(lot_hmac)") == [
        "25001|suspect|DTP (NO BRAND NAME)|64",
        "25003|suspect|POLIO VIRUS, ORAL (ORIMUNE)|",
    ]
    assert rows(con, "report_event", "source_report_id, term_verbatim") == [
        "25001|Agitation", "25001|Rash", "25001|Fever",
    ]  # fmt: skip
    assert rows(con, "report_therapy", "source_report_id, start_date")[0] == "25001|1990-06-04"
    for table in ("report", "report_drug"):
        assert "secret" not in str(con.execute(f"from staging.{table}").fetchall())


def test_a_new_issue_under_the_same_name_keeps_what_was_known(tmp_path: Path):
    """The day of a zip is that of its newest file; the overwritten zip was an issue of its own."""
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    path = tmp_path / "inbox/vaers/1990VAERSData.zip"
    path.parent.mkdir(parents=True)
    both, one = (text(OLD, *map(data, numbers)) for numbers in (("1001", "1002"), ("1001",)))
    for day, content in ((14, both), (15, one)):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("1990VAERSDATA.csv", (2014, 4, day, 8, 0, 0)), content)
        load_inbox(con, tmp_path / "inbox", tmp_path / "scratch", b"key")
        con.execute("update ops.source_file set status = 'ok' where status = 'loaded'")
    assert con.execute(
        "select status, issued_on, rows_kept from ops.source_file where status <> 'missing' "
        "order by file_id"
    ).fetchall() == [("ok", date(2014, 4, 14), 2), ("ok", date(2014, 4, 15), 1)]


def test_a_zip_of_vaers_is_claimed_by_its_columns():
    members = {f"1990VAERS{k}.csv": text(v) for k, v in (("DATA", OLD), ("VAX", VAX))}
    found = SOURCE.claim(Glimpse("a", "zip", members, tuple(members)))
    assert found and found.name == "a.zip"
