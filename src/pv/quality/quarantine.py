"""Move the lines that break a row rule from staging to ops.quarantine, and count what stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pv.dictionary import table
from pv.dictionary.ddl import create
from pv.errors import MESSAGE_LENGTH, GateError
from pv.quality.continuity import STAYS
from pv.quality.judgement import FILE_RULES
from pv.quality.report_rules import ENOUGH_ROWS
from pv.quality.suites import STAGING, Expectation, Suite
from pv.warehouse.relations import drop

FILE_MOSTLY_BAD = "file_mostly_bad"

FILE_RULE_NAMES = (*(rule.name for rule in FILE_RULES), FILE_MOSTLY_BAD)

_MOSTLY_BAD_REASON = (
    "more than half of the rows of this file are bad, so the others cannot be trusted: it is not "
    "in the layout that its source expects; check it and deliver it again"
)


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that is set aside whole, with the rule about files that it broke."""

    file_id: int
    name: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """Lines set aside tonight, and the files that failed as a whole."""

    rows: int
    failed: tuple[FailedFile, ...]

    @property
    def files_failed(self) -> tuple[str, ...]:
        """Names of the files, in order."""
        return tuple(sorted(file.name for file in self.failed))


def set_aside(
    con: duckdb.DuckDBPyConnection, broken: Sequence[tuple[Suite, Expectation, int]]
) -> SetAside:
    """Quarantine the rows that break the given rules, and count what stays of each file under test.

    `broken` has each rule with the number of rows that its suite counted. To be called inside a
    transaction, with the views of the schema `gate` in place. Raises GateError when a rule does
    not select as many rows as its suite counted.
    """
    con.execute(create(table("work.failing")))
    for suite, expectation, count in broken:
        _collect(con, suite, expectation, count)
    failed = [*_break_file_rules(con)]
    failed += _mostly_bad(con, [file.file_id for file in failed])
    _collect_files(con, failed)
    _move(con)
    _count(con)
    rows = con.execute("select count(distinct (file_id, line)) from failing").fetchone()
    drop(con, "work.failing")
    assert rows is not None, "count gives one row"
    return SetAside(rows[0], tuple(failed))


def _collect(
    con: duckdb.DuckDBPyConnection, suite: Suite, expectation: Expectation, count: int
) -> None:
    selected = con.execute(
        f"""
        insert into failing by name
        select file_id, line, $rule as rule, $reason as reason, to_json(t) as row
        from gate.{suite.table} as t
        where {expectation.fails}
        """,
        {"rule": expectation.rule, "reason": expectation.reason},
    ).fetchone()
    if selected != (count,):
        raise GateError(
            f"suite {suite.name}, rule {expectation.rule}: {count} rows fail but its condition "
            f"selects {selected[0] if selected else 0}; write the suites again"
        )


def _break_file_rules(con: duckdb.DuckDBPyConnection) -> list[FailedFile]:
    """The files that break a rule about files, with the first that they break.

    What a person has let in is not asked.
    """
    found: dict[int, FailedFile] = {}
    for rule in FILE_RULES:
        files = con.execute(
            f"select file_id, name from {rule.view} join ops.source_file using (file_id) "
            "anti join ops.acceptance using (source, name, sha256)"
        ).fetchall()
        for file_id, name in files:
            found.setdefault(file_id, FailedFile(file_id, name, rule.name, rule.reason))
    return list(found.values())


def _mostly_bad(con: duckdb.DuckDBPyConnection, but: Sequence[int]) -> list[FailedFile]:
    """The other files of which more than half is bad; what is good of a file that a person has let
    in stays."""
    files = con.execute(
        """
        with bad as (
            select file_id, line from failing
            union
            select file_id, line from ops.quarantine
        ),
        bad_rows as (
            select file_id, count(*) as bad_rows from bad group by file_id
        )
        select file_id, name
        from ops.source_file join bad_rows using (file_id)
        where status = 'loaded' and rows_read >= $enough and 2 * bad_rows > rows_read
            and not list_contains($but, file_id)
            and (source, name, sha256) not in (select (source, name, sha256) from ops.acceptance)
        order by name
        """,
        {"enough": ENOUGH_ROWS, "but": list(but)},
    ).fetchall()
    return [
        FailedFile(file_id, name, FILE_MOSTLY_BAD, _MOSTLY_BAD_REASON) for file_id, name in files
    ]


def _collect_files(con: duckdb.DuckDBPyConnection, failed: Sequence[FailedFile]) -> None:
    """Add every line of the files that is not there yet."""
    for file in failed:
        for staged in STAGING:
            con.execute(
                f"""
                insert into failing by name
                select file_id, line, $rule as rule, $reason as reason, to_json(t) as row
                from gate.{staged.name} as t
                where file_id = $file_id
                    and line not in (select line from failing where file_id = $file_id)
                """,
                {"rule": file.rule, "reason": file.reason, "file_id": file.file_id},
            )


def _move(con: duckdb.DuckDBPyConnection) -> None:
    # A line of a workbook makes several rows, which may break one rule more than once: once is
    # enough to tell it.
    con.execute(
        """
        insert into ops.quarantine by name
        with moved as (
            select file_id, line, rule, min(reason) as reason, min(row::varchar)::json as row
            from failing
            group by file_id, line, rule
        ),
        -- A column that was shifted may hold anything: what does not look like a number is none.
        keyed as (
            select
                *,
                nullif(
                    regexp_extract(row ->> 'source_report_id', '^[A-Za-z0-9._-]{1,40}$'), ''
                ) as source_report_id
            from moved
        )
        select source, file_id, name, line, source_report_id, rule, reason, row
        from keyed join ops.source_file using (file_id)
        order by file_id, line, rule
        """
    )
    for staged in STAGING:
        con.execute(
            f"delete from {staged.qualified} "
            "where (file_id, line) in (select (file_id, line) from failing)"
        )


def _count(con: duckdb.DuckDBPyConnection) -> None:
    """Count what is kept and set aside of each file under test."""
    for staged in STAGING:
        con.execute(
            f"""
            update ops.source_file as f
            set rows_kept = (
                select count(distinct line) from gate.{staged.name} as t
                where t.file_id = f.file_id
            )
            where status = 'loaded' and staging_table = $table
            """,
            {"table": staged.qualified},
        )
    con.execute(
        """
        update ops.source_file as f
        set rows_quarantined = (
            select count(distinct line) from ops.quarantine as q where q.file_id = f.file_id
        )
        where status = 'loaded'
        """
    )


def close(con: duckdb.DuckDBPyConnection, failed: Sequence[FailedFile]) -> None:
    """Give each file under test its state; of one that failed, what came before stays in use."""
    for file in failed:
        con.execute(
            """
            update ops.source_file
            set status = 'failed', message = left(concat_ws('; ', $told, if(
                    file_id in (select by_file_id from gate.replaced), $stays, null
                ), message), $length)
            where file_id = $file_id
            """,
            {
                "file_id": file.file_id,
                "told": f"{file.rule}: {file.reason}",
                "stays": STAYS,
                "length": MESSAGE_LENGTH,
            },
        )
    con.execute("update ops.source_file set status = 'ok' where status = 'loaded'")
