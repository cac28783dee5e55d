"""The night and the replay as flows of a Prefect server (`deploy/prefect.yaml`).

Order and retries are those of `flows/nightly.py`: here each step becomes a Prefect task. Nothing
else of the program imports Prefect.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from prefect import flow, task

from pv import faults
from pv.night import retry, start

_ORDER = start.flows()


def _outside(_task: Any, _run: Any, state: Any) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, BaseException) and faults.is_passing(error)


_AGAIN = {
    "retries": len(retry.DELAYS_SECONDS),
    "retry_delay_seconds": list(retry.DELAYS_SECONDS),
    "retry_condition_fn": _outside,
}


def as_task(step: Callable[..., Any], *args: Any) -> Any:
    """Do one step as a Prefect task, which the server shows by the name of the step."""
    return task(**(_AGAIN if step in _ORDER.RETRIED else {}))(step)(*args)


@flow(name="poolvigil-night")
def nightly(home: str, as_of: date | None = None, rules_file: str | None = None) -> dict[str, Any]:
    """One night over `home`."""
    return _ORDER.nightly(home, as_of, rules_file, do=as_task)


@flow(name="poolvigil-replay")
def replay(home: str, first: date, last: date, every: int = 1) -> dict[str, Any]:
    """The looks from the month of `first` to that of `last`, every `every` months."""
    return _ORDER.replay(home, first, last, every, do=as_task)
