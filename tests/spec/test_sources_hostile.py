"""What is sent instead of a table of an agency is refused by name, alone, and the others load."""

from pathlib import Path

import pytest

from tests import deliveries
from tests.staged import files, load

# One table of each, by which the others are not touched.
TABLE = {
    "jader": "jader/202411/demo202411.csv",
    "canada_vigilance": "canada_vigilance/cvponline_extract_20240930/reports.txt",
    "vigimed": "vigimed/2024-02-05/VigiMed_Notificacoes.csv",
    "idap": "idap/2024-03-01/x_case.csv",
    "eudravigilance": "eudravigilance/2024-06-30/listing.csv",
    "vaers": "vaers/2014-04-14/2013VAERSDATA.csv",
    "daen": "daen/2022-06-19/list.txt",
}


def delimiter(source: str) -> str:
    return {"canada_vigilance": "$", "vigimed": ";", "daen": "\t"}.get(source, ",")


HOSTILE = {
    "nothing": b"",
    "blanks": b" \r\n" * 50,
    "binary": bytes(range(256)) * 400,
    "utf-16": "\ufeffADR,RECVD_YEAR;$x\r\n1,2020;\r\n".encode("utf-16"),
    "a line without end": b"x,;$" * (1 << 19),
    "html": b"<!DOCTYPE html><html><body>Service unavailable, try $ again;</body></html>\r\n",
    "json": b'{"a": [1, 2, {"b": "c,d;e$f"}]}\r\n',
    "a zip by another name": deliveries.zipped({"a.csv": b"1,2"}),
}


@pytest.mark.parametrize("source", TABLE)
def test_what_is_no_table_is_refused_by_name_and_the_others_load(tmp_path: Path, source: str):
    path = Path(TABLE[source])
    sent = {str(path.with_name(f"{i}") / path.name): content
            for i, content in enumerate(HOSTILE.values())}  # fmt: skip
    columns = delimiter(source).join(f"c{i}" for i in range(1_000_000)).encode()
    sent[str(path.with_name("wide") / path.name)] = columns + b"\r\n1\r\n"
    good = deliveries.ALL["eudravigilance" if source != "eudravigilance" else "vigimed"](3)
    con = load(tmp_path, {**sent, **good})
    told = con.execute(
        "select name, status, rows_read, regexp_extract(message, '^([a-z_0-9]+): ', 1), message "
        "from ops.source_file where source = $source and status <> 'missing'",
        {"source": source},
    ).fetchall()
    assert len(told) == len(sent)
    for name, state, read, problem, message in told:
        assert (state, read) == ("failed", 0), name
        assert problem in {
            "empty_file", "missing_columns", "wrong_delimiter", "wrong_fields", "not_csv"
        }, name  # fmt: skip
        assert len(message) <= 300
    assert {s for s, *_ in files(con).values()} >= {"failed", "loaded"}


@pytest.mark.parametrize("source", deliveries.ALL)
def test_a_file_cut_in_the_middle_keeps_its_whole_rows(tmp_path: Path, source: str):
    made = deliveries.ALL[source](40)
    cut = {name: content[: len(content) * 3 // 5] for name, content in made.items()}
    con = load(tmp_path, cut)
    for name, (state, read, kept, aside) in files(con).items():
        if name.endswith(".zip"):
            assert state == "failed", name
        elif state != "missing":
            assert state == "loaded", name
            assert read == kept + aside, name
            assert kept >= 20, name
            assert aside <= 1, name


@pytest.mark.parametrize("source", deliveries.ALL)
def test_zips_that_do_harm_are_refused_whole(tmp_path: Path, source: str):
    name = Path(TABLE[source]).name
    bombs = {
        "bomb": deliveries.zipped({name: b"0" * (40 << 20)}),
        "outside": deliveries.zipped({f"../../{name}": b"1"}),
        "absolute": deliveries.zipped({f"/etc/{name}": b"1"}),
        "nested": deliveries.zipped({f"{name}.zip": deliveries.zipped({name: b"1"})}),
    }
    good = deliveries.ALL[source](3)
    con = load(tmp_path, {**{f"{source}/{k}.zip": v for k, v in bombs.items()}, **good})
    told = dict(
        con.execute(
            "select split_part(name, '.zip', 1), regexp_extract(message, '^([a-z_]+): ', 1) "
            "from ops.source_file where status = 'failed'"
        ).fetchall()
    )
    assert told == {
        "bomb": "zip_bomb", "outside": "unsafe_path", "absolute": "unsafe_path",
        "nested": "nested_zip",
    }  # fmt: skip
    assert not (tmp_path / name).exists()
    loaded = con.execute("select count(*) from staging.report").fetchone()
    assert loaded == (3,)
