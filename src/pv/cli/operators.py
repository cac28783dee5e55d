"""Commands of who looks after the nights: status, doctor."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from pv.cli.root import HomeOption, JsonOption, app, console
from pv.errors import NOT_WELL


@app.command()
def status(
    home: HomeOption,
    late_after: Annotated[
        float, typer.Option(min=0, help="Hours after which the last success is too old.")
    ] = 36,
    as_json: JsonOption = False,
) -> None:
    """Say how it goes with the nights: last attempt, last success, next, age, backlog.

    What nights keep of themselves is in HOME/logs/status.json. It changes nothing and may be
    asked while a night runs.

    Example: poolvigil status --home /srv/poolvigil

    Exit codes: 0 as it should be, 2 wrong usage, 8 something needs a person.
    """
    from pv.night import status as asking

    found = asking.status(home, late_after)
    for line in found.lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str))
    if found.wrong:
        raise typer.Exit(NOT_WELL)


@app.command()
def doctor(home: HomeOption, as_json: JsonOption = False) -> None:
    """Say whether the next night can go well: disk, memory, rights, lock, versions, inbox, clock.

    A line for each, with what to do where something is wrong. It changes nothing. Whether what is
    there is whole is asked with `poolvigil check`.

    Example: poolvigil doctor --home /srv/poolvigil

    Exit codes: 0 nothing is wrong, 2 wrong usage, 8 something needs a person.
    """
    from pv.night import doctor as doctoring

    found = doctoring.examine(home)
    for each in found:
        console.print(str(each), markup=False, highlight=False, soft_wrap=True)
    well = all(each.state != "wrong" for each in found)
    if as_json:
        told = {"status": "ok" if well else "wrong", "checks": [asdict(each) for each in found]}
        typer.echo(json.dumps(told))
    if not well:
        raise typer.Exit(NOT_WELL)
