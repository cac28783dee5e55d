"""The application, and what its commands share: options, and how a night is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pv.errors import HELD, UsageError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Pool the safety reports of many countries every night and flag the signals that a "
    "single country would miss.",
    epilog="Start with: poolvigil demo",
)
console = Console(stderr=True)


def _version(asked: bool) -> None:
    """Print the version of the program and of what decides its results, and end."""
    if asked:
        import platform

        import duckdb

        from pv import __version__

        python = platform.python_version()
        typer.echo(f"poolvigil {__version__} (Python {python}, DuckDB {duckdb.__version__})")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Pool the safety reports of many countries every night and flag the signals that a single
    country would miss."""


HomeOption = Annotated[
    Path, typer.Option("--home", help="Folder with inbox/, work/, published/ and reports/.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print a JSON summary as the last line of the output.")
]
ScenarioOption = Annotated[str, typer.Option("--scenario", help="Its name (docs/simulation.md).")]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, max=2**31 - 1, help="Seed of everything random.")
]
RulesOption = Annotated[
    str | None,
    typer.Option(
        "--rules", help="A rule preset (default, ema, evans, fda, uppsala) or a TOML file."
    ),
]


def there(home: Path) -> None:
    """Raise `UsageError` unless the home is a folder, and not what belongs into a home."""
    if not home.is_dir():
        raise UsageError(
            f"{home} is not a folder; make it with `poolvigil init {home}` and put files in "
            f"{home}/inbox/"
        )
    if not (home / "inbox").is_dir():
        from pv.night.beginning import refuse_misplaced

        refuse_misplaced(home)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say what goes on while it does: on a terminal as long as it lasts, else in a plain line."""
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        console.print(what, highlight=False)
        yield


def night(
    home: Path, as_of: datetime | None, rules: str | None, recheck: str | None = None
) -> dict[str, Any]:
    """Run one night with its progress told on the terminal; gives the summary."""
    from pv import log

    with log.to_person(console):
        log.say("starting the night ...")
        from pv.night import start as orchestration

        return orchestration.run_night(home, as_of.date() if as_of else None, rules, recheck)


def tell(summary: dict[str, Any], as_json: bool) -> None:
    """Print what a night says; ends with exit code 6 where something is held for a person."""
    from pv.report.terminal import show

    show(console, summary)
    if as_json:
        typer.echo(json.dumps(summary, default=str))
    if summary["held"]:
        raise typer.Exit(HELD)
