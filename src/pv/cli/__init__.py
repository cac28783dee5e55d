"""The command line: thin, kind, and quick to answer `--help`."""

import json
import os
import sys
import warnings
from contextlib import suppress
from typing import Any

import typer
from rich.console import Console

from pv.cli import (
    analysts,
    duplicates,
    newcomers,
    nightly,
    operators,
    printing,
    signals,
    studies,
)
from pv.cli.root import app
from pv.errors import UsageError

__all__ = [
    "analysts", "app", "duplicates", "main", "newcomers", "nightly", "operators", "printing",
    "signals", "studies",
]  # fmt: skip


# The library's own error of usage, which it does not name in public.
_WRONG_WORDS: Any = typer.BadParameter.__mro__[1]


def main() -> None:
    """Entry point: a user's mistake is one line on standard error and an exit code."""
    # Threads of linear algebra cost more than they give on matrices of a few parameters.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Warnings of libraries are for who changes this program, PYTHONWARNINGS or not.
    warnings.simplefilter("ignore")
    from pv.night import stop

    try:
        with stop.on_signal():
            code = _called()
    except Exception as error:
        from pv import faults

        fault = faults.told(error)
        if "--json" in sys.argv[1:]:
            with suppress(OSError):  # nobody reads the output any more
                print(json.dumps(faults.as_facts(error)), flush=True)
        if fault is None:
            raise
        Console(stderr=True, highlight=False).print(
            f"poolvigil: {fault}", markup=False, soft_wrap=True
        )
        sys.stdout.flush()
        raise SystemExit(fault.exit_code) from None
    raise SystemExit(code)


def _called() -> int:
    """Do what the command line asks; what is wrong in its words is a `UsageError` of ours."""
    try:
        code = app(standalone_mode=False)
        return code if isinstance(code, int) else 0
    except _WRONG_WORDS as error:
        if not error.args or type(error).__name__ == "NoArgsIsHelpError":
            error.show()
            return 2
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "poolvigil"
        said = " ".join(error.format_message().split()).rstrip(".?")
        raise UsageError(f"{said}; see `{where} --help`") from None
