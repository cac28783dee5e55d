"""Broken files beside a good quarter: each is told by name, and every good row goes on."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

# The cases of a broken quarter: enough to lose one line and keep the others.
EACH = 5


class Night(NamedTuple):
    """A home after its night over the broken files."""

    home: Path
    summary: dict[str, Any]


def change(file: Path, change_lines: Callable[[list[bytes]], list[bytes]]) -> None:
    """Write the lines of a file again, changed."""
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(change_lines(lines)))


def glue(lines: list[bytes]) -> list[bytes]:
    """Two records on one line, as in 2011Q2 to Q4 DRUG: lines 3 and 4."""
    return [*lines[:2], lines[2].rstrip(b"\r\n") + lines[3], *lines[4:]]


@pytest.fixture(scope="module")
def night(poolvigil, world, once) -> Night:
    def make(home: Path) -> dict[str, Any]:
        break_files(world, home)
        return poolvigil.run(home).summary

    return Night(*once("broken", make))


def break_files(world, home: Path) -> None:
    inbox = home / "inbox"
    world.add_first(home)

    def quarter(label: str, number: int) -> Path:
        year, month = 2000 + int(label[:2]), 3 * int(label[3]) - 1
        cases = [
            world.case(number + i, "DE", ("KYMRIAH",), ("Nausea",), date(year, month, 1 + i))
            for i in range(EACH)
        ]
        return world.write(home, label, cases)

    cut = quarter("22Q1", 41_000_000)
    shutil.make_archive(str(cut), "zip", cut)
    shutil.rmtree(cut)
    archive = cut.with_name(f"{cut.name}.zip")
    archive.write_bytes(archive.read_bytes()[:-200])

    (quarter("22Q2", 42_000_000) / "ASCII" / "OUTC22Q2.txt").unlink()
    change(quarter("22Q3", 43_000_000) / "ASCII" / "DRUG22Q3.txt", glue)
    change(
        quarter("22Q4", 44_000_000) / "ASCII" / "REAC22Q4.txt",
        lambda lines: [line.replace(b"$", b"\t") for line in lines],
    )
    change(
        quarter("23Q1", 45_000_000) / "ASCII" / "INDI23Q1.txt",
        lambda lines: [*lines[:3], lines[3].replace(b"Lymphoma", b"Beh\xe7et"), *lines[4:]],
    )
    change(
        quarter("23Q2", 46_000_000) / "ASCII" / "DEMO23Q2.txt",
        lambda lines: [*lines[:4], lines[4].replace(b"X-ACME-", b"X-A$ME-"), *lines[5:]],
    )
    (quarter("23Q3", 47_000_000) / "ASCII" / "THER23Q3.txt").write_bytes(b"")
    (inbox / "faers" / "faers_ascii_2023Q4.zip").mkdir()
    (inbox / "faers" / "letter.txt").write_text("Dear colleague")
    (inbox / "faers_dashboard").mkdir()
    (inbox / "faers_dashboard" / "Gambling.xlsx").write_bytes(b"")
    (inbox / "fears").mkdir()


def file_row(world, night: Night, ending: str) -> dict[str, Any]:
    """The row of ops.source_file whose name ends so."""
    rows = world.query(
        night.home,
        "select {'name': name, 'status': status, 'message': coalesce(message, ''), "
        "'read': rows_read, 'kept': rows_kept, 'quarantined': rows_quarantined} "
        "from ops.source_file where ends_with(name, $ending)",
        ending=ending,
    )
    assert len(rows) == 1, rows
    return rows[0][0]


def test_the_night_publishes(night: Night) -> None:
    assert night.summary["status"] == "published"


@pytest.mark.parametrize(
    ("ending", "status", "problem"),
    [
        ("faers_ascii_2022Q1.zip", "failed", "truncated_zip: "),
        ("OUTC22Q2", "missing", "missing_table: "),
        ("REAC22Q4.txt", "failed", "wrong_delimiter: "),
        ("THER23Q3.txt", "failed", "empty_file: "),
        ("faers_ascii_2023Q4.zip", "failed", "is_a_directory: "),
        ("letter.txt", "failed", "unknown_file: "),
        ("Gambling.xlsx", "failed", "empty_file: "),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_the_name_of_its_problem_and_a_mend(
    world, night: Night, ending: str, status: str, problem: str
) -> None:
    row = file_row(world, night, ending)

    assert (row["status"], row["read"], row["kept"], row["quarantined"]) == (status, 0, 0, 0)
    assert row["message"].startswith(problem)
    assert "; " in row["message"], "what is wrong; how to mend it"


def test_a_folder_of_no_source_is_told(world, night: Night) -> None:
    told = world.query(
        night.home, "select status, message from ops.source_file where source = 'fears'"
    )

    assert [(status, message.partition(":")[0]) for status, message in told] == [
        ("failed", "unknown_source")
    ]


@pytest.mark.parametrize(
    ("ending", "line", "fields"),
    [
        # Line 1 is the header. Two records of 20 fields make 39 on one line.
        ("DRUG22Q3.txt", 3, 39),
        # One `$` too many in 25 fields.
        ("DEMO23Q2.txt", 5, 26),
    ],
)
def test_a_broken_line_alone_is_set_aside_with_its_number(
    world, night: Night, ending: str, line: int, fields: int
) -> None:
    row = file_row(world, night, ending)
    aside = world.query(
        night.home, "select line, rule, reason from ops.quarantine where name = $name",
        name=row["name"],
    )  # fmt: skip

    assert (row["status"], row["quarantined"]) == ("ok", 1)
    assert row["read"] == row["kept"] + 1 == (EACH if fields == 26 else EACH - 1)
    assert f"field_count: 1 in quarantine, first line {line}" in row["message"]
    assert [(at, rule, reason.split()[0]) for at, rule, reason in aside] == [
        (line, "field_count", str(fields))
    ]


def test_bytes_that_are_not_utf8_are_read_as_latin1_and_told(world, night: Night) -> None:
    row = file_row(world, night, "INDI23Q1.txt")

    assert (row["status"], row["read"], row["kept"]) == ("ok", EACH, EACH)
    assert "not UTF-8, read as Latin-1: 1 lines, first line 4" in row["message"]
    found = world.query(
        night.home, "select count(*) from core.case_drug where indication = 'Behçet'"
    )
    assert found == [(1,)]


def test_rows_read_are_kept_or_in_quarantine_for_every_file(world, night: Night) -> None:
    wrong = world.query(
        night.home,
        """
        select f.name, rows_read, rows_kept, rows_quarantined, count(distinct q.line) as set_aside
        from ops.source_file f
        left join ops.quarantine q on q.file_id = f.file_id
        group by all
        having rows_read <> rows_kept + rows_quarantined or rows_quarantined <> set_aside
        """,
    )

    assert wrong == []
    assert night.summary["rows"]["read"] > 0


def test_everything_good_is_counted(world, night: Night) -> None:
    """Five quarters could be read in part; one case was lost with its line of DEMO."""
    good = [str(c.number) for c in world.first[1:]]  # the first is on the list of deleted cases
    found = {row[0] for row in world.query(night.home, "select source_case_id from core.case")}

    assert set(good) - found == set()
    for first, kept in (
        (41_000_000, 0),  # the zip
        (42_000_000, EACH),
        (43_000_000, EACH),
        (44_000_000, EACH),  # without their reactions
        (45_000_000, EACH),
        (46_000_000, EACH - 1),
        (47_000_000, EACH),
    ):
        assert sum(str(first + i) in found for i in range(EACH)) == kept, first


def test_the_next_night_tries_the_failed_files_again_and_finds_nothing_new(
    poolvigil, world, night: Night, copied
) -> None:
    home = copied(night.home)
    before = world.read(world.current(home))

    assert poolvigil.run(home).summary["status"] == "unchanged"
    assert world.read(world.current(home)) == before
