"""Reading vocabulary tables: what is refused, with which line, and how a home overrides."""

import csv
from pathlib import Path

import pytest

from pv.errors import PoolvigilError
from pv.vocab import VocabularyError, tables
from pv.vocab.countries import load as load_countries
from pv.vocab.reading import read
from pv.vocab.schema import COUNTRY, EVENT_GROUP_MEMBER, TABLES, partial_date, precision

HEADER = "country,name,region,region_basis,eu_from,eu_to,valid_to,source"


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refusal(folder: Path) -> VocabularyError:
    with pytest.raises(VocabularyError) as caught:
        read(COUNTRY, folder)
    return caught.value


def test_every_shipped_table_is_well_formed_and_gives_a_source_for_each_row():
    for table in TABLES.values():
        rows = read(table)
        # What is known of quarters is the home's own.
        assert bool(rows) == (table.name != "quarter_facts")
        assert all(row["source"] for row in rows)


def test_without_a_home_only_shipped_files_are_read():
    assert [len(paths) for paths in tables().values()] == [1] * len(TABLES)


def test_a_home_without_a_vocab_folder_uses_the_shipped_tables(tmp_path):
    assert tables(tmp_path / "vocab") == tables()


def test_a_row_of_the_home_replaces_the_shipped_row_and_a_new_one_is_added(tmp_path):
    home = write(
        tmp_path,
        "country.csv",
        HEADER,
        "MX,Mexico,North America,our customers,,,,own",
        "ZZ,Nowhere,Asia,test,,,,own",
    )
    assert tables(tmp_path)["country"][1] == home
    shipped = {country.country: country for country in load_countries()}
    merged = {country.country: country for country in load_countries(tmp_path)}
    assert shipped["MX"].region == "Rest of world"
    assert merged["MX"].region == "North America"
    assert merged.keys() - shipped.keys() == {"ZZ"}
    assert merged["DE"] == shipped["DE"]


def test_the_members_of_a_group_are_replaced_together(tmp_path):
    write(tmp_path, "event_group_member.csv", "event_group,event,source", "pml,One event,own")
    events = [
        row["event"] for row in read(EVENT_GROUP_MEMBER, tmp_path) if row["event_group"] == "pml"
    ]
    assert events == ["One event"]


def test_a_file_that_is_no_vocabulary_table_is_refused_by_name(tmp_path):
    write(tmp_path, "contry.csv", HEADER)
    with pytest.raises(VocabularyError, match=r"contry\.csv: no vocabulary table"):
        tables(tmp_path)


def test_the_error_is_one_a_user_can_act_on():
    assert issubclass(VocabularyError, PoolvigilError)


def test_a_missing_and_an_unknown_column_are_named(tmp_path):
    write(tmp_path, "country.csv", HEADER.replace("region_basis", "basis"), "")
    error = refusal(tmp_path)
    assert "missing: region_basis" in str(error)
    assert "unknown or repeated: basis" in str(error)
    assert error.line == 1


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "country.csv").write_bytes(b"")
    assert "missing: country" in str(refusal(tmp_path))


def test_columns_may_come_in_another_order(tmp_path):
    write(
        tmp_path,
        "country.csv",
        "source,name,country,region,region_basis,eu_from,eu_to,valid_to",
        "own,Nowhere,ZZ,Asia,test,,,",
    )
    assert [row["name"] for row in read(COUNTRY, tmp_path) if row["country"] == "ZZ"] == ["Nowhere"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ZZ,Nowhere,Asia,test,,,own", "7 cells where 8 are expected"),
        ("ZZ,,Asia,test,,,,own", "name is empty"),
        ("zz,Nowhere,Asia,test,,,,own", "country is 'zz', expected two capital letters"),
        ("ZZ,Nowhere,Atlantis,test,,,,own", "region is 'Atlantis', expected one of Europe"),
        ("ZZ,Nowhere,Asia,test,2020-13,,,own", "eu_from is '2020-13', expected a date"),
        ('ZZ,"Nowhere"x,Asia,test,,,,own', "not well-formed CSV"),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line(tmp_path, line, message):
    write(tmp_path, "country.csv", HEADER, "YY,Somewhere,Asia,test,,,,own", "", line)
    error = refusal(tmp_path)
    assert str(error).startswith("country.csv:4: ")
    assert message in str(error)


def test_a_repeated_key_is_refused_naming_both_lines(tmp_path):
    row = "ZZ,Nowhere,Asia,test,,,,own"
    write(tmp_path, "country.csv", HEADER, row, row)
    error = refusal(tmp_path)
    assert str(error).startswith("country.csv:3: ")
    assert "already given in line 2" in str(error)


def test_bytes_that_are_not_utf8_are_refused(tmp_path):
    (tmp_path / "country.csv").write_bytes(HEADER.encode() + b"\nZZ,Cura\xe7ao,Asia,t,,,,own\n")
    assert "cannot be read as UTF-8" in str(refusal(tmp_path))


def test_a_byte_order_mark_and_crlf_are_read(tmp_path):
    text = f"{HEADER}\r\nZZ,Nowhere,Asia,test,,,,own\r\n"
    (tmp_path / "country.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert "ZZ" in {country.country for country in load_countries(tmp_path)}


@pytest.mark.parametrize("text", ["2016", "2016-07", "2016-02-29"])
def test_a_partial_date_is_accepted(text):
    assert partial_date(text)


@pytest.mark.parametrize("text", ["16", "2016-7", "2016-13", "2015-02-29", "2016-07-01T00", "0000"])
def test_what_is_no_partial_date_is_refused(text):
    assert not partial_date(text)


def test_the_precision_of_a_date_is_that_of_its_writing():
    assert [precision(t) for t in ("2016", "2016-07", "2016-07-01", None)] == [
        "year",
        "month",
        "day",
        None,
    ]


def test_shipped_files_are_ordered_by_key_so_that_a_difference_is_readable():
    for name, (path,) in tables().items():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        own = {"salt": ("kind", "word"), "term_alias": ("language", "event")}
        key = own.get(name, TABLES[name].unique)
        keys = [tuple(row[column].lower() for column in key) for row in rows]
        assert keys == sorted(keys), name
