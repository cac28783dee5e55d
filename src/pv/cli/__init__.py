"""The command line: thin, kind, and quick to answer `--help`."""

import os
import sys
import warnings

from rich.console import Console

from pv.cli import analysts, duplicates, nightly, printing, signals, studies
from pv.cli.root import app

__all__ = ["analysts", "app", "duplicates", "main", "nightly", "printing", "signals", "studies"]


def main() -> None:
    """Entry point: a user's mistake is one line on standard error and an exit code."""
    # Threads of linear algebra cost more than they give on matrices of a few parameters.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Warnings of libraries are for who changes this program, PYTHONWARNINGS or not.
    warnings.simplefilter("ignore")
    from pv.night import stop

    try:
        with stop.on_signal():
            app()
    except Exception as error:
        from pv import faults

        fault = faults.told(error)
        if fault is None:
            raise
        Console(stderr=True, highlight=False).print(
            f"poolvigil: {fault}", markup=False, soft_wrap=True
        )
        sys.stdout.flush()
        raise SystemExit(fault.exit_code) from None
