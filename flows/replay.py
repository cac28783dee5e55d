"""The replay as a Prefect flow: earlier nights, month by month; the next night publishes them.

Steps and retries as in flows/nightly.py.
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


load = task(
    retries=3, retry_delay_seconds=[1, 5, 20], retry_condition_fn=_outside
)(night.load)  # fmt: skip
check = task(night.check)
plan = task(night.plan_replay)
build_cases = task(night.build_cases)
replay_looks = task(night.replay)


@flow(name="poolvigil-replay")
def replay(
    home: str, first: date, last: date, every: int = 1, rules_file: str | None = None
) -> dict[str, Any]:
    """The looks from the month of `first` to that of `last`, every `every` months."""
    here = Home(Path(home).resolve())
    spec = specs.of(here, rules_file)
    seconds: dict[str, float] = {}

    def step(name: str, work: Callable[..., Any], *args: Any) -> Any:
        log.say(f"{name} ...")
        start = time.perf_counter()
        result = work(*args)
        seconds[name] = time.perf_counter() - start
        log.done(name, seconds[name], **result)
        return result

    with lock.hold(here, "replay"), log.to_file(here.logs):
        step("load", load, here)
        step("check", check, here)
        named = plan(here, spec, (first, last), every)
        as_of = max(named)
        step("cases", build_cases, here, named[as_of], as_of)
        told = step("replay", replay_looks, here, named, spec)
    return {"first": str(min(named)), "last": str(as_of), **told, "steps": seconds}
