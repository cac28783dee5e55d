"""What a night or a replay computes, and which of its steps are due."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pv import log
from pv.decisions.status import Returns
from pv.errors import UsageError
from pv.night import fingerprints, step_state, writer
from pv.night.run import Run
from pv.settings import Home, Settings
from pv.spec import AnalysisSpec
from pv.warehouse import manifest
from pv.warehouse.manifest import Manifest


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


def plan(home: Home, spec: AnalysisSpec, as_of: date | None) -> Run:
    """What this night computes, and which of its steps are due.

    The date is the data lock point: as asked for, else the latest receipt date in the data. Raises
    `UsageError` when a later one is asked for: nobody knows yet what will be received by then; and
    when nothing had been received by then.
    """
    from pv.pairs import history

    with writer.warehouse(home) as con:
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
    place = home.current.parent.resolve()
    if published.place and Path(published.place) != place:
        log.say(f"the snapshot was published in {published.place}: it is published here anew")
        return "report", "publish"
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


def plan_replay(home: Home, spec: AnalysisSpec, months: tuple[date, date], every: int) -> Replay:
    """The looks from one month to another, both given by a day in them, each with its state_id.

    A look is the end of every `every`th month counted back from the last one. No look lies before
    the first receipt or after the latest: the month of the latest ends with it. Raises `UsageError`
    when no look is left.
    """
    with writer.warehouse(home) as con:
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
