"""`ops.source_file`: what is known of every file that ever came."""

from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from pv.dictionary.tables.staging import STAGING
from pv.errors import UsageError
from pv.warehouse.relations import put_row

# In staging, before and after the gate.
STAGED = ("loaded", "ok")
# Waits for a person's word: its rows are nowhere (pv.quality.continuity).
HELD = "held"
# Was in staging, until the warehouse was lost (sql/kept/source_file.sql).
UNREAD = "unread"
# Rows in quarantine, whatever rule they broke.
ALL_RULES = "all"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger; its fields are the columns."""

    file_id: int
    source: str
    name: str
    release: str | None
    staging_table: str | None
    sha256: str | None
    bytes: int | None
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    status: str
    message: str | None
    latest_receipt: date | None = None
    series: str | None = None
    issued_on: date | None = None

    @property
    def key(self) -> tuple[str, str, str | None]:
        """The same file with the same bytes."""
        return self.source, self.name, self.sha256


def read(con: duckdb.DuckDBPyConnection) -> list[Line]:
    """Every line, by file_id."""
    columns = ", ".join(Line.__slots__)
    rows = con.execute(f"select {columns} from ops.source_file order by file_id").fetchall()
    return [Line(*row) for row in rows]


def accepted(con: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str | None]]:
    """The keys of the files that a person has let in."""
    return set(con.execute("select source, name, sha256 from ops.acceptance").fetchall())


def write(con: duckdb.DuckDBPyConnection, line: Line) -> None:
    """Put the line in place of the one with its file_id."""
    con.execute("delete from ops.source_file where file_id = $id", {"id": line.file_id})
    put_row(con, "ops.source_file", asdict(line))


def remove(con: duckdb.DuckDBPyConnection, file_id: int) -> None:
    """Take the line out."""
    con.execute("delete from ops.source_file where file_id = $id", {"id": file_id})


def clear_rows(con: duckdb.DuckDBPyConnection, file_id: int) -> None:
    """Take every row of the file out of staging and quarantine."""
    for table in ("ops.quarantine", *(t.qualified for t in STAGING)):
        con.execute(f"delete from {table} where file_id = $id", {"id": file_id})


def count_rows(con: duckdb.DuckDBPyConnection, file_id: int, staging_table: str) -> tuple[int, int]:
    """Distinct lines of the file in its staging table, and in quarantine."""
    counts = [
        con.execute(
            f"select count(distinct line) from {table} where file_id = $id", {"id": file_id}
        ).fetchone()
        for table in (staging_table, "ops.quarantine")
    ]
    kept, quarantined = counts
    assert kept and quarantined, "an aggregate without group by gives one row"
    return kept[0], quarantined[0]


def to_read_again(
    con: duckdb.DuckDBPyConnection, night: date, grace_days: int, rule: str | None = None
) -> set[int]:
    """The files in use with rows in quarantine that are to be judged again.

    They are there for a date of receipt that is right by what is known tonight, or broke `rule`
    (ALL_RULES: any). Raises `UsageError` when no row is there for this rule.
    """
    held = {name for (name,) in con.execute("select distinct rule from ops.quarantine").fetchall()}
    if rule and rule not in {ALL_RULES, *held}:
        raise UsageError(
            f"no row is in quarantine for {rule!r}; rows are there for: "
            f"{', '.join(sorted(held)) or 'nothing'} (docs/quality.md)"
        )
    found = con.execute(
        """
        with aside as (
            select
                f.file_id, f.latest_receipt, q.rule,
                try_cast(q.row ->> 'receipt_date' as date) as receipt_date
            from ops.quarantine q
            join ops.source_file f using (file_id)
            where f.status = 'ok'
        )
        select distinct file_id
        from aside
        where $rule in ($all, rule)
           or (rule = 'receipt_date_in_future' and receipt_date <= $night)
           or (
                rule = 'receipt_date_after_release'
                and receipt_date <= latest_receipt + $grace_days::integer
           )
        """,
        {"night": night, "grace_days": grace_days, "rule": rule or "", "all": ALL_RULES},
    ).fetchall()
    return {file_id for (file_id,) in found}


def quarantine_notes(con: duckdb.DuckDBPyConnection, file_id: int) -> list[str]:
    """For each rule that lines of the file broke: how many, and the first of them."""
    rows = con.execute(
        "select rule, count(distinct line), min(line) from ops.quarantine where file_id = $id "
        "group by rule order by rule",
        {"id": file_id},
    ).fetchall()
    return [f"{rule}: {count} in quarantine, first line {first}" for rule, count, first in rows]
