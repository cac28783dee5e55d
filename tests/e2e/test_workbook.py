"""The workbook of a night, read by another reader and as the XML that it is."""

import math
import shutil
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import fastexcel
import polars as pl
import pytest
from lxml import etree
from xlsxwriter.utility import xl_rowcol_to_cell

from pv.report import workbook, write
from pv.report.monitored import COLUMNS

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "{=SUM(1)}",
    "+1+1",
    "@SUM(1)",
    "https://example.invalid/",
    "<script>alert(1)</script>&amp;",
    "{{ 7 * 7 }}{% raw %}",
    r"$\frac{1}{2}$",
    "\u202eevil\u2066 \u200ftext",
    "a\x00\x1b[31m\tb\r\nc",
    "_x0041_",
    "-5",
    "007",
    "x" * 40_000,
]


# The one that a person has decided on.
DECIDED = "007"


def reports(home: Path) -> Path:
    """The folder of the newest night's pages."""
    return home / "reports" / (home / "published" / "current").resolve().name


def cells(book: Path, sheet: str = workbook.REACTIONS) -> pl.DataFrame:
    """The lines below the heads, as calamine reads them."""
    read = fastexcel.read_excel(book).load_sheet(sheet, header_row=workbook.HEAD_ROW)
    return read.to_polars()


def xml(book: Path, number: int = 1) -> etree._Element:
    with zipfile.ZipFile(book) as archive:
        return etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))


@pytest.fixture(scope="module")
def book(after_two_nights: Path) -> Path:
    return reports(after_two_nights) / workbook.NAME


