"""The night as a Prefect flow: which step comes when, what is tried again, nothing else.

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
from pv.night import lock
from pv.night import spec as specs
from pv.night import steps as night
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
build_cases = task(night.build_cases)
judge = task(night.judge)
build_snapshot = task(**_RETRIED)(night.build_snapshot)
write_report = task(night.write_report)
release = task(**_RETRIED)(night.release)


@flow(name="poolvigil-night")
def nightly(home: str, as_of: date | None = None, rules_file: str | None = None) -> dict[str, Any]:
    """One night over `home`: load, check, cases, signals, snapshot, report, publish."""
    here = Home(Path(home).resolve())
    spec = specs.of(here, rules_file)
    seconds: dict[str, float] = {}

    def step(name: str, work: Callable[..., Any], *args: Any) -> Any:
        log.say(f"{name} ...")
        start = time.perf_counter()
        result = work(*args)
        seconds[name] = time.perf_counter() - start
        facts = result if isinstance(result, dict) else {}
        log.done(name, seconds[name], **facts)
        return result

    with lock.hold(here, "night"), log.to_file(here.logs):
        step("load", load, here)
        step("check", check, here)
        run = plan(here, spec, as_of)
        if night.is_published(here, run["fingerprint"]):
            night.show_report(here)
            log.say("nothing new: the current snapshot stays", run_id=run["run_id"])
            return {"status": "unchanged", **night.summarise(here), "steps": seconds}
        step("cases", build_cases, here, run["state_id"], run["as_of"])
        step("signals", judge, here, run["state_id"], run["as_of"], spec)
        building = step("snapshot", build_snapshot, here, run, spec)
        step("report", write_report, building)
        step("publish", release, here, building, run["run_id"])
        return {"status": "published", **night.summarise(here), "steps": seconds}
