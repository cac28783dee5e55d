"""Columns are found by name, and a stray delimiter is told from one too many."""

import pytest

from pv.errors import FileProblemError
from pv.sources.faers import TABLES
from pv.sources.layout import Layout, ends_with_stray, find_columns

REAC = TABLES["REAC"][1]
DEMO = TABLES["DEMO"][1]


def test_names_are_found_in_any_case_order_and_with_blanks():
    columns = find_columns(REAC, ["PT$ PrimaryID $caseid"])
    assert columns.position == {"primaryid": 2, "pt": 1}
    assert (columns.named, columns.width, columns.notes) == (3, 3, ())


def test_names_of_the_aers_years_are_those_of_today():
    header = (
        "ISR$CASE$I_F_COD$FOLL_SEQ$IMAGE$EVENT_DT$MFR_DT$FDA_DT$REPT_COD$MFR_NUM$MFR_SNDR$AGE$"
        "AGE_COD$GNDR_COD$E_SUB$WT$WT_COD$REPT_DT$OCCP_COD$DEATH_DT$TO_MFR$CONFID"
    )
    columns = find_columns(DEMO, [header])
    assert columns.position["primaryid"] == 1
    assert columns.position["caseid"] == 2
    assert columns.position["sex"] == 14
    assert columns.position["caseversion"] is None
    assert columns.notes == (
        "columns not in this file: caseversion, init_fda_dt, lit_ref, reporter_country, "
        "occr_country",
    )


@pytest.mark.parametrize("table", ["THER", "INDI"])
def test_drug_seq_of_aers_is_the_link_to_the_drug(table):
    layout = TABLES[table][1]
    link = {"THER": "dsg_drug_seq", "INDI": "indi_drug_seq"}[table]
    columns = find_columns(layout, ["ISR$DRUG_SEQ$START_DT$INDI_PT"])
    assert columns.position[link] == 2


def test_unknown_columns_are_told_by_their_place_and_not_read():
    assert find_columns(REAC, ["primaryid$shoe_size$pt$hat"]).notes == (
        "unknown columns not read: 2, 4 of 4",
    )


def test_what_stands_in_the_first_line_is_not_told():
    name = "Mrs Doe"  # of a file without a header the first line is a report
    for head in (f"1$2$20240101${name}", f"1,2,20240101,{name}", f"primaryid$caseid${name}"):
        with pytest.raises(FileProblemError) as raised:
            find_columns(DEMO, [head])
        assert name not in str(raised.value)
    known = "primaryid$pt"
    assert name not in str(find_columns(REAC, [f"{known}${name}"]).notes)
    with pytest.raises(FileProblemError) as raised:
        find_columns(REAC, [f"{known}${name}${name}"])
    assert str(raised.value).startswith("column_twice: columns 3 and 4 are both of one name")


def test_a_header_of_another_table_says_what_is_lacking():
    with pytest.raises(FileProblemError, match=r"missing_columns: no pt among the 2 columns"):
        find_columns(REAC, ["primaryid$outc_cod"])


def test_another_delimiter_is_named():
    with pytest.raises(FileProblemError, match=r"wrong_delimiter: there is no '\$'.* primaryid pt"):
        find_columns(REAC, ["primaryid,pt"])


@pytest.mark.parametrize(
    "header", ["primaryid$pt$PT", "ISR$primaryid$pt", "primaryid$pt$$shoe$shoe"]
)
def test_a_column_that_comes_twice_fails_the_file(header):
    with pytest.raises(FileProblemError, match=r"column_twice: columns \d and \d are both "):
        find_columns(REAC, [header])


def test_columns_without_a_name_may_be_many():
    assert find_columns(REAC, ["primaryid$$pt$$"]).position == {"primaryid": 1, "pt": 3}


# A table of two columns.
@pytest.mark.parametrize(
    ("rows", "stray"),
    [
        (["1$a$", "2$b$"], True),
        (["1$a$", "2$b$", "3$$c$"], True),
        (["1$a", "2$b"], False),
        (["1$a", "2$"], False),
        (["1$a", "2$b", "3$$"], False),  # one row with a field too many proves nothing
        ([], False),
    ],
)
def test_a_stray_delimiter_is_a_matter_of_the_whole_file(rows, stray):
    assert ends_with_stray([row.split("$") for row in rows], 2) is stray


def test_a_line_with_a_delimiter_alone_says_nothing_of_strays():
    assert find_columns(Layout(("caseid",), header=False), ["$", " $", "10"]).width == 1


def test_a_stray_delimiter_of_the_header_is_no_column():
    columns = find_columns(REAC, ["primaryid$pt$", "1$a$"])
    assert (columns.named, columns.width) == (2, 3)


def test_a_table_without_header_has_its_columns_by_place():
    columns = find_columns(Layout(("caseid",), header=False), [" $", "10$", "20$"])
    assert (columns.position, columns.width) == ({"caseid": 1}, 2)


QUOTED = Layout(("a", "b"), delimiter=",", quoted=True)


def test_a_quoted_field_may_hold_the_delimiter_and_quotes():
    assert QUOTED.part('"1,2","say ""x"""') == ["1,2", 'say "x"']
    assert find_columns(QUOTED, ['"\ufeffA","B"', "1,2"]).position == {"a": 1, "b": 2}


@pytest.mark.parametrize("line", ['"1,2', '"1"2,3', '"' + "x" * 200_000 + '"'])
def test_a_line_with_wrong_quotes_has_no_fields(line):
    assert QUOTED.part(line) == []


def test_a_table_without_header_is_refused_when_most_rows_have_other_fields():
    three = Layout(("a", "b", "c"), header=False)
    assert find_columns(three, ["1$2$3", "1$2", "1$2$3"]).width == 3
    with pytest.raises(FileProblemError, match=r"wrong_fields: 1 of the first 3 rows have the 3 "):
        find_columns(three, ["1$2$3", "1$2", "1$2"])
