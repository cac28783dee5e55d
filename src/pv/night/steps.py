"""The steps of a night, each a plain function on a home; `flows/nightly.py` puts them in order.

Every step is one transaction (or one rename), so that a kill anywhere leaves a state from which
the same steps go on. A step whose fingerprint (`pv.night.fingerprints`) is that of when it was last
done is not due. Those of cases and signals are kept in the warehouse (ops.step_state), those of
snapshot and report beside what they made.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pv import log
from pv.errors import UsageError
from pv.night import fingerprints, lock_point, step_state
from pv.night.run import Run, record
from pv.settings import Home, Settings
from pv.spec import AnalysisSpec
from pv.spec.receipt import Receipt

_AS_SHIPPED = Receipt()
# Beside the page: what it was made from.
_PAGE_FINGERPRINT = "report.fingerprint"


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
    """The writer's connection, closed at the end. A lost warehouse begins with what was kept."""
    from pv.warehouse.connect import connect
    from pv.warehouse.kept import restore

    settings = Settings.of(home)
    if restore(home.warehouse, home.published / "current"):
        log.say("the warehouse is lost: ledger, history and case_ids are those of the snapshot")
    con = connect(home.warehouse, memory_limit=settings.memory_limit, threads=settings.threads)
    try:
        yield con
    finally:
        con.close()


def load(home: Home, receipt: Receipt = _AS_SHIPPED) -> dict[str, Any]:
    """Stage every new file of the inbox, and write down how far it may move the lock point."""
    from dataclasses import asdict

    from pv import sources

    scratch = home.work / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with warehouse(home) as con:
        key = home.lot_key(Settings.of(home))
        until = lock_point.until(home, receipt)
        return asdict(sources.load_inbox(con, home.inbox, scratch, key, log.say, until))


def check(home: Home, receipt: Receipt = _AS_SHIPPED, recheck: str | None = None) -> dict[str, Any]:
    """Put the new rows through the gate; raises `GateError` when the night must stop.

    Rows in quarantine that broke the rule `recheck` are judged again (`pv.quality.again.ALL`: any).
    """
    from dataclasses import asdict

    from pv import quality
    from pv.cases.coding import exposed_products

    tonight = datetime.now(UTC).date()
    with warehouse(home) as con:
        products = exposed_products(con, home.vocab)
        known = {name: found for name, found in products.items() if found}
        return asdict(
            quality.gate(con, home.work, tonight, log.say, known, receipt.grace_days, recheck)
        )


def plan(home: Home, spec: AnalysisSpec, as_of: date | None) -> Run:
    """What this night computes, and which of its steps are due.

    The date is the data lock point: as asked for, else the latest receipt date that moves it
    (`pv.night.lock_point`). What is beyond is held for a person.
    """
    from pv.pairs import history

    with warehouse(home) as con:
        day = lock_point.asked(con, home, as_of) if as_of else lock_point.latest(con, home)
        lock_point.hold(con, home, max(day, lock_point.latest(con, home)))
        cases = fingerprints.cases(con, home, day)
        state_id = fingerprints.state_id(cases, spec, day)
        snapshot = fingerprints.snapshot(con, state_id, history.states(con))
        kept = {"cases": cases, "signals": state_id}
        done = {step for step, of in kept.items() if step_state.is_done(con, step, of)}
    report = fingerprints.report(snapshot)
    return Run(day, cases, state_id, snapshot, report, _due(home, done, snapshot, report))


def _due(home: Home, done: set[str], snapshot: str, report: str) -> tuple[str, ...]:
    """What has to be done, given the steps of the warehouse that are `done`."""
    if _published(home) != snapshot:
        missing = (step for step in ("cases", "signals") if step not in done)
        return (*missing, "snapshot", "report", "publish")
    page = home.current.with_name(_PAGE_FINGERPRINT)
    shown = page.is_file() and page.read_text(encoding="ascii") == report
    return () if shown else ("report", "publish")


def _published(home: Home) -> str | None:
    """The fingerprint of the current snapshot."""
    if not home.current.exists():
        return None
    with duckdb.connect(str(home.current), read_only=True) as con:
        (found,) = con.execute("select fingerprint from ops.run").fetchone() or (None,)
    return found


def build_cases(home: Home, as_of: date, fingerprint: str) -> dict[str, Any]:
    """Rebuild core as of the date."""
    from pv import cases

    with warehouse(home) as con:
        step_state.forget(con, "cases", "signals")
        counted = cases.build(con, as_of, home.vocab)
        step_state.mark_done(con, "cases", fingerprint)
        return counted


def judge(home: Home, run: Run, spec: AnalysisSpec) -> dict[str, Any]:
    """Rebuild mart from the cases."""
    from pv.night.judge import judge as judge_cases

    with warehouse(home) as con:
        step_state.forget(con, "signals")
        verdicts = judge_cases(con, spec, run.as_of, run.state_id)
        step_state.mark_done(con, "signals", run.state_id)
        return verdicts


def plan_replay(home: Home, spec: AnalysisSpec, months: tuple[date, date], every: int) -> Replay:
    """The looks from one month to another, both given by a day in them, each with its state_id.

    A look is the end of every `every`th month counted back from the last one. No look lies before
    the first receipt or after the latest that moves the lock point: its month ends with it.
    Raises `UsageError` when no look is left.
    """
    with warehouse(home) as con:
        latest = lock_point.latest(con, home)
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
        cases = {day: fingerprints.cases(con, home, day) for day in days}
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
    from pv.warehouse import publish

    building = home.published / f".building-{run.run_id}"
    with warehouse(home) as con:
        record(con, home, run, spec)
        publish.build(con, building)
    return building


def write_report(folder: Path, fingerprint: str) -> Path:
    """Write the page of a snapshot into its folder, which may be the published one."""
    from pv import report

    page = report.write(folder / "poolvigil.duckdb", folder / "report.html")
    named = folder / f".{_PAGE_FINGERPRINT}"
    named.write_text(fingerprint, encoding="ascii")
    named.replace(folder / _PAGE_FINGERPRINT)
    return page


def current_folder(home: Home) -> Path:
    """The folder of the current snapshot."""
    return (home.published / "current").resolve()


def release(home: Home, folder: Path, run_id: str) -> Path:
    """Swap a candidate in and put its report before people; returns the snapshot's folder.

    Of the current snapshot only the report is put before people.
    """
    from pv.warehouse import publish

    released = publish.release(folder, home.published, run_id, Settings.of(home).keep_snapshots)
    show_report(home)
    return released


def show_report(home: Home) -> Path:
    """Make `reports/latest.html` the current snapshot's page (again, after a kill)."""
    current = current_folder(home)
    home.reports.mkdir(parents=True, exist_ok=True)
    for name in (f"{current.name}.html", "latest.html"):
        made = home.reports / f".{name}"
        shutil.copyfile(current / "report.html", made)
        made.replace(home.reports / name)
    return home.reports / "latest.html"
