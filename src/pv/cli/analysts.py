"""Commands of who asks the published snapshot."""

import shutil
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import HomeOption, app, console, there
from pv.errors import PoolvigilError, UsageError


class Form(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@app.command()
def sql(
    home: HomeOption,
    query: Annotated[
        str | None,
        typer.Argument(metavar="[QUERY]", help="SQL; without one, statements of the input."),
    ] = None,
    form: Annotated[
        Form,
        typer.Option(
            "--format", help="table: the first 200 rows; csv; json: an object a line, all rows."
        ),
    ] = Form.TABLE,
    run: Annotated[
        str | None, typer.Option("--run", help="A run_id whose snapshot is kept; else the newest.")
    ] = None,
    shareable: Annotated[
        bool, typer.Option("--shareable", help="Ask shareable.duckdb, without small counts.")
    ] = False,
) -> None:
    """Ask the published snapshot in SQL. It writes nothing, and reads no file and no network.

    Views, tables and macros are in docs/analysts.md and docs/data-dictionary.md. Without QUERY,
    statements that end with ; are read from the input, also at a prompt.

    Example: poolvigil sql "from signals limit 10" --home /srv/poolvigil

    Exit codes: 0 answered, 2 the query or the home is wrong, 4 another has the snapshot open to
    write.
    """
    there(home)
    from pv.settings import Home, Settings
    from pv.warehouse import ask

    database = _database(home, run, shareable)
    memory = Settings.of(Home(home.resolve())).share
    # A file takes whole columns; a terminal as many as it has room for.
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000

    with ask.opened(database, memory) as con:
        for statement in [query] if query is not None else _statements():
            try:
                for piece in ask.told(con, statement, form.value, width):
                    typer.echo(ask.harmless(piece) if sys.stdout.isatty() else piece)
            except PoolvigilError as error:
                if query is not None or not sys.stdin.isatty():
                    raise
                console.print(f"poolvigil: {error}", markup=False, highlight=False, soft_wrap=True)


def _database(home: Path, run: str | None, shareable: bool) -> Path:
    """The database that is asked; raises `UsageError` where there is none."""
    from pv.warehouse.publish import DATABASE
    from pv.warehouse.share import NAME

    published = home.resolve() / "published"
    folder = published / (run or "current")
    if run is not None and (Path(run).name != run or not folder.is_dir()):
        kept = sorted(p.name for p in published.glob("[0-9]*") if p.is_dir())
        raise UsageError(f"no snapshot of run {run}; kept are {', '.join(kept) or 'none'}")
    database = folder / (NAME if shareable else DATABASE)
    if database.is_file():
        return database
    if shareable and (folder / DATABASE).is_file():
        raise UsageError(
            f"{folder} has no {NAME}: set shareable_cells_from in {home}/poolvigil.toml and start "
            "a night"
        )
    raise UsageError(f"{home} has no published snapshot: start poolvigil run --home {home}")


def _statements() -> Iterator[str]:
    """Statements from the standard input, each as far as its semicolon."""
    prompted = sys.stdin.isatty()
    lines: list[str] = []
    while True:
        if prompted:
            console.print("...> " if lines else "sql> ", end="")
        line = sys.stdin.readline()
        lines.append(line)
        if not line or line.rstrip().endswith(";"):
            statement, lines = "".join(lines).strip(), []
            if statement:
                yield statement
        if not line:
            return
