"""The night and the replay: which step comes when, what is tried again.

Told nothing else, the steps are done here and now. On a Prefect server (`flows/on_prefect.py`) each
is done as a task of its own, in the same order: steps are coarse on purpose.
"""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pv import log
from pv.night import held, lock, memory, outcome, planning, retry, what_if
from pv.night import spec as specs
from pv.night import steps as night
from pv.night.run import summarise
from pv.settings import Home, Settings
from pv.spec import AnalysisSpec

# Only what touches the outside world; a wrong file, rule or number is not mended by trying again.
RETRIED = frozenset({night.load, night.build_snapshot, night.copy_snapshot, night.release})

Do = Callable[..., Any]  # do(step, *arguments) does the step and returns what it returns


def here_and_now(step: Callable[..., Any], *args: Any) -> Any:
    """Do one step in this process."""
    return retry.call(step, *args) if step in RETRIED else step(*args)


class _Steps:
    """Does one step after the other, says so, and keeps the seconds that each took."""

    def __init__(self, do: Do) -> None:
        self.do = do
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, step: Callable[..., Any], *args: Any) -> Any:
        log.say(f"{name} ...")
        start = time.perf_counter()
        result = self.do(step, *args)
        self.seconds[name] = time.perf_counter() - start
        log.done(name, self.seconds[name], **(result if isinstance(result, dict) else {}))
        return result


def _ended(status: str, home: Home, step: _Steps) -> dict[str, Any]:
    """The summary of a night; what is held for a person is told last."""
    summary = summarise(home)
    for each in summary["held"]:
        log.warn(str(held.Held(**each)), **each)
    return {"status": status, **summary, "steps": step.seconds}


def nightly(
    home: str,
    as_of: date | None = None,
    rules_file: str | None = None,
    do: Do = here_and_now,
    recheck: str | None = None,
) -> dict[str, Any]:
    """One night over `home`: load, check, and what is due of cases, signals, snapshot, report.

    Rows in quarantine for the rule `recheck` (`all`: for any) are judged again. With a date, or
    another rule than the home's own, it is a what-if: the home stays as it is.
    """
    here = Home(Path(home).resolve())
    step = _Steps(do)
    if what_if.is_one(here, as_of, rules_file):
        return _what_if(here, specs.of(here, rules_file), as_of, step, recheck)
    with outcome.kept(here, "night") as night_:
        spec = specs.of(here, None)
        with lock.hold(here, "night"), log.to_file(here.logs, _rotation(here)):
            night_.begun()
            summary = _night(here, spec, None, step, recheck)
        night_.ended(**outcome.told(summary))
    return summary


def _rotation(here: Home) -> log.Rotation:
    set_ = Settings.of(here)
    return log.Rotation(set_.log_bytes, set_.log_keep, set_.log_level)


def _what_if(
    here: Home, spec: AnalysisSpec, as_of: date | None, step: _Steps, recheck: str | None
) -> dict[str, Any]:
    with lock.hold(here, "what-if"), log.to_file(here.logs, _rotation(here)):
        log.say("what-if: page, snapshot and history of the home stay as they are")
        aside = what_if.begin(here, recheck)
        try:
            return _night(aside, spec, as_of, step, None)
        finally:
            what_if.end(aside)


def _night(
    here: Home, spec: AnalysisSpec, as_of: date | None, step: _Steps, recheck: str | None
) -> dict[str, Any]:
    """The steps over `here`, which is a home or its what-if."""
    if told := memory.shortage(here):
        log.warn(told)
    step("load", night.load, here, spec.receipt, recheck)
    step("check", night.check, here, spec.receipt)
    step.do(night.read_decisions, here)
    run = step.do(planning.plan, here, spec, as_of)
    if not run.due:
        night.show_report(here)
        log.say("nothing new: the current snapshot stays", run_id=run.run_id)
        return _ended("unchanged", here, step)
    if "cases" in run.due:
        step("cases", night.build_cases, here, run.as_of, run.cases, spec)
    if "signals" in run.due:
        step("signals", night.judge, here, run, spec)
    if "snapshot" in run.due:
        folder = step("snapshot", night.build_snapshot, here, run, spec)
    else:
        folder = step.do(night.copy_snapshot, here, run)
    step("report", night.write_report, here, folder, run.report)
    step("publish", night.release, here, folder)
    return _ended("published", here, step)


def replay(
    home: str,
    first: date,
    last: date,
    every: int = 1,
    do: Do = here_and_now,
) -> dict[str, Any]:
    """The looks from the month of `first` to that of `last`, every `every` months.

    They go to mart.signal_history; the next night publishes them.
    """
    here = Home(Path(home).resolve())
    step = _Steps(do)
    with (
        outcome.kept(here, "replay") as replay_,
        lock.hold(here, "replay"),
        log.to_file(here.logs, _rotation(here)),
    ):
        replay_.begun()
        spec = specs.of(here, None)
        step("load", night.load, here, spec.receipt)
        step("check", night.check, here, spec.receipt)
        looks = do(planning.plan_replay, here, spec, (first, last), every)
        if "cases" in looks.due:
            step("cases", night.build_cases, here, looks.as_of, looks.cases, spec)
        told = step("replay", night.replay, here, looks, spec)
        replay_.ended(status=outcome.REPLAYED, exit_code=0)
    days = {"first": str(min(looks.states)), "last": str(looks.as_of)}
    return {**days, **told, "steps": step.seconds}
