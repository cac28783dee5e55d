"""What is tried again, and when: the outside world (disk, share), never data or code."""

import time
from collections.abc import Callable
from typing import Any

from pv import log

DELAYS_SECONDS = (1, 5, 20)


def is_outside(error: BaseException | None) -> bool:
    """Whether the disk or the share failed; trying again mends no wrong file and no defect."""
    from duckdb import IOException

    return isinstance(error, OSError | IOException)


def call(work: Callable[..., Any], *args: Any) -> Any:
    """What `work` returns, tried again after each of the delays while the outside world fails."""
    for delay in DELAYS_SECONDS:
        try:
            return work(*args)
        except Exception as error:
            if not is_outside(error):
                raise
            log.say(f"tried again in {delay} s: {error}")
        time.sleep(delay)
    return work(*args)
