"""Start the Prefect flow from the checkout or the wheel, silent and without any network."""

import asyncio
import importlib.util
import os
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from pv import resources
from pv.errors import UsageError
from pv.night import lock
from pv.night import spec as specs
from pv.settings import Home

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # An error is told once, by us: one line for the user, the traceback in the home's log.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    # Prefect's own 20 s are too few when the machine is busy.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SHOW_EXPERIMENTAL_WARNINGS": "false",
}


def _prepare(home: Home) -> None:
    """Set what Prefect reads at import; what the operator has set stays."""
    (home.work / "prefect").mkdir(parents=True, exist_ok=True)
    for name, value in {**_QUIET, "PREFECT_HOME": str(home.work / "prefect")}.items():
        os.environ.setdefault(name, value)


def _flows() -> ModuleType:
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
    """Run one night now; returns its summary. Raises what the night raises.

    A wrong specification and a held home are told at once, before Prefect takes its seconds.
    """
    _ready(home, rules_file)
    return _flows().nightly(str(home), as_of, rules_file, recheck)


def run_replay(
    home: Path, months: tuple[date, date], every: int, rules_file: str | None
) -> dict[str, Any]:
    """Replay the months and then run one night, which publishes what came of them.

    Returns the night's summary, with the replay's under `replay`. Raises what these raise.
    """
    _ready(home, rules_file)
    flows = _flows()
    replayed = flows.replay(str(home), *months, every, rules_file)
    summary = flows.nightly(str(home), None, rules_file)
    return {**summary, "replay": replayed}


def _ready(home: Path, rules_file: str | None) -> None:
    """Refuse a wrong specification and a held home, and get ready for Prefect."""
    here = Home(home.resolve())
    specs.of(here, rules_file)
    with lock.hold(here, "night"):
        pass
    _prepare(here)


def serve(home: Path, cron: str, rules_file: str | None) -> None:
    """Run a night whenever `cron` says (local time), each in a process of its own, until stopped.

    Not Prefect's `flow.serve`: without a Prefect server nothing turns its schedule into runs. A
    night that fails has told why; the next one comes all the same. Raises `UsageError` for a
    schedule that is none.
    """
    _prepare(Home(home.resolve()))
    from prefect.server.schemas.schedules import CronSchedule

    try:
        schedule = CronSchedule(cron=cron)
    except ValueError as error:
        raise UsageError(
            f"--cron {cron!r} is no schedule; five fields as in '0 2 * * *'"
        ) from error
    night = [sys.executable, "-m", "pv.cli", "run", "--home", str(home), "--json"]
    while True:
        now = datetime.now().astimezone()
        (due,) = asyncio.run(schedule.get_dates(1, start=now))
        while (left := due.timestamp() - time.time()) > 0:
            time.sleep(min(left, 60))  # short naps: a machine may sleep or its clock be set
        subprocess.run(  # noqa: S603 - our own command line
            [*night, *(["--rules", rules_file] if rules_file else [])], check=False
        )
