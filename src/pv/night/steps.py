"""The steps of a night, each a plain function on a home; `flows/nightly.py` puts them in order.

A kill anywhere leaves a state from which the same steps go on. A file is loaded, its rows are
judged, and what a night keeps is written, in one transaction; a snapshot comes by one rename; cases
and signals are rebuilt, after their step is marked as not done. A step whose fingerprint
(`pv.night.fingerprints`) is that of when it was last done is not due. Those of cases and signals
are kept in the warehouse (ops.step_state), those of snapshot and report in the manifest of what
they made.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pv import log
from pv.night import code, held, lot_key, memory, planning, reissues, step_state, writer
from pv.night.planning import Replay
from pv.night.run import Run, counted, record
from pv.settings import Home, Settings
from pv.spec import AnalysisSpec
from pv.spec.receipt import Receipt
from pv.warehouse import manifest

_AS_SHIPPED = Receipt()


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
    with writer.warehouse(home) as con:
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
    from pv.cases.coding import exempt_products, exposed_products

    set_ = Settings.of(home)
    shares = quality.Shares(
        set_.redelivery_share, set_.deletion_share, set_.loss_share, set_.lock_point_days
    )
    with writer.warehouse(home) as con:
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
            exempt=exempt_products(home.vocab),
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

    with writer.warehouse(home) as con:
        for problem in verify.wrong(con):
            log.warn(f"audit verify: {problem}")
        added = signals.read_files(home, con)
    for said in added:
        log.say(f"decided: {said}", by=said.decided_by)
    return len(added)


def build_cases(home: Home, as_of: date, fingerprint: str, spec: AnalysisSpec) -> dict[str, Any]:
    """Rebuild core as of the date."""
    from pv import cases

    with writer.counting(home) as con:
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

    with writer.counting(home) as con:
        step_state.forget(con, "signals")
        verdicts = judge_cases(
            con, spec, run.as_of, run.state_id,
            lambda counts: memory.leave(con, counts.product.size),
        )  # fmt: skip
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


def replay(home: Home, looks: Replay, spec: AnalysisSpec) -> dict[str, Any]:
    """Add the state of each look to mart.signal_history; the cases are as of the last one.

    Mart is left as of a replayed look, so the step `signals` is no longer done.
    """
    from pv.pairs.replay import replay as replay_looks

    with writer.counting(home) as con:
        step_state.forget(con, "signals")
        return replay_looks(con, spec, looks.states, log.say)


def build_snapshot(home: Home, run: Run, spec: AnalysisSpec) -> Path:
    """Write the candidate snapshot beside the published ones; returns its folder."""
    from pv.decisions import status
    from pv.warehouse import publish
    from pv.warehouse.share import share

    settings = Settings.of(home)
    building = publish.candidate(home.published, run.run_id)
    with writer.warehouse(home) as con:
        record(con, home, run, spec)
        status.fill(con, run.as_of, spec.rule.roles, planning.returns(settings))
        database = publish.build(con, building, home.last, settings.parts_from)
    if (cells_from := settings.shareable_cells_from) is not None:
        share(database, cells_from)
    return building


def copy_snapshot(home: Home, run: Run) -> Path:
    """A candidate with the tables of the current snapshot, whose page will be another."""
    from pv.warehouse import publish

    building = publish.candidate(home.published, run.run_id)
    publish.copy_current(home.published, building)
    return building


def write_report(home: Home, folder: Path, fingerprint: str) -> Path:
    """Write the pages of a candidate and its manifest: it is whole then."""
    from pv import report
    from pv.warehouse import parts, publish

    database = folder / publish.DATABASE
    parts.settle(database, folder)
    index = report.write(database, folder / publish.PAGES, Settings.of(home).share)
    of_snapshot, summary = counted(database)
    place = parts.settle(database, publish.released(folder))
    manifest.write(folder, fingerprint=of_snapshot, page=fingerprint, summary=summary, place=place)
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
