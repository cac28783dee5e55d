"""Start a night, a replay or a schedule: `flows/nightly.py`, from the checkout or the wheel."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

from pv import child, resources
from pv.night import schedule
from pv.settings import Home


@cache
def flows() -> ModuleType:
    """The module `flows/nightly.py`."""
    file = resources.root() / "flows" / "nightly.py"
    spec = importlib.util.spec_from_file_location("poolvigil_flows", file)
    assert spec is not None, "a path to a .py file has a spec"
    assert spec.loader is not None, "a path to a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_night(
    home: Path, as_of: date | None, rules_file: str | None, recheck: str | None = None
) -> dict[str, Any]:
    """Run one night now; returns its summary. Raises what the night raises."""
    return flows().nightly(str(home), as_of, rules_file, recheck=recheck)


def run_replay(home: Path, months: tuple[date, date], every: int) -> dict[str, Any]:
    """Replay the months and then run one night, which publishes what came of them.

    Returns the night's summary, with the replay's under `replay`. Raises what these raise.
    """
    replayed = flows().replay(str(home), *months, every)
    summary = flows().nightly(str(home))
    return {**summary, "replay": replayed}


def serve(home: Path, cron: str, say: Callable[[str], None]) -> None:
    """Run a night whenever `cron` says, in local time, each in a process of its own, until stopped.

    `say` is told when the next one is due. A night that fails has told why; the next one comes all
    the same. One that runs ends with this process, however that ends. Raises `UsageError` for a
    schedule that is none.
    """
    from pv.night import outcome

    zone, here = schedule.local_zone(), Home(home.resolve())
    night = [sys.executable, "-m", "pv.cli", "run", "--home", str(home), "--json"]
    while True:
        due = schedule.next_after(datetime.now(zone), cron)
        say(f"next night: {due:%Y-%m-%d %H:%M} {due.tzname()}")
        outcome.scheduled(here, due)
        while (left := due.timestamp() - time.time()) > 0:
            time.sleep(min(left, 60))  # short naps: a machine may sleep or its clock be set
        done = subprocess.run(  # noqa: S603 - our own command line
            night,
            check=False,
            preexec_fn=partial(child.die_with, os.getpid()),  # there is one thread
        )
        if done.returncode < 0 or done.returncode > 128:
            outcome.died(here, done.returncode)
