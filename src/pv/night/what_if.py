"""A what-if: a night of another date or rule, on a copy of the warehouse; the home stays as it is.

It publishes under published/what-if/. What it loads, judges and looks at ends with the copy: it is
in no history and spends no alpha of the home's.
"""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from pv.errors import UsageError
from pv.night import spec as specs
from pv.settings import Home
from pv.warehouse import disk


def is_one(home: Home, as_of: date | None, rule: str | None) -> bool:
    """Whether a run asks something else than the home's nights do.

    Raises `UsageError` for a rule that is none.
    """
    if as_of is not None:
        return True
    return rule is not None and specs.of(home, rule).digest != specs.of(home, None).digest


def begin(home: Home, recheck: str | None = None) -> Home:
    """The home's what-if, with a copy of the warehouse as it is now.

    The caller holds the home. Raises `UsageError` when rows in quarantine are to be judged again:
    that is for the nights, which keep what comes of it.
    """
    if recheck is not None:
        raise UsageError(
            "--recheck changes what the home holds, and a what-if (--as-of, or another rule) "
            "changes nothing of it: start a night with --recheck alone"
        )
    aside = replace(home, what_if=True)
    end(aside)
    disk.make_private(aside.work)
    for name in (home.warehouse.name, f"{home.warehouse.name}.wal"):
        if (home.work / name).is_file():
            shutil.copyfile(home.work / name, aside.work / name)
    return aside


def end(aside: Home) -> None:
    """Remove the working files of a what-if, also of one that died."""
    if Path(aside.work).exists():
        disk.remove(aside.work)
