"""Move the lines that break a row rule from staging to ops.quarantine, and count what stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pv.dictionary import table
from pv.dictionary.ddl import create
from pv.errors import GateError
from pv.quality.judgement import ENOUGH_ROWS, IN_FUTURE
from pv.quality.suites import STAGING, Expectation, Suite
from pv.warehouse.relations import drop

FILE_MOSTLY_BAD = "file_mostly_bad"

_MOSTLY_BAD_REASON = (
    "more than half of the rows of this file are bad, so the others cannot be trusted: it is not "
    "in the layout that its source expects; check it and deliver it again"
)
# As the message of a file tells it.
MOSTLY_BAD = f"{FILE_MOSTLY_BAD}: {_MOSTLY_BAD_REASON}"


@dataclass(frozen=True, slots=True)
class Settled:
    """Lines set aside tonight, and the files that failed as a whole."""

    rows: int
    files_failed: tuple[str, ...]


def settle(
    con: duckdb.DuckDBPyConnection, broken: Sequence[tuple[Suite, Expectation, int]]
) -> Settled:
    """Quarantine the rows that break the given rules and close the files under test.

    `broken` has each rule with the number of rows that its suite counted. To be called inside a
    transaction, with the views of the schema `gate` in place. Raises GateError when a rule does
    not select as many rows as its suite counted.
    """
    con.execute(create(table("work.failing")))
    for suite, expectation, count in broken:
        _collect(con, suite, expectation, count)
    failed = _collect_mostly_bad(con)
    _move(con)
    _close(con, failed)
    rows = con.execute("select count(distinct (file_id, line)) from failing").fetchone()
    drop(con, "work.failing")
    assert rows is not None, "count gives one row"
    return Settled(rows[0], tuple(name for _, name in failed))


def _collect(
    con: duckdb.DuckDBPyConnection, suite: Suite, expectation: Expectation, count: int
) -> None:
    selected = con.execute(
        f"""
        insert into failing by name
        select file_id, line, $rule as rule, $reason as reason
        from gate.{suite.table}
        where {expectation.fails}
        """,
        {"rule": expectation.rule, "reason": expectation.reason},
    ).fetchone()
    if selected != (count,):
        raise GateError(
            f"suite {suite.name}, rule {expectation.rule}: {count} rows fail but its condition "
            f"selects {selected[0] if selected else 0}; write the suites again"
        )


def _collect_mostly_bad(con: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Add every line of the files of which more than half is bad; returns those files.

    A row that is held for the date of the night says nothing of its file: the clock may be wrong.
    """
    files = con.execute(
        """
        with bad as (
            select file_id, line from failing where rule <> $in_future
            union
            select file_id, line from ops.quarantine where rule <> $in_future
        ),
        bad_rows as (
            select file_id, count(*) as bad_rows from bad group by file_id
        )
        select file_id, name
        from ops.source_file join bad_rows using (file_id)
        where status = 'loaded' and rows_read >= $enough and 2 * bad_rows > rows_read
        order by name
        """,
        {"enough": ENOUGH_ROWS, "in_future": IN_FUTURE},
    ).fetchall()
    for staged in STAGING if files else ():
        con.execute(
            f"""
            insert into failing by name
            select file_id, line, $rule as rule, $reason as reason
            from gate.{staged.name}
            where list_contains($files, file_id)
              and (file_id, line) not in (select (file_id, line) from failing)
            """,
            {
                "rule": FILE_MOSTLY_BAD,
                "reason": _MOSTLY_BAD_REASON,
                "files": [file_id for file_id, _ in files],
            },
        )
    return files


def _move(con: duckdb.DuckDBPyConnection) -> None:
    # A line of a workbook makes several rows, which may break one rule more than once: once is
    # enough to tell it. Its rows of all tables are kept, so that it can be judged again.
    staged_rows = " union all ".join(
        f"select file_id, line, '{staged.qualified}' as staged, to_json(t) as row "
        f"from gate.{staged.name} as t "
        "where (file_id, line) in (select (file_id, line) from failing)"
        for staged in STAGING
    )
    con.execute(
        f"""
        insert into ops.quarantine by name
        with by_table as (
            select file_id, line, staged, list(row order by row::varchar) as rows
            from ({staged_rows})
            group by file_id, line, staged
        ),
        whole as (
            select
                file_id, line,
                to_json(map_from_entries(list(row(staged, rows) order by staged))) as row
            from by_table
            group by file_id, line
        ),
        broken as (
            select file_id, line, rule, min(reason) as reason
            from failing
            group by file_id, line, rule
        )
        select source, file_id, name, line, rule, reason, row
        from broken join whole using (file_id, line) join ops.source_file using (file_id)
        order by file_id, line, rule
        """
    )
    for staged in STAGING:
        con.execute(
            f"delete from {staged.qualified} "
            "where (file_id, line) in (select (file_id, line) from failing)"
        )


def _close(con: duckdb.DuckDBPyConnection, failed: Sequence[tuple[int, str]]) -> None:
    """Count what is kept and set aside of each file under test, and give it its state."""
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
            ),
            status = case when list_contains($failed, file_id) then 'failed' else 'ok' end,
            message = case when list_contains($failed, file_id)
                then concat_ws('; ', message, $reason) else message end
        where status = 'loaded'
        """,
        {
            "failed": [file_id for file_id, _ in failed],
            "reason": MOSTLY_BAD,
        },
    )
