"""What the tables of Japan's JADER become in staging."""

from pathlib import Path

import pytest

from pv.errors import FileProblemError
from pv.sources.jader import SOURCE
from pv.sources.model import Claim, Glimpse
from tests.staged import aside, files, load, problem, rows

DEMO = "識別番号,報告回数,性別,年齢,体重,身長,報告年度・四半期,状況,報告の種類,報告者の資格,E2B"
DRUG = (
    "識別番号,報告回数,医薬品連番,医薬品の関与,医薬品（一般名）,医薬品（販売名）,経路,投与開始日,"
    "投与終了日,投与量,投与単位,分割投与回数,使用理由,医薬品の処置,再投与による再発の有無,リスク区分等"
)
REAC = "識別番号,報告回数,有害事象連番,有害事象,転帰,有害事象の発現日"
CASE = "AB-19000001,02,女性,60歳代,50kg台,150cm台,2019・第四,調査完了,自発報告,医師,R2"


def text(*lines: str, encoding: str = "cp932") -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def test_a_case_enters_at_the_end_of_its_fiscal_quarter(tmp_path: Path):
    lines = [CASE.replace("第四", f"第{n}").replace("00001", f"0000{i}")
             for i, n in enumerate("一二三四", 1)]  # fmt: skip
    con = load(tmp_path, {"jader/202012/demo202012.csv": text(DEMO, *lines)})
    # Japan's fiscal year 2019 began on 1 April 2019.
    assert rows(con, "report", "line, first_receipt_date, receipt_date") == [
        "2|2019-06-30|2019-06-30",
        "3|2019-09-30|2019-09-30",
        "4|2019-12-31|2019-12-31",
        "5|2020-03-31|2020-03-31",
    ]
    known = "select latest_receipt::varchar from ops.source_file where status = 'loaded'"
    assert con.execute(known).fetchall() == [("2020-12-31",)]


def test_a_case_is_of_japan_its_version_counted_and_its_band_of_age_left_out(tmp_path: Path):
    con = load(tmp_path, {"jader/202311/demo.csv": text(DEMO, CASE)})
    columns = (
        "source_report_id, source_case_id, version, authority, occurrence_country, sex, age_years, "
        "report_type, reporter, serious, unparsed"
    )
    assert rows(con, "report", columns) == [
        "AB-19000001-2|AB-19000001|2|PMDA|JP|F||自発報告|医師||"
    ]


def test_what_cannot_be_read_is_named(tmp_path: Path):
    lines = [CASE.replace("女性", "女"), CASE.replace("2019・第四", "2019Q4"),
             CASE.replace("女性", "不明")]  # fmt: skip
    con = load(tmp_path, {"jader/202311/demo.csv": text(DEMO, *lines)})
    assert rows(con, "report", "unparsed") == ["['sex']", "['receipt_date']", ""]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_drugs_have_their_roles_and_terms_stay_japanese(tmp_path: Path, encoding: str):
    def drug(seq: str, role: str, start: str) -> str:
        name = "チサゲンレクルユーセル,キムリア点滴静注"
        return f"AB-19000001,02,{seq},{role},{name},静脈内点滴,{start},,1,DF,1,リンパ腫,,,"

    # Half-width katakana are two bytes that are UTF-8 too: the header says what the file is.
    con = load(
        tmp_path,
        {
            "jader/202311/demo.csv": text(DEMO, CASE, encoding=encoding),
            "jader/202311/drug.csv": text(
                DRUG, drug("001", "被疑薬", "20190104"), drug("2", "併用薬", "201901"),
                drug("003", "相互作用", "201901042000"), drug("004", "治験薬", "2019-1-4"),
                encoding=encoding,
            ),
            "jader/202311/reac.csv": text(
                REAC, "AB-19000001,02,001,ﾄｱ,死亡,201901042000",
                "AB-19000001,2,2,サイトカイン放出症候群,軽快,2019", encoding=encoding,
            ),
        },
    )  # fmt: skip
    columns = (
        "source_report_id, drug_seq, role, drug_verbatim, active_ingredient, start_date, "
        "start_date_precision, unparsed"
    )
    assert rows(con, "report_drug", columns) == [
        "AB-19000001-2|1|suspect|キムリア点滴静注|チサゲンレクルユーセル|2019-01-04|day|",
        "AB-19000001-2|2|concomitant|キムリア点滴静注|チサゲンレクルユーセル|2019-01-01|month|",
        "AB-19000001-2|3|interacting|キムリア点滴静注|チサゲンレクルユーセル|2019-01-04|day|",
        "AB-19000001-2|4||キムリア点滴静注|チサゲンレクルユーセル|||['role', 'start_date']",
    ]
    columns = "source_report_id, term_verbatim, outcome, onset_date, onset_date_precision"
    assert rows(con, "report_event", columns) == [
        "AB-19000001-2|ﾄｱ|死亡|2019-01-04|day",
        "AB-19000001-2|サイトカイン放出症候群|軽快|2019-01-01|year",
    ]
    assert rows(con, "report_outcome", "line, source_report_id, outcome") == [
        "2|AB-19000001-2|death"
    ]
    assert rows(con, "report", "release") == ["2023-11-30/202311"]


