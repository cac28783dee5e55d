"""The gate: run the suites on what came in, then settle all of it or nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from pv import resources
from pv.errors import GateError, shortened
from pv.quality import batch, continuity, gx, quarantine, series
from pv.quality.continuity import Published, Shares
from pv.quality.rules import RuleResult
from pv.quality.suites import Expectation, Suite, load
from pv.warehouse.relations import put, rows
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class GateSummary:
    """Files settled, names of those that failed as a whole, lines set aside, every rule."""

    files: int = 0
    files_failed: tuple[str, ...] = ()
    rows_quarantined: int = 0
    results: tuple[RuleResult, ...] = ()


class _HeldError(Exception):
    """Files that must be held: the trial is rolled back and goes on without them."""

    def __init__(self, messages: dict[int, str]) -> None:
        self.messages = messages


def gate(  # noqa: PLR0913 - what a night is judged by
    con: duckdb.DuckDBPyConnection,
    docs: Path,
    night: date,
    progress: Callable[[str], None] = lambda _: None,
    products: Mapping[str, str] | None = None,
    *,
    last: Published | None = None,
    shares: Shares | None = None,
    grace_days: int = 0,
    exempt: Collection[str] = (),
) -> GateSummary:
    """Let the files with status 'loaded' through the expectation suites.

    Rows that break a `warning` rule move from staging to ops.quarantine, their whole line with
    them; the files become 'ok' and take the places of those that came earlier under their names,
    or 'failed' when more than half of a file is bad; ops.validation holds what every rule found.
    All of that is one transaction: whatever ends the process, the database is as it was or it is
    settled. Data Docs are written to `docs`/data-docs.

    A file that would take too much away of what `last` had published becomes 'held' before that,
    and the others are judged without it (pv.quality.continuity).

    `con` must not be in a transaction. `night` is the last day a report can have been received:
    the day of the run, also when its results are as of an earlier one. `products` are the products
    that names in exposure files stand for, those that are `exempt` under hospital exemption: a file
    whose exposure overlaps since the last night, because two names are one product now, or is of an
    exempt product, is put under test again, and so is one with a report that is dated over
    `grace_days` after the last day that its delivery can hold. Raises GateError, with
    the rows as they were, when a critical rule fails, when a rule itself raises, and when the rows
    of any file do not add up.
    """
    with batch.views(con, night, products, last=last, grace_days=grace_days, exempt=exempt):
        while True:
            _reopen(con)
            files = _one(con, "select count(*) from ops.source_file where status = 'loaded'")
            if files + _one(con, "select count(*) from gate.replaced") == 0:
                if not _one(con, "select count(*) from ops.source_cases"):
                    continuity.count_cases(con)
                # A file may be lost in a night that brings none.
                with transaction(con):
                    _write(con, [series.missing(con)])
                return GateSummary()
            checked = _check(con, docs / "data-docs", night, progress)
            progress("settling quarantine")
            try:
                with transaction(con):
                    return _settle(con, files, checked, last, shares or Shares())
            except _HeldError as found:
                continuity.hold(con, found.messages)


def _settle(
    con: duckdb.DuckDBPyConnection,
    files: int,
    checked: Sequence[tuple[Suite, Expectation, RuleResult]],
    last: Published | None,
    shares: Shares,
) -> GateSummary:
    """Set aside what is bad and let the rest in; raises what keeps it out, inside a transaction."""
    broken = [
        (suite, expectation, result.rows_failed)
        for suite, expectation, result in checked
        if expectation.severity == "warning" and not result.success
    ]
    aside = quarantine.set_aside(con, broken)
    failed = [file.file_id for file in aside.failed]
    if messages := continuity.to_hold(con, last, shares, failed):
        raise _HeldError(messages)
    _stop_on_critical(checked)
    continuity.supersede(con, failed)
    quarantine.close(con, aside.failed)
    continuity.count_cases(con)
    results = [result for _, _, result in checked]
    results += [_of_files(rule, files, aside.failed) for rule in quarantine.FILE_RULE_NAMES]
    results.append(series.missing(con))
    if files:
        con.execute("delete from ops.validation")
    _write(con, results if files else results[-1:])
    _audit(con)
    return GateSummary(files, aside.files_failed, aside.rows, tuple(results))


def _reopen(con: duckdb.DuckDBPyConnection) -> None:
    """Put files under test again of which a row is wrong by what is known tonight."""
    con.execute(
        "update ops.source_file set status = 'loaded' where status = 'ok' and file_id in ("
        "select file_id from gate.exposure_overlap union select file_id from gate.exposure_exempt "
        "union select file_id from gate.late_receipt)"
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


def _of_files(rule: str, files: int, failed: Sequence[quarantine.FailedFile]) -> RuleResult:
    names = sorted(file.name for file in failed if file.rule == rule)
    return RuleResult(
        "ops.source_file", rule, "warning", files, len(names), shortened(", ".join(names))
    )


def _write(con: duckdb.DuckDBPyConnection, results: Sequence[RuleResult]) -> None:
    """Put what rules found into ops.validation, in place of what they found before."""
    con.execute(
        "delete from ops.validation "
        "where (suite, rule) in (select unnest($suites), unnest($rules))",
        {"suites": [r.suite for r in results], "rules": [r.rule for r in results]},
    )
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
