"""Sources that are re-issued whole: what was known when, whatever the order of arrival."""

from datetime import date
from itertools import permutations

import duckdb
import pytest

from pv.cases import build
from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script

JUNE, AUGUST, OCTOBER = "2022-06-19", "2022-08-29", "2022-10-03"
END = date(2022, 12, 31)


# A case: the day on which it was received, and its terms.
Said = dict[int, tuple[str, tuple[str, ...]]]

KEPT: Said = {1: ("2022-06-01", ("Rash", "Nausea"))}
GONE: Said = {2: ("2022-06-02", ("Rash",))}
BEFORE: Said = {3: ("2022-06-03", ("Rash",))}
AFTER: Said = {3: ("2022-06-03", ("Sepsis",))}
LATE: Said = {4: ("2022-06-04", ("Rash",))}  # received before June's issue, which has it not
NEW: Said = {5: ("2022-08-20", ("Rash",))}
FIRST, SECOND = KEPT | GONE | BEFORE, KEPT | AFTER | LATE | NEW
THIRD = KEPT | GONE | AFTER | LATE | NEW


class Lists:
    """Lists of cases in the staging of a database in memory, numbered as they came."""

    def __init__(self) -> None:
        self.con, self.files = duckdb.connect(), 0
        for statement in script(SCHEMAS, TABLES):
            self.con.execute(statement)

    def put(self, day: str, said: Said, series: str = "list") -> int:
        """An issue of a list; returns its file_id."""
        self.files += 1
        at = {"file": self.files, "release": f"{day}/{series}"}
        self.con.execute(
            "insert into ops.source_file by name select $file as file_id, 'daen' as source, "
            "$release as name, $release as release, 'staging.report' as staging_table, "
            "0 as rows_read, 0 as rows_kept, 0 as rows_quarantined, 'ok' as status, "
            "$series as series, $day::date as issued_on",
            {**at, "series": series, "day": day},
        )
        for number, (received, terms) in said.items():
            one = {**at, "line": number + 1, "case": str(number)}
            self.con.execute(
                "insert into staging.report by name select 'daen' as source, $file as file_id, "
                "$line as line, $release as release, 'TGA' as authority, 1 as authority_rank, "
                "'report' as action, $case as source_report_id, $case as source_case_id, "
                "$received::date as first_receipt_date, $received::date as receipt_date, "
                "[] as unparsed",
                {**one, "received": received},
            )
            self.con.execute(
                "insert into staging.report_event by name select 'daen' as source, $file as "
                "file_id, $line as line, $case as source_report_id, "
                "unnest($terms::varchar[]) as term_verbatim, [] as unparsed",
                {k: v for k, v in {**one, "terms": list(terms)}.items() if k != "release"},
            )
        return self.files

    def versions(self) -> list[tuple]:
        """Case, what became of it, and when."""
        build(self.con, END, None)
        return self.con.execute(
            "select source_case_id::integer, action, receipt_date::varchar "
            "from core.case_version join core.case_key using (case_id) order by all"
        ).fetchall()

    def of(self, number: int) -> list[tuple]:
        """What became of one case, and when."""
        return [version[1:] for version in self.versions() if version[0] == number]

    def known(self, as_of: str) -> dict[int, list[str]]:
        """Events of the cases that count as of a day."""
        build(self.con, date.fromisoformat(as_of), None)
        found = self.con.execute(
            "select k.source_case_id::integer, list(distinct e.event order by e.event) "
            "from core.case c join core.case_key k using (case_id) "
            "join core.case_event e using (case_id) group by all order by all"
        )
        return dict(found.fetchall())


@pytest.fixture
def lists() -> Lists:
    return Lists()


def test_a_case_that_vanishes_is_withdrawn_and_a_changed_one_has_a_new_version(lists: Lists):
    lists.put(JUNE, FIRST)
    then = lists.known(JUNE)
    lists.put(AUGUST, SECOND)
    assert lists.versions() == [
        (1, "report", "2022-06-01"),
        (2, "report", "2022-06-02"),
        (2, "withdraw", AUGUST),
        (3, "report", "2022-06-03"),
        (3, "report", AUGUST),
        (4, "report", AUGUST),
        (5, "report", "2022-08-20"),
    ]
    assert lists.known(JUNE) == then == {1: ["Nausea", "Rash"], 2: ["Rash"], 3: ["Rash"]}
    assert lists.known(AUGUST) == {
        1: ["Nausea", "Rash"], 3: ["Sepsis"], 4: ["Rash"], 5: ["Rash"],
    }  # fmt: skip


def test_issues_end_in_the_same_versions_whatever_their_order():
    issues = {JUNE: FIRST, AUGUST: SECOND, OCTOBER: THIRD}
    found = []
    for order in permutations(issues):
        lists = Lists()
        for day in order:
            lists.put(day, issues[day])
        found.append(lists.versions())
    assert all(each == found[0] for each in found[1:])
    # What came back counts again from that issue on.
    assert [v[1:] for v in found[0] if v[0] == 2] == [
        ("report", "2022-06-02"), ("report", OCTOBER), ("withdraw", AUGUST),
    ]  # fmt: skip


def test_the_order_of_what_an_issue_says_is_no_change(lists: Lists):
    lists.put(JUNE, KEPT)
    lists.put(AUGUST, {1: ("2022-06-01", ("Nausea", "Rash", "Rash"))})
    assert lists.versions() == [(1, "report", "2022-06-01")]


def test_another_list_withdraws_nothing_and_keeps_what_it_has(lists: Lists):
    lists.put(JUNE, KEPT | GONE, "covid")
    lists.put(JUNE, GONE, "other")
    lists.put(AUGUST, KEPT, "covid")
    assert lists.of(2) == [("report", "2022-06-02")]
    lists.put(OCTOBER, NEW, "other")
    assert lists.of(2) == [("report", "2022-06-02"), ("withdraw", OCTOBER)]
    assert lists.of(1) == [("report", "2022-06-01")]


def test_a_line_in_quarantine_withdraws_nothing(lists: Lists):
    lists.put(JUNE, FIRST)
    second = lists.put(AUGUST, SECOND)
    lists.con.execute(
        "insert into ops.quarantine by name select 'daen' as source, $file as file_id, "
        "'x' as name, 9 as line, '2' as source_report_id, 'a_rule' as rule, 'why' as reason",
        {"file": second},
    )
    assert lists.of(2) == [("report", "2022-06-02")]
    lists.put(OCTOBER, SECOND)
    assert lists.of(2) == [("report", "2022-06-02"), ("withdraw", OCTOBER)]


def test_an_issue_that_lacks_a_table_waits_for_it(lists: Lists):
    lists.put(JUNE, FIRST)
    second = lists.put(AUGUST, KEPT)
    lists.con.execute(
        "insert into ops.source_file by name select 99 as file_id, 'daen' as source, 'x' as name, "
        "release, 'staging.report_drug' as staging_table, 0 as rows_read, 0 as rows_kept, "
        "0 as rows_quarantined, 'missing' as status from ops.source_file where file_id = $file",
        {"file": second},
    )
    assert lists.of(2) == [("report", "2022-06-02")]
    lists.con.execute("delete from ops.source_file where file_id = 99")
    assert lists.of(2) == [("report", "2022-06-02"), ("withdraw", AUGUST)]
