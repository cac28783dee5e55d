"""What is tried again, and when: a disk or a share that failed.

Never data or code, nor what a person has to mend (room, rights, damage).
"""

import time
from collections.abc import Callable
from typing import Any

from pv import faults, log

DELAYS_SECONDS = (1, 5, 20)


def call(work: Callable[..., Any], *args: Any) -> Any:
    """What `work` returns, tried again after each of the delays while the outside world fails."""
    for delay in DELAYS_SECONDS:
        try:
            return work(*args)
        except Exception as error:
            if not faults.is_passing(error):
                raise
            log.say(f"tried again in {delay} s: {faults.first_line(error)}")
        time.sleep(delay)
    return work(*args)
