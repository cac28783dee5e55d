"""Japan's JADER: PMDA's case reports, issued as a whole several times a year.

Four tables in cp932, newer ones in UTF-8 with a byte order mark. A case has one row in DEMO, its
latest version. HIST, the patient's history, is not loaded.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal

from pv.sources import delivery
from pv.sources.delivery import Table, lacking
from pv.sources.layout import Layout
from pv.sources.model import Absent, Claim, Glimpse, Part, Source
from pv.sources.signs import Sign, filled, forms

_NAMES = {
    "識別番号": "case_id",
    "報告回数": "report_count",
    "性別": "sex",
    "年齢": "age",
    "体重": "weight",
    "身長": "height",
    "報告年度・四半期": "quarter",
    "状況": "status",
    "報告の種類": "report_type",
    "報告者の資格": "reporter",
    "医薬品連番": "drug_seq",
    "医薬品の関与": "role",
    "医薬品（一般名）": "ingredient",
    "医薬品（販売名）": "brand",
    "経路": "route",
    "投与開始日": "start",
    "投与終了日": "end",
    "投与量": "dose",
    "投与単位": "dose_unit",
    "分割投与回数": "dose_times",
    "使用理由": "indication",
    "医薬品の処置": "action_taken",
    "再投与による再発の有無": "rechallenge",
    "リスク区分等": "risk_class",
    "有害事象連番": "event_seq",
    "有害事象": "term",
    "転帰": "outcome",
    "有害事象の発現日": "onset",
}
_DATE = r"(19|20)\d\d(\d\d(\d\d(\d{2,6})?)?)?"
_SEQ = r"\d{1,5}"
_JAPANESE = r".*[\u3040-\u30ff\u4e00-\u9fff].*"
_CASE: tuple[Sign, ...] = (
    *filled("case_id report_count"),
    *forms("case_id", "numbers of cases", r"[A-Z]{1,4}-?\d{4,12}"),
    *forms("report_count", "numbers of versions", r"\d{1,3}"),
)


def _layout(required: str, optional: str, unread: str, *signs: Sign) -> Layout:
    return Layout(
        tuple(required.split()),
        tuple(optional.split()),
        tuple(unread.split()),
        _NAMES,
        signs=(*_CASE, *signs),
        delimiter=",",
        quoted=True,
        encoding="cp932",
    )


_DEMO = _layout(
    "case_id report_count quarter",
    "sex report_type reporter",
    "age weight height status e2b",
    *filled("quarter"),
    *forms("quarter", "years with a quarter", r"\d{4}・第[一二三四].*"),
    *forms("sex", "sexes", "男性|女性|不明"),
    *forms("age", "ages", ".*([歳代月児期人者]|不明|未満)"),
    *forms("report_type", "kinds of reports", "自発報告|試験|その他|不明|.*報告.*"),
    *forms("reporter", "qualifications", ".*([師者]|等|弁護士|その他|不明).*"),
)
_DRUG = _layout(
    "case_id report_count drug_seq role ingredient",
    "brand route start end dose dose_unit indication rechallenge",
    "dose_times action_taken risk_class",
    *filled("drug_seq role ingredient"),
    *forms("drug_seq", "numbers of drugs", _SEQ),
    *forms("role", "roles", "被疑薬|併用薬|相互作用"),
    *forms("ingredient", "names", r"(?!(経口|不明|静脈内.*)$).*[^\W\d_].+"),
    *forms("start end", "dates", _DATE),
    *forms("dose", "amounts", r"[\d.,]+.*"),
    *forms("route", "routes", ".*[口内鼻注下腔膚腸明他法入眼脈用所].*"),
)
_REAC = _layout(
    "case_id report_count event_seq term",
    "outcome onset",
    "",
    *filled("event_seq term"),
    *forms("event_seq", "numbers of events", _SEQ),
    *forms("term", "terms", rf"(?!(回復|軽快|未回復|死亡|不明|後遺症.*)$){_JAPANESE}"),
    *forms("outcome", "outcomes", "回復|軽快|未回復|死亡|不明|後遺症.*|.*回復.*"),
    *forms("onset", "dates", _DATE),
)

TABLES = {
    table.label: table
    for table in (
        Table("DEMO", "staging.report", _DEMO, ("staging/jader_demo",),
              "none of its reports can be counted"),
        Table("DRUG", "staging.report_drug", _DRUG, ("staging/jader_drug",),
              "its reports name no drugs"),
        Table("REAC", "staging.report_event", _REAC,
              ("staging/jader_reac", "staging/jader_outcome"), "its reports name no reactions"),
    )
}  # fmt: skip
_FILE = re.compile(r"(demo|drug|reac|hist)(?![a-z]).*\.csv", re.I)
_PAPER = re.compile(r".*\.(pdf|docx?|html?|md)|readme.*", re.I)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """A table by its name, e.g. `pmdacasereport202311.zip/demo202311-01.csv`."""
    path = PurePosixPath(name)
    found = _FILE.fullmatch(path.name)
    if found and found[1].upper() in TABLES:
        return TABLES[found[1].upper()].part(name)
    return "ignored" if found or _PAPER.fullmatch(path.name) else None


def absent(parts: Sequence[Part]) -> list[Absent]:
    """Of DEMO, DRUG and REAC those that a delivery lacks."""
    return lacking(tuple(TABLES.values()), parts)


def claim(glimpse: Glimpse) -> Claim | None:
    """Tables with JADER's Japanese columns, as zip or as single files."""
    return delivery.claim(glimpse, TABLES.values(), recognise, "JADER")


SOURCE = Source("jader", recognise, absent, claim, reissued=True)
