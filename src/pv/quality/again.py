"""Lines in quarantine are judged again: back in staging, their files under test."""

import json

import duckdb

from pv.dictionary import Table
from pv.errors import UsageError
from pv.quality.judgement import AFTER_RELEASE, IN_FUTURE
from pv.quality.quarantine import FILE_MOSTLY_BAD, MOSTLY_BAD
from pv.quality.suites import STAGING, rules
from pv.warehouse.relations import drop, run
from pv.warehouse.transaction import transaction

ALL = "all"


def reopen_due(con: duckdb.DuckDBPyConnection) -> int:
    """Put lines that were held for their date of receipt under test again, where it may be right
    by now; returns how many.

    To be called with the views of the schema `gate` in place, and not in a transaction.
    """
    with transaction(con):
        run(con, "again/due_line", {"in_future": IN_FUTURE, "after_release": AFTER_RELEASE})
        return _put_back(con, "due_line")


def reopen_asked(con: duckdb.DuckDBPyConnection, rule: str) -> int:
    """Put the lines that broke `rule` (ALL: every line) under test again; returns how many.

    Not to be called in a transaction. Raises `UsageError` for a rule that there is not.
    """
    _refuse_unknown(con, rule)
    with transaction(con):
        run(con, "again/asked_line", {"rule": rule})
        return _put_back(con, "asked_line")


def _refuse_unknown(con: duckdb.DuckDBPyConnection, rule: str) -> None:
    held = {name for (name,) in con.execute("select rule from ops.quarantine").fetchall()}
    known = {each.name for table in STAGING for each in rules(table)}
    if rule not in {ALL, FILE_MOSTLY_BAD, *held, *known}:
        raise UsageError(
            f"no rule {rule!r}; rows are held by: {', '.join(sorted(held)) or 'none'} "
            "(docs/quality.md lists the rules)"
        )


def _put_back(con: duckdb.DuckDBPyConnection, lines: str) -> int:
    """Put the lines of a work relation back where they were, and their files under test."""
    for table in STAGING:
        con.execute(
            f"""
            insert into {table.qualified} by name
            with held as (
                select any_value(row) as row
                from ops.quarantine join {lines} using (file_id, line)
                group by file_id, line
            ),
            staged as (
                select unnest(from_json(row -> $path, $structure)) as r
                from held
            )
            select r.* from staged
            """,
            {"path": f'$."{table.qualified}"', "structure": _structure(table)},
        )
    con.execute(
        f"delete from ops.quarantine where (file_id, line) in (select (file_id, line) from {lines})"
    )
    con.execute(
        f"""
        update ops.source_file
        set status = 'loaded',
            message = nullif(rtrim(replace(message, $mostly_bad, ''), '; '), '')
        where file_id in (select file_id from {lines})
        """,
        {"mostly_bad": MOSTLY_BAD},
    )
    (count,) = con.execute(f"select count(*) from {lines}").fetchone() or (0,)
    drop(con, f"work.{lines}")
    return count


def _structure(table: Table) -> str:
    """The rows of a staging table as `from_json` takes them back, each value of its own type."""
    types = {
        field.name: ["VARCHAR"] if field.type == "varchar[]" else field.type.upper()
        for field in table.fields
    }
    return json.dumps([types])
