"""The command of who puts a night on paper."""

from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import HomeOption, app, console, there
from pv.errors import UsageError


@app.command()
def pdf(
    home: HomeOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the PDF files.")],
    headlines: Annotated[
        int, typer.Option("--headlines", min=0, help="How many headlines, the most urgent first.")
    ] = 20,
) -> None:
    """Write the newest night's summary and its most urgent headlines as PDF.

    Each sheet has its number, the run, and the banner of simulated data. Needs the extra
    `pdf` (WeasyPrint); nights do not.

    Example: poolvigil pdf --home /srv/poolvigil --out /tmp/meeting

    Exit codes: 0 written, 2 there is no snapshot, or WeasyPrint is not installed.
    """
    there(home)
    from pv.report import paper
    from pv.settings import Home
    from pv.warehouse.publish import PAGES

    current = Home(home.resolve()).current
    if not current.is_file():
        raise UsageError(f"no snapshot in {home}: run the night first")
    folder = current.parent.resolve()
    for file in paper.write(folder / current.name, folder / PAGES, out, headlines):
        console.print(f"written: {file}", markup=False, soft_wrap=True)
