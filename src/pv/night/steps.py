"""The steps of a night, each a plain function on a home; `flows/nightly.py` puts them in order.

Every step is one transaction (or one rename), so that a kill anywhere leaves a state from which
the same steps go on. A step whose fingerprint (`pv.night.fingerprints`) is that of when it was last
done is not due. Those of cases and signals are kept in the warehouse (ops.step_state), those of
snapshot and report in the manifest of what they made.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pv import log
from pv.decisions.status import Returns
from pv.errors import UsageError
from pv.night import code, fingerprints, held, lot_key, reissues, step_state
from pv.night.run import Run, counted, record
from pv.settings import Home, Settings
from pv.spec import AnalysisSpec
from pv.spec.receipt import Receipt
from pv.warehouse import manifest
from pv.warehouse.manifest import Manifest

_AS_SHIPPED = Receipt()
# The name of a published page: that of its snapshot's folder.


@dataclass(frozen=True, slots=True)
class Replay:
    """The looks of a replay: the state_id of each, the last one's cases, and what is due."""

    states: dict[date, str]
    cases: str
    due: tuple[str, ...]

    @property
    def as_of(self) -> date:
        """The date of the last look, and of the cases."""
        return max(self.states)


@contextmanager
def warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The writer's connection, closed at the end. A lost warehouse begins with what was kept.

    Raises `UsageError` when it is damaged, `LockedError` when another keeps it open.
    """
    from pv.warehouse.connect import connect
    from pv.warehouse.kept import restore

    settings = Settings.of(home)
    if restore(home.warehouse, home.last):
        log.say("the warehouse is lost: ledger, history and case_ids are those of the snapshot")
    con = connect(
        home.warehouse,
        memory_limit=f"{settings.memory_limit:d}B",
        threads=settings.threads,
        waiting=log.warn,
        # An empty ledger would spend alpha twice.
        may_be_new=not os.path.lexists(home.last),
    )
    try:
        yield con
    finally:
        con.close()


def load(home: Home, receipt: Receipt = _AS_SHIPPED, recheck: str | None = None) -> dict[str, Any]:
    """Stage every new file of the inbox, and read again those of which rows are to be judged again:
    for their date of receipt, or since they broke the rule `recheck`.

    Raises `UsageError` when the lot key is not as before, or no row broke that rule.
    """
    from dataclasses import asdict

    from pv import sources
    from pv.sources import ledger
    from pv.sources.limits import Limits

    settings = Settings.of(home)
    schemas = settings.e2b_schemas
    if schemas:
        from pv.sources import e2b_schema

        schemas = e2b_schema.found(schemas.resolve())
    scratch = home.work / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with warehouse(home) as con:
        loaded = sources.load_inbox(
            con,
            home.inbox,
            scratch,
            lot_key.of_night(con, home),
            log.say,
            warn=log.warn,
            limits=Limits(settings.reader_memory, settings.reader_seconds),
            code=code.digest("cases"),
            again=ledger.to_read_again(con, tonight(), receipt.grace_days, recheck),
            e2b_schemas=schemas,
        )
    return asdict(loaded)


def tonight() -> date:
    """The last day a report can have been received: today, wherever the night runs."""
    return datetime.now(UTC).date()


def check(home: Home, receipt: Receipt = _AS_SHIPPED) -> dict[str, Any]:
    """Put the new rows through the gate; raises `GateError` when the night must stop."""
    from dataclasses import asdict

    from pv import quality
    from pv.cases.coding import exposed_products

    set_ = Settings.of(home)
    shares = quality.Shares(
        set_.redelivery_share, set_.deletion_share, set_.loss_share, set_.lock_point_days
    )
    with warehouse(home) as con:
        products = exposed_products(con, home.vocab)
        known = {name: found for name, found in products.items() if found}
        last = quality.published(home.last)
        told = quality.gate(
            con,
            home.work,
            tonight(),
            log.say,
            known,
            last=last,
            shares=shares,
            grace_days=receipt.grace_days,
        )
        hold_files(con)
        for source, name, message in con.execute(
            "select source, name, message from ops.source_file "
            "where status = 'failed' and list_contains($names, name) order by all",
            {"names": list(told.files_failed)},
        ).fetchall():
            log.warn(f"{source}: {name}: failed; {message}")
        for gap in (r for r in told.results if r.rule == quality.QUARTER_MISSING and not r.success):
            log.warn(f"quarters without a file: {gap.detail}")
        for each in reissues.read(con, None):
            log.warn(str(each), **asdict(each))
        return asdict(told)


def hold_files(con: duckdb.DuckDBPyConnection) -> None:
    """Tell anew which files the gate holds."""
    from pv import quality

    files = quality.held(con)
    held.write(
        con, held.FILE_KINDS, [held.of_file(f.kind, f.source, f.name, f.reason) for f in files]
    )


def read_decisions(home: Home) -> int:
    """Add what decisions/*.csv say of signals; returns how many decisions were added.

    Warns of chains that do not fit: somebody has changed what was decided.
    """
    from pv.decisions import verify
    from pv.night import signals

    with warehouse(home) as con:
        for problem in verify.wrong(con):
            log.warn(f"audit verify: {problem}")
        added = signals.read_files(home, con)
    for said in added:
        log.say(f"decided: {said}", by=said.decided_by)
    return len(added)


def plan(home: Home, spec: AnalysisSpec, as_of: date | None) -> Run:
    """What this night computes, and which of its steps are due.

    The date is the data lock point: as asked for, else the latest receipt date in the data. Raises
    `UsageError` when a later one is asked for: nobody knows yet what will be received by then; and
    when nothing had been received by then.
    """
    from pv.pairs import history

    with warehouse(home) as con:
        latest = latest_receipt(con, home)
        lock_point = as_of or latest
        if lock_point > latest:
            raise UsageError(
                f"--as-of {as_of} is after the latest receipt in the data, which is of {latest}: "
                "name that day or an earlier one"
            )
        ((first,),) = con.execute("select min(receipt_date) from staging.report").fetchall()
        if lock_point < first:
            raise UsageError(
                f"--as-of {as_of} is before the first receipt in the data, which is of {first}: "
                "name that day or a later one"
            )
        cases = fingerprints.cases(con, home, spec, lock_point)
        state_id = fingerprints.state_id(cases, spec, lock_point)
        settings = Settings.of(home)
        cells_from = settings.shareable_cells_from
        snapshot = fingerprints.snapshot(
            con, state_id, history.states(con), cells_from, returns(settings)
        )
        kept = {"cases": cases, "signals": state_id}
        done = {step for step, of in kept.items() if step_state.is_done(con, step, of)}
    report = fingerprints.report(snapshot)
    return Run(lock_point, cases, state_id, snapshot, report, _due(home, done, snapshot, report))


def _due(home: Home, done: set[str], snapshot: str, report: str) -> tuple[str, ...]:
    """What has to be done, given the steps of the warehouse that are `done`."""
    published = _published(home, snapshot)
    if published is None:
        missing = (step for step in ("cases", "signals") if step not in done)
        return (*missing, "snapshot", "report", "publish")
    return () if published.page == report else ("report", "publish")


def _published(home: Home, snapshot: str) -> Manifest | None:
    """The manifest of the current snapshot, if it is the one of this fingerprint and whole."""
    folder = home.current.parent
    said = manifest.read(folder)
    if not os.path.lexists(folder) or (said and said.fingerprint != snapshot):
        return None
    wrong = manifest.problems_of_current(home.published)
    if wrong:
        log.warn(f"the current snapshot is made anew: {wrong[0]}", problems=wrong)
        return None
    return said


def returns(settings: Settings) -> Returns:
    """What brings a closed signal back."""
    return Returns(
        settings.returns_growth, settings.returns_new_fatal, settings.returns_new_country
    )


def latest_receipt(con: duckdb.DuckDBPyConnection, home: Home) -> date:
    """The latest receipt date in the data, or day of an issue that tells what was withdrawn or
    changed; raises `UsageError` when there is no report."""
    from pv.warehouse.relations import rows, run

    run(con, "core/issues")
    ((latest,),) = rows(con, "core/latest/latest_receipt")
    if latest is None:
        raise UsageError(
            f"no readable report yet: put files under {home.inbox}/<source>/ "
            "(docs/sources.md names the sources)"
        )
    return latest


def build_cases(home: Home, as_of: date, fingerprint: str, spec: AnalysisSpec) -> dict[str, Any]:
    """Rebuild core as of the date."""
    from pv import cases

    with warehouse(home) as con:
        step_state.forget(con, "cases", "signals")
        counted = cases.build(con, as_of, home.vocab, spec.duplicates)
        for quarter, figure, found, stated in con.execute(
            "select quarter, figure, found, stated from core.quarter_difference order by all"
        ).fetchall():
            log.warn(
                f"quarter_differs: {quarter} has {found:,} {figure}, and quarter_facts.csv says "
                f"{stated:,}: was it issued anew?",
                quarter=quarter,
            )
        step_state.mark_done(con, "cases", fingerprint)
        return counted


def judge(home: Home, run: Run, spec: AnalysisSpec) -> dict[str, Any]:
    """Rebuild mart from the cases."""
    from pv.night.judge import judge as judge_cases

    with warehouse(home) as con:
        step_state.forget(con, "signals")
        verdicts = judge_cases(con, spec, run.as_of, run.state_id)
        for (refusal,) in con.execute(
            "select refusal from mart.prior where not identified"
        ).fetchall():
            log.say(f"EBGM and EB05 are empty: {refusal}")
        warn_of_error(con)
        step_state.mark_done(con, "signals", run.state_id)
        return verdicts


def warn_of_error(con: duckdb.DuckDBPyConnection) -> None:
    """Tell of lists to which broken links bring more than they say that chance brings."""
    from pv.warehouse.relations import rows

    for family, name, mean, expected in rows(con, "audit/permutation_within_expected"):
        log.warn(
            f"audit permutation_within_expected: broken links bring {mean:.2f} pairs to the list "
            f"{name} of {family} events, where {expected:.2f} are expected by chance: take the "
            "larger figure as its error"
        )


def plan_replay(home: Home, spec: AnalysisSpec, months: tuple[date, date], every: int) -> Replay:
    """The looks from one month to another, both given by a day in them, each with its state_id.

    A look is the end of every `every`th month counted back from the last one. No look lies before
    the first receipt or after the latest: the month of the latest ends with it. Raises `UsageError`
    when no look is left.
    """
    with warehouse(home) as con:
        latest = latest_receipt(con, home)
        found = con.execute(
            """
            select distinct least(last_day(m::date), $latest::date)
            from (select unnest(generate_series(
                date_trunc('month', $last::date), date_trunc('month', $first::date),
                -to_months($every)
            )) as m)
            where last_day(m::date) >= (select min(receipt_date) from staging.report)
                and m <= $latest::date
            order by all
            """,
            {"first": months[0], "last": months[1], "every": every, "latest": latest},
        ).fetchall()
        if not found:
            raise UsageError(
                f"no report was received from {months[0]:%Y-%m} to {months[1]:%Y-%m}; "
                f"the latest is of {latest}"
            )
        days = [day for (day,) in found]
        cases = {day: fingerprints.cases(con, home, spec, day) for day in days}
        states = {day: fingerprints.state_id(cases[day], spec, day) for day in days}
        last = cases[max(days)]
        built = step_state.is_done(con, "cases", last)
    return Replay(states, last, ("replay",) if built else ("cases", "replay"))


def replay(home: Home, looks: Replay, spec: AnalysisSpec) -> dict[str, Any]:
    """Add the state of each look to mart.signal_history; the cases are as of the last one.

    Mart is left as of a replayed look, so the step `signals` is no longer done.
    """
    from pv.pairs.replay import replay as replay_looks

    with warehouse(home) as con:
        step_state.forget(con, "signals")
        return replay_looks(con, spec, looks.states, log.say)


def build_snapshot(home: Home, run: Run, spec: AnalysisSpec) -> Path:
    """Write the candidate snapshot beside the published ones; returns its folder."""
    from pv.decisions import status
    from pv.warehouse import publish
    from pv.warehouse.share import share

    building = publish.candidate(home.published, run.run_id)
    with warehouse(home) as con:
        record(con, home, run, spec)
        status.fill(con, run.as_of, spec.rule.roles, returns(Settings.of(home)))
        database = publish.build(con, building)
    if (cells_from := Settings.of(home).shareable_cells_from) is not None:
        share(database, cells_from)
    return building


def copy_snapshot(home: Home, run: Run) -> Path:
    """A candidate with the tables of the current snapshot, whose page will be another."""
    from pv.warehouse import publish

    building = publish.candidate(home.published, run.run_id)
    publish.copy_current(home.published, building)
    return building


def write_report(folder: Path, fingerprint: str) -> Path:
    """Write the pages of a candidate and its manifest: it is whole then."""
    from pv import report
    from pv.warehouse.publish import PAGES

    database = folder / "poolvigil.duckdb"
    index = report.write(database, folder / PAGES)
    of_snapshot, summary = counted(database)
    manifest.write(folder, fingerprint=of_snapshot, page=fingerprint, summary=summary)
    return index


def release(home: Home, folder: Path) -> Path:
    """Swap a candidate in and put its pages before people; returns the snapshot's folder."""
    from pv.night import shown
    from pv.warehouse import publish

    released = publish.release(folder, Settings.of(home).keep_snapshots)
    shown.show(home)
    return released


def show_report(home: Home) -> Path:
    """Put the current snapshot's pages before people again, after a kill or an idle night."""
    from pv.night import shown

    return shown.show(home)