def test_what_is_told_of_an_administration_is_read(tmp_path: Path):
    # End, amount, unit, parts, reason, action, rechallenge: as real rows have them.
    given = (
        "20031127,10,mg,2,双極２型障害,投与中止,甲状腺炎(有);脳症(有)",
        "200402,5,mg/kg,1,関節リウマチ,投与中止,甲状腺炎(無);脳症(無)",
        # The answer that tells most is the drug's.
        ",0.5,μg,1,,減量,発熱（無）;脳症（有）",
        ",,,,,不明,発熱(不明)",
        # The action taken does not say that the reaction abated.
        "201901042000,,,,,投与中止,",
        "2019-1-4,多め,,,,,再",
    )
    drugs = [f"AB-19000001,02,{n:03},被疑薬,炭酸リチウム,リーマス,経口,20030711,{said},"
             for n, said in enumerate(given, 1)]  # fmt: skip
    con = load(
        tmp_path,
        {"jader/202311/demo.csv": text(DEMO, CASE), "jader/202311/drug.csv": text(DRUG, *drugs)},
    )
    columns = "end_date, end_date_precision, dose, dechallenge, rechallenge, unparsed"
    assert rows(con, "report_drug", columns) == [
        "2003-11-27|day|10 mg||positive|",
        "2004-02-01|month|5 mg/kg||negative|",
        "||0.5 μg||positive|",
        "||||unknown|",
        "2019-01-04|day||||",
        "|||||['end_date', 'rechallenge']",
    ]
    # Weights are bands, and publications have no column.
    assert rows(con, "report", "weight_kg, literature, literature_id") == ["||"]


def test_a_broken_row_goes_to_quarantine_and_the_others_go_on(tmp_path: Path):
    short = CASE.rsplit(",", 3)[0]
    content = text(DEMO, CASE, short, '"' + CASE, f"{CASE},{CASE}") + b"\x81\xff,\r\n" + text(CASE)
    con = load(tmp_path, {"jader/202311/demo.csv": content})
    assert files(con)["202311/demo.csv"] == ("loaded", 6, 2, 4)
    assert aside(con) == [
        (3, "field_count"), (4, "open_quote"), (5, "field_count"), (6, "not_text")
    ]  # fmt: skip


def test_history_is_left_alone_and_a_missing_table_is_told(tmp_path: Path):
    con = load(tmp_path, {"jader/202311/demo.csv": text(DEMO, CASE), "jader/202311/hist.csv": b"x"})
    assert "202311/hist.csv" not in files(con)
    assert problem(con, "202311/REAC") == (
        "missing: missing_table: the delivery 2023-11-30/202311 has no REAC, so its reports name "
        "no reactions; fetch the delivery again, or add the file to it"
    )


def test_swapped_columns_fail_the_file(tmp_path: Path):
    lines = [CASE.replace("00001", f"000{i:02}") for i in range(12)]
    swapped = DEMO.replace("性別,年齢", "年齢,性別")
    con = load(tmp_path, {"jader/202311/demo.csv": text(swapped, *lines)})
    said = problem(con, "202311/demo.csv")
    assert said.startswith("failed: suspect_columns: 0 of 12 values of sex")


@pytest.mark.parametrize("encoding", ["euc-jp", "utf-16", "iso2022_jp"])
def test_another_encoding_fails_the_file(tmp_path: Path, encoding: str):
    con = load(tmp_path, {"jader/202311/demo.csv": text(DEMO, CASE, encoding=encoding)})
    assert problem(con, "202311/demo.csv").startswith("failed: ")


def test_a_file_dropped_anywhere_is_known_by_its_columns():
    demo = text(DEMO, CASE)
    plain = Glimpse("x (1).csv", "plain", {"x (1).csv": demo})
    assert SOURCE.claim(plain) == Claim("demo-x (1).csv", "JADER: DEMO")
    zipped = Glimpse("a.zip", "zip", {"demo202311.csv": demo, "reac202311.csv": text(REAC)})
    assert SOURCE.claim(zipped) == Claim("a.zip", "JADER: DEMO REAC")
    assert SOURCE.claim(Glimpse("a.csv", "plain", {"a.csv": b"a,b\r\n"})) is None
    with pytest.raises(FileProblemError, match=r"another_table: reac202311\.csv holds DEMO"):
        SOURCE.claim(Glimpse("a.zip", "zip", {"reac202311.csv": demo}))
