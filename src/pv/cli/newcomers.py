"""Commands of who begins: a home to fill, and the documentation."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import JsonOption, app, console
from pv.errors import UsageError, meant


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


@app.command()
def docs(
    page: Annotated[str | None, typer.Argument(metavar="[PAGE]", help="Its name.")] = None,
) -> None:
    """Print a page of the documentation that belongs to this version; without a name, list them.

    Example: poolvigil docs operators | less

    Exit codes: 0 printed, 2 there is no such page.
    """
    from pv import resources

    pages = {file.stem: file for file in sorted((resources.root() / "docs").glob("*.md"))}
    if page is None:
        for name, file in pages.items():
            title = file.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
            typer.echo(f"{name:16} {title}")
        return
    if page not in pages:
        raise UsageError(
            f"there is no page {page!r}{meant(page, pages)}; the pages are {', '.join(pages)}"
        )
    typer.echo(pages[page].read_text(encoding="utf-8"), nl=False)
