"""Our own CSV layouts for exposure and background rates: what is read, and what is refused."""

from pathlib import Path

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.sources import load_inbox

EXPOSURE = "product,country,period_start,period_end,patients,person_years,quality,source"
BACKGROUND = (
    "event,country,sex,age_low,age_high,rate_per_100k,rate_low,rate_high,events,person_years,"
    "period,standard,source"
)


@pytest.fixture
def loaded(tmp_path: Path):
    def run(source: str, text: bytes | str) -> duckdb.DuckDBPyConnection:
        path = tmp_path / "inbox" / source / "a.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        con = duckdb.connect()
        for statement in script(SCHEMAS, TABLES):
            con.execute(statement)
        load_inbox(con, tmp_path / "inbox", tmp_path / "scratch", b"")
        return con

    return run


def values(con: duckdb.DuckDBPyConnection, table: str, columns: str) -> list[str]:
    rows = con.execute(f"select {columns} from {table} order by line").fetchall()
    return ["|".join("" if v in (None, []) else str(v) for v in row) for row in rows]


def test_exposure_by_name_of_column_with_quotes_and_blanks(loaded):
    con = loaded(
        "exposure",
        "\ufeffSource, Country ,product,period_start,period_end,patients,person_years,quality\r\n"
        '"EBMT, 2024",fr,Yescarta,2024-01-01,2024-12-31,1093,,registry\r\n'
        "\r\n"
        'x,WORLD,"a ""b""",2024-01-01,2024-12-31,,12.5,\r\n',
    )
    columns = "line, product, country, period_start, period_end, patients, person_years, quality, "
    assert values(con, "staging.exposure", columns + "reference, unparsed") == [
        "2|Yescarta|FR|2024-01-01|2024-12-31|1093.0||registry|EBMT, 2024|",
        '4|a "b"|WORLD|2024-01-01|2024-12-31||12.5||x|',
    ]


def test_exposure_that_cannot_be_read_is_null_and_named(loaded):
    con = loaded("exposure", f"{EXPOSURE}\np,FR,01/02/2024,2024-02-30,1 093,nan,q,s\n")
    columns = "period_start, period_end, patients, person_years, unparsed"
    unread = ["period_start", "period_end", "patients", "person_years"]
    assert values(con, "staging.exposure", columns) == [f"||||{unread}"]


def test_background_numbers_and_sex(loaded):
    con = loaded(
        "background",
        f"{BACKGROUND}\n"
        "MDS,us,,0,120,3.3,3.1,3.5,100,3030303,2015-2019,crude,SEER\n"
        "MDS,SE,f,0,50,1e-2,,,,,,,x\n"
        "MDS,SE,both,0,all,about 3,,,,,,,x\n",
    )
    columns = (
        "country, sex, age_low, age_high, rate_per_100k, rate_low, rate_high, events, "
        "person_years, period, standard, reference, unparsed"
    )
    assert values(con, "staging.background_rate", columns) == [
        "US||0.0|120.0|3.3|3.1|3.5|100.0|3030303.0|2015-2019|crude|SEER|",
        "SE|F|0.0|50.0|0.01|||||||x|",
        "SE||0.0|||||||||x|['sex', 'age_high', 'rate_per_100k']",
    ]


@pytest.mark.parametrize(
    ("written", "patients", "rate"),
    [
        ("1.200", None, None),
        ("+1.200", None, None),
        ("1.200.000", None, None),
        ("12.340", None, None),
        ("1.234", None, 1.234),
        ("1.2", 1.2, 1.2),
        ("1200", 1200, 1200),
        ("1200.500", 1200.5, 1200.5),
        ("0.950", 0.95, 0.95),
        ("1e999", None, None),
        ("inf", None, None),
    ],
)
def test_a_point_before_three_digits_is_no_decimal_point(loaded, written, patients, rate):
    """A thousands separator there makes twelve hundred patients of 1.200, a decimal point one."""
    con = loaded("exposure", f"{EXPOSURE}\np,FR,2024-01-01,2024-12-31,{written},,q,s\n")
    [(read, unparsed)] = con.execute("select patients, unparsed from staging.exposure").fetchall()
    assert (read, unparsed) == (patients, [] if patients else ["patients"])
    con = loaded("background", f"{BACKGROUND}\nMDS,SE,,,,{written},,,,,,,x\n")
    read = con.execute("select rate_per_100k from staging.background_rate").fetchone()
    assert read == (rate,)


def test_a_header_that_is_no_csv_fails_its_file_alone(loaded):
    cell = "x" * 131_073
    con = loaded("exposure", f"{EXPOSURE},{cell}\n")
    [(status, message)] = con.execute("select status, message from ops.source_file").fetchall()
    assert (status, message.partition(":")[0]) == ("failed", "not_csv")
    assert cell[:20] not in message


def test_lines_that_do_not_part_into_the_columns_are_in_quarantine_and_counted(loaded):
    good = "p,FR,2024-01-01,2024-12-31,1,,q,s"
    con = loaded("exposure", f'{EXPOSURE}\n{good}\np,FR\n\n"p,{good}\n{good}\n')
    assert con.execute(
        "select line, rule, reason from ops.quarantine order by line"
    ).fetchall() == [
        (3, "field_count", "2 fields, header has 8"),
        (5, "field_count", "not CSV: unexpected end of data"),
    ]
    state = "select rows_read, rows_kept, rows_quarantined, status, message from ops.source_file"
    assert con.execute(state).fetchone() == (
        4, 2, 2, "loaded",
        "columns not in this file: cumulative; field_count: 2 in quarantine, first line 3",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("\n\n", "empty_file"),
        (EXPOSURE.replace(",", ";") + "\n", "wrong_delimiter"),
        ("product,country,period_start,period_end,patients\n", "missing_columns"),
        (b"\x00\x01\x02\xff", "missing_columns"),
    ],
)
def test_a_file_that_is_no_exposure_table_fails_by_name(loaded, text, code):
    con = loaded("exposure", text)
    status, message = con.execute("select status, message from ops.source_file").fetchall()[0]
    assert status == "failed"
    assert message.startswith(f"{code}: ")


def test_a_table_with_a_header_alone_is_read_and_has_no_rows(loaded):
    con = loaded("exposure", f"{EXPOSURE}\n")
    assert con.execute("select status, rows_read from ops.source_file").fetchone() == ("loaded", 0)
