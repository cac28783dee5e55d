"""The gate: run the suites on what came in, then settle all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from pv import resources
from pv.errors import GateError
from pv.quality import again, batch, gx, quarantine
from pv.quality.suites import Expectation, Suite, load
from pv.warehouse.relations import put, rows
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule found: a row of ops.validation."""

    suite: str
    rule: str
    severity: str
    rows_checked: int
    rows_failed: int
    detail: str

    @property
    def success(self) -> bool:
        """The rule held for every row."""
        return self.rows_failed == 0


@dataclass(frozen=True, slots=True)
class GateSummary:
    """Files settled, names of those that failed as a whole, lines set aside and lines judged again,
    every rule."""

    files: int = 0
    files_failed: tuple[str, ...] = ()
    rows_quarantined: int = 0
    lines_reopened: int = 0
    results: tuple[RuleResult, ...] = ()


def gate(  # noqa: PLR0913, PLR0917 - what is known of the night
    con: duckdb.DuckDBPyConnection,
    docs: Path,
    night: date,
    progress: Callable[[str], None] = lambda _: None,
    products: Mapping[str, str] | None = None,
    grace_days: int = 0,
    recheck: str | None = None,
) -> GateSummary:
    """Let the files with status 'loaded' through the expectation suites.

    Rows that break a `warning` rule move from staging to ops.quarantine, their whole line with
    them; the files become 'ok', or 'failed' when more than half of a file is bad; ops.validation
    holds what every rule found. All of that is one transaction: whatever ends the process, the
    database is as it was or it is settled. Data Docs are written to `docs`/data-docs.

    `con` must not be in a transaction. `night` is the last day a report can have been received:
    the day of the run, also when its results are as of an earlier one. `products` are the products
    that names in exposure files stand for; `grace_days` are those after the last receipt that a
    delivery can hold.

    A file is put under test again when its exposure overlaps since the last night, because two
    names are one product now; when a report of it is dated after its release by what is known
    tonight; with the lines of it that were held for a date that may be right by now; and with those
    that broke the rule `recheck` (`pv.quality.again.ALL`: any).

    Raises GateError, with the rows as they were, when a critical rule fails, when a rule itself
    raises, and when the rows of any file do not add up.
    """
    with batch.views(con, night, products, grace_days):
        _reopen(con)
        reopened = again.reopen_due(con)
        if recheck is not None:
            reopened += again.reopen_asked(con, recheck)
        files = _one(con, "select count(*) from ops.source_file where status = 'loaded'")
        if files == 0:
            return GateSummary()
        checked = _check(con, docs / "data-docs", night, progress)
        _stop_on_critical(checked)
        progress("settling quarantine")
        with transaction(con):
            broken = [
                (suite, expectation, result.rows_failed)
                for suite, expectation, result in checked
                if expectation.severity == "warning" and not result.success
            ]
            settled = quarantine.settle(con, broken)
            results = [result for _, _, result in checked]
            results.append(
                RuleResult(
                    "ops.source_file",
                    quarantine.FILE_MOSTLY_BAD,
                    "warning",
                    files,
                    len(settled.files_failed),
                    ", ".join(settled.files_failed),
                )
            )
            _write_validation(con, results)
            _audit(con)
    return GateSummary(files, settled.files_failed, settled.rows, reopened, tuple(results))


def _reopen(con: duckdb.DuckDBPyConnection) -> None:
    """Put files under test again of which a row is wrong by what is known tonight."""
    con.execute(
        "update ops.source_file set status = 'loaded' where status = 'ok' and file_id in ("
        "select file_id from gate.exposure_overlap union select file_id from gate.late_receipt)"
    )


def _check(
    con: duckdb.DuckDBPyConnection, site: Path, night: date, progress: Callable[[str], None]
) -> list[tuple[Suite, Expectation, RuleResult]]:
    """Every rule of every suite whose table has rows under test, with what it found."""
    known = load(resources.root() / "expectations")
    rows = {s.name: _one(con, f"select count(*) from gate.{s.table}") for s in known}
    suites = [suite for suite in known if rows[suite.name]]
    failed = gx.validate(con, suites, site, night, progress) if suites else {}
    return [
        (
            suite,
            e,
            RuleResult(
                suite.name,
                e.rule,
                e.severity,
                rows[suite.name],
                failed[suite.name, e.rule],
                _first(con, suite, e) if failed[suite.name, e.rule] else "",
            ),
        )
        for suite in suites
        for e in suite.expectations
    ]


def _first(con: duckdb.DuckDBPyConnection, suite: Suite, expectation: Expectation) -> str:
    """Where the first row that fails stands."""
    found = con.execute(
        f"""
        with failing as (
            select file_id, line from gate.{suite.table} where {expectation.fails}
            order by file_id, line limit 1
        )
        select name, line from failing join ops.source_file using (file_id)
        """
    ).fetchone()
    return f"first in {found[0]} line {found[1]}" if found else "in no known file"


def _stop_on_critical(checked: Sequence[tuple[Suite, Expectation, RuleResult]]) -> None:
    problems = [
        f"suite {r.suite}, rule {r.rule}: {r.rows_failed} of {r.rows_checked} rows fail, "
        f"{r.detail}: {e.reason}"
        for _, e, r in checked
        if e.severity == "critical" and not r.success
    ]
    if problems:
        raise GateError("; ".join(problems))


def _write_validation(con: duckdb.DuckDBPyConnection, results: Sequence[RuleResult]) -> None:
    con.execute("delete from ops.validation")
    names = ("suite", "rule", "severity", "success", "rows_checked", "rows_failed", "detail")
    put(con, "ops.validation", {n: np.array([getattr(r, n) for r in results]) for n in names})


def _audit(con: duckdb.DuckDBPyConnection) -> None:
    """Rows read = kept + quarantined, counted in the tables, for every file ever received."""
    wrong = rows(con, "audit/rows_add_up")
    if wrong:
        file_id, name, read, kept, set_aside, staged, quarantined = wrong[0]
        raise GateError(
            f"rows do not add up in {len(wrong)} file(s), first {name or 'an unknown file'} "
            f"(file_id {file_id}): {read} read, {kept} recorded as kept and {set_aside} as "
            f"quarantined, but {staged} are in staging and {quarantined} in quarantine; "
            "this is a defect of the source's reader: report it"
        )


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    assert row is not None, f"no row from: {query}"
    return int(row[0])