@pytest.fixture(scope="module")
def hostile(after_two_nights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a night whose events have hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    snapshot = folder / "poolvigil.duckdb"
    shutil.copyfile(after_two_nights / "published" / "current" / "poolvigil.duckdb", snapshot)
    with duckdb.connect(str(snapshot)) as con:
        con.execute("delete from mart.reaction_monitoring")
        columns = con.execute("from mart.pair limit 0").description
        assert columns, "the table is there"
        fields = con.execute("describe mart.reaction_monitoring").fetchall()
        for name in HOSTILE:
            values = {
                field: name if field in ("product", "event") else
                "event" if field == "event_kind" else
                True if kind == "BOOLEAN" else 1
                for field, kind, *_ in fields
            }  # fmt: skip
            places = ", ".join(f"${field}" for field in values)
            con.execute(f"insert into mart.reaction_monitoring values ({places})", values)
        con.execute("delete from core.event_soc")
        con.execute(
            "insert into core.event_soc by name select $event as event, 'Investigations' as soc",
            {"event": DECIDED},
        )
        con.execute("delete from mart.signal_status")
        con.execute(
            "insert into mart.signal_status by name select product, event, event_kind, "
            "false as rate_signal, 1 as n, 0 as n_fatal, [] as countries, true as closed, "
            "'closed' as signal_status, 'already_known' as signal_outcome, "
            "date '2026-03-01' as decided_on, date '2027-03-01' as next_review "
            "from mart.reaction_monitoring where event = $event",
            {"event": DECIDED},
        )
    write(snapshot, folder / "reports")
    return folder / "reports" / workbook.NAME


def test_every_number_is_the_snapshots(book: Path, after_two_nights: Path, world) -> None:
    found = cells(book)
    names = [column.name for column in COLUMNS]
    stored = (
        "priority",
        "change",
        "n_before",
        "verdict",
        "important",
        "listed",
        "substance",
        "soc",
        "signal_status",
        "decided_on",
        "next_review",
    )
    asked = [name for name in names if name not in stored]
    rows = world.query(after_two_nights, f"select {', '.join(asked)} from mart.reaction_monitoring")
    assert len(rows) == found.height > 10
    said = {
        (line["product"], line["event"], line["event_kind"]): line
        for line in found.rename({column.head: column.name for column in COLUMNS}).iter_rows(
            named=True
        )
    }
    compared = 0
    for row in rows:
        line = said[row[:3]]
        for name, value in zip(asked[3:], row[3:], strict=True):
            if isinstance(value, bool):
                assert line[name] == ("yes" if value else "no")
            elif value is None or not math.isfinite(value):
                assert line[name] is None
            else:
                # A workbook has sixteen digits.
                assert float(line[name]) == float(f"{value:.16G}"), (row[:3], name)
                compared += 1
    assert compared > 300


def test_the_columns_are_those_of_a_reaction_monitoring_report(book: Path) -> None:
    heads = cells(book).columns
    for both in ("EEA", "serious", "fatal", "paediatric", "geriatric", "literature", "spontaneous",
                 "positive rechallenge", "Europe", "North America", "Japan", "Asia",
                 "Rest of world"):  # fmt: skip
        assert {f"New {both}", f"Total {both}"} <= set(heads)
    for region in ("Europe", "North America", "Japan", "Asia", "Rest of world"):
        assert f"ROR025 {region}" in heads
    assert {
        "SOC", "New", "Total", "ROR025 all", "SDR", "Changes", "Priority", "Verdict", "Decision",
        "Decided on", "Next review",
        "Relative ROR paediatric", "SDR paediatric", "Relative ROR geriatric", "SDR geriatric",
    } <= set(heads)  # fmt: skip
    about = fastexcel.read_excel(book).load_sheet(workbook.ABOUT, header_row=None).to_polars()
    explained = dict(about.drop_nulls().iter_rows())
    assert set(heads) <= explained.keys()


def test_each_cell_has_the_type_of_its_column_and_none_is_a_formula(book: Path) -> None:
    rows = list(xml(book).iter(f"{MAIN}row"))[workbook.HEAD_ROW + 1 :]
    types = {True: set(), False: set()}
    for row in rows:
        for cell in row:
            at = "".join(letter for letter in cell.get("r") if letter.isalpha())
            number = sum((ord(x) - 64) * 26**i for i, x in enumerate(reversed(at))) - 1
            types[COLUMNS[number].kind in ("text", "yes")].add(cell.get("t"))
    assert types == {True: {"s"}, False: {None}}
    assert not any(xml(book, number).findall(f".//{MAIN}f") for number in (1, 2))


def test_another_reader_finds_texts_numbers_and_dates_in_their_columns(hostile: Path) -> None:
    # A line of it has a value in every column but those of headlines.
    kinds = {column.head: column.kind for column in COLUMNS}
    expected = {
        "text": {pl.String}, "yes": {pl.String}, "whole": {pl.Float64, pl.Int64},
        "ratio": {pl.Float64, pl.Int64}, "date": {pl.Date, pl.Datetime("ms")},
    }  # fmt: skip
    found = cells(hostile)
    assert found.columns == list(kinds)
    unknown = [head for head, kind in kinds.items()
               if found[head].dtype not in expected.get(kind, set())]  # fmt: skip
    # What became of a headline: no pair of this night is one.
    assert unknown == ["Priority", "Cases before"]
    assert found["Changes"].null_count() == found.height


def test_a_decision_stands_beside_its_signal_with_the_day_of_its_next_review(hostile: Path) -> None:
    decided = cells(hostile).filter(pl.col("Decision").is_not_null())
    (line,) = decided.iter_rows(named=True)
    assert (line["Event"], line["SOC"]) == (DECIDED, "Investigations")
    assert line["Decision"] == "closed: already known"
    days = [line[head] for head in ("Decided on", "Next review")]
    assert [date(day.year, day.month, day.day) for day in days] == [
        date(2026, 3, 1), date(2027, 3, 1)
    ]  # fmt: skip


def test_heads_stay_in_sight_and_every_column_can_be_filtered_and_read(book: Path) -> None:
    sheet = xml(book)
    (pane,) = sheet.iter(f"{MAIN}pane")
    assert (pane.get("state"), pane.get("topLeftCell")) == ("frozen", "C3")
    (asked,) = sheet.iter(f"{MAIN}autoFilter")
    last = xl_rowcol_to_cell(workbook.HEAD_ROW + cells(book).height, len(COLUMNS) - 1)
    assert asked.get("ref") == f"A2:{last}"
    wide = [
        (number, float(column.get("width")))
        for column in sheet.iter(f"{MAIN}col")
        for number in range(int(column.get("min")), int(column.get("max")) + 1)
    ]
    assert [number for number, _ in wide] == list(range(1, len(COLUMNS) + 1))
    # The longest word of a head fits into its column.
    for (_, width), column in zip(wide, COLUMNS, strict=True):
        assert width >= max(map(len, column.head.split())), column.head


def test_headlines_stand_first_with_the_level_and_change_of_the_index(book: Path) -> None:
    found = cells(book)
    assert found["Priority"][0] is not None
    levels = [level for level in found["Priority"].to_list() if level is not None]
    assert levels == sorted(levels)
    assert set(found["Changes"].drop_nulls()) <= {"new", "changed", "same"}
    assert found["Changes"][0] is not None


def test_hostile_text_is_text_in_a_cell_and_nothing_else(hostile: Path) -> None:
    found = cells(hostile)
    assert sorted(found["Event"].to_list()) == sorted(workbook.shown(name) for name in HOSTILE)
    assert max(map(len, found["Event"].to_list())) == 32_767
    with zipfile.ZipFile(hostile) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any("<f>" in part or "hyperlink" in part for part in parts.values())
    assert not any(name.startswith("xl/externalLinks") for name in parts)
    for part in parts.values():
        etree.fromstring(part.encode())
    shown = "".join(found["Event"].to_list())
    assert not set(shown) & set("\u202e\u2066\u200f\x00\x1b\r\n\t")


def test_simulated_data_are_called_so_on_every_sheet_and_printed_page(
    after_two_nights: Path, tmp_path: Path
) -> None:
    snapshot = tmp_path / "poolvigil.duckdb"
    shutil.copyfile(after_two_nights / "published" / "current" / "poolvigil.duckdb", snapshot)
    with duckdb.connect(str(snapshot)) as con:
        con.execute("update core.case set sender = 'SIMULATED & CO'")
    write(snapshot, tmp_path / "reports")
    book = tmp_path / "reports" / workbook.NAME
    for number, sheet in enumerate((workbook.REACTIONS, workbook.ABOUT), 1):
        top = fastexcel.read_excel(book).load_sheet(sheet, header_row=None).to_polars()
        assert top.row(0)[0].startswith(workbook.BANNER)
        assert workbook.BANNER in xml(book, number).findtext(f".//{MAIN}oddHeader")
        assert "Page &P of &N" in xml(book, number).findtext(f".//{MAIN}oddFooter")
