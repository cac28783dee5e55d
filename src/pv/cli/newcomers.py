"""Commands of who begins: a home to fill."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import JsonOption, app, console


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="It becomes a home.")],
    as_json: JsonOption = False,
) -> None:
    """Make a home: a folder for each source, settings to be filled in, templates of tables.

    What is there already stays as it is.

    Example: poolvigil init /srv/poolvigil

    Exit codes: 0 made or there already, 1 no right or no room, 2 wrong usage.
    """
    from pv.night import beginning

    made = beginning.begin(folder)
    for path in made:
        console.print(f"made: {path}", markup=False, highlight=False, soft_wrap=True)
    if not made:
        console.print(f"everything is there already in {folder}", markup=False, soft_wrap=True)
    console.print(
        f"next: poolvigil ingest FILE... --home {folder}, then poolvigil run --home {folder}",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"made": [str(path) for path in made]}))
