"""The night and the replay as Prefect flows: which step comes when, what is tried again.

Steps are coarse on purpose (a Prefect task costs 25 to 150 ms). Only what touches the outside
world is retried; a wrong file, rule or number is not mended by trying again.
"""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow, task

from pv import log
from pv.night import held, lock
from pv.night import spec as specs
from pv.night import steps as night
from pv.night.run import summarise
from pv.settings import Home


def _outside(_task: Any, _run: Any, state: Any) -> bool:
    """Retry when the disk or the share failed, not when the data or the code is wrong."""
    from duckdb import IOException

    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError | IOException)


_RETRIED = {"retries": 3, "retry_delay_seconds": [1, 5, 20], "retry_condition_fn": _outside}

load = task(**_RETRIED)(night.load)
check = task(night.check)
plan = task(night.plan)
plan_replay = task(night.plan_replay)
build_cases = task(night.build_cases)
judge = task(night.judge)
replay_looks = task(night.replay)
build_snapshot = task(**_RETRIED)(night.build_snapshot)
write_report = task(night.write_report)
release = task(**_RETRIED)(night.release)


class _Steps:
    """Does one step after the other, says so, and keeps the seconds that each took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[..., Any], *args: Any) -> Any:
        log.say(f"{name} ...")
        start = time.perf_counter()
        result = work(*args)
        self.seconds[name] = time.perf_counter() - start
        log.done(name, self.seconds[name], **(result if isinstance(result, dict) else {}))
        return result


def _ended(status: str, home: Home, step: _Steps) -> dict[str, Any]:
    """The summary of a night; what is held for a person is told last."""
    summary = summarise(home)
    for each in summary["held"]:
        log.warn(str(held.Held(**each)), **each)
    return {"status": status, **summary, "steps": step.seconds}


@flow(name="poolvigil-night")
def nightly(
    home: str,
    as_of: date | None = None,
    rules_file: str | None = None,
    recheck: str | None = None,
) -> dict[str, Any]:
    """One night over `home`: load, check, and what is due of cases, signals, snapshot, report.

    `recheck` names the rule whose rows in quarantine are judged again (`all`: of every rule).
    """
    here = Home(Path(home).resolve())
    spec = specs.of(here, rules_file)
    step = _Steps()
    with lock.hold(here, "night"), log.to_file(here.logs):
        step("load", load, here, spec.receipt)
        step("check", check, here, spec.receipt, recheck)
        run = plan(here, spec, as_of)
        if not run.due:
            night.show_report(here)
            log.say("nothing new: the current snapshot stays", run_id=run.run_id)
            return _ended("unchanged", here, step)
        if "cases" in run.due:
            step("cases", build_cases, here, run.as_of, run.cases)
        if "signals" in run.due:
            step("signals", judge, here, run, spec)
        folder = night.current_folder(here)
        if "snapshot" in run.due:
            folder = step("snapshot", build_snapshot, here, run, spec)
        step("report", write_report, folder, run.report)
        step("publish", release, here, folder, run.run_id)
        return _ended("published", here, step)


@flow(name="poolvigil-replay")
def replay(
    home: str, first: date, last: date, every: int = 1, rules_file: str | None = None
) -> dict[str, Any]:
    """The looks from the month of `first` to that of `last`, every `every` months.

    They go to mart.signal_history; the next night publishes them.
    """
    here = Home(Path(home).resolve())
    spec = specs.of(here, rules_file)
    step = _Steps()
    with lock.hold(here, "replay"), log.to_file(here.logs):
        step("load", load, here, spec.receipt)
        step("check", check, here, spec.receipt)
        looks = plan_replay(here, spec, (first, last), every)
        if "cases" in looks.due:
            step("cases", build_cases, here, looks.as_of, looks.cases)
        told = step("replay", replay_looks, here, looks, spec)
    days = {"first": str(min(looks.states)), "last": str(looks.as_of)}
    return {**days, **told, "steps": step.seconds}
