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
from pv.night import held, lock, retry
from pv.night import spec as specs
from pv.night import steps as night
from pv.night.run import summarise
from pv.settings import Home

# Only what touches the outside world; a wrong file, rule or number is not mended by trying again.
RETRIED = frozenset({night.load, night.build_snapshot, night.copy_snapshot, night.release})

Do = Callable[..., Any]  # do(step, *arguments) does the step and returns what it returns


def here_and_now(step: Callable[..., Any], *args: Any) -> Any:
    """Do one step in this process."""
    return retry.call(step, *args) if step in RETRIED else step(*args)


class _Steps:
    """Does one step after the other, says so, and keeps the seconds that each took."""

    def __init__(self, do: Do) -> None:
        self._do = do
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, step: Callable[..., Any], *args: Any) -> Any:
        log.say(f"{name} ...")
        start = time.perf_counter()
        result = self._do(step, *args)
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

    Rows in quarantine for the rule `recheck` (`all`: for any) are judged again.
    """
    here = Home(Path(home).resolve())
    spec = specs.of(here, rules_file)
    step = _Steps(do)
    with lock.hold(here, "night"), log.to_file(here.logs):
        step("load", night.load, here, spec.receipt, recheck)
        step("check", night.check, here, spec.receipt)
        do(night.read_decisions, here)
        run = do(night.plan, here, spec, as_of)
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
            folder = do(night.copy_snapshot, here, run)
        step("report", night.write_report, folder, run.report)
        step("publish", night.release, here, folder)
        return _ended("published", here, step)


def replay(  # noqa: PLR0913, PLR0917 - what `poolvigil replay` is told, and how steps are done
    home: str,
    first: date,
    last: date,
    every: int = 1,
    rules_file: str | None = None,
    do: Do = here_and_now,
) -> dict[str, Any]:
    """The looks from the month of `first` to that of `last`, every `every` months.

    They go to mart.signal_history; the next night publishes them.
    """
    here = Home(Path(home).resolve())
    spec = specs.of(here, rules_file)
    step = _Steps(do)
    with lock.hold(here, "replay"), log.to_file(here.logs):
        step("load", night.load, here, spec.receipt)
        step("check", night.check, here, spec.receipt)
        looks = do(night.plan_replay, here, spec, (first, last), every)
        if "cases" in looks.due:
            step("cases", night.build_cases, here, looks.as_of, looks.cases, spec)
        told = step("replay", night.replay, here, looks, spec)
    days = {"first": str(min(looks.states)), "last": str(looks.as_of)}
    return {**days, **told, "steps": step.seconds}
