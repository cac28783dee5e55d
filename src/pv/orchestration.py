"""Start the Prefect flow from the checkout or the wheel, silent and without any network."""

import importlib.util
import os
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from pv import resources
from pv.settings import Home

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
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


def _flow_module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"poolvigil_{name}", resources.root() / "flows" / f"{name}.py"
    )
    assert spec is not None, "a path to a .py file has a spec"
    assert spec.loader is not None, "a path to a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_night(home: Path, as_of: date | None, rules_file: str | None) -> dict[str, Any]:
    """Run one night now; returns its summary. Raises what the night raises."""
    _prepare(Home(home.resolve()))
    return _flow_module("nightly").nightly(str(home), as_of, rules_file)


def serve(home: Path, cron: str, rules_file: str | None) -> None:
    """Run the night on a schedule until stopped."""
    _prepare(Home(home.resolve()))
    _flow_module("nightly").nightly.serve(
        name="nightly",
        cron=cron,
        parameters={"home": str(home.resolve()), "rules_file": rules_file},
        limit=1,
    )
