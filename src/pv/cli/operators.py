"""Commands of who looks after the nights: status, doctor, backup, restore, forget."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import HomeOption, JsonOption, app, console, working
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


@app.command()
def backup(
    home: HomeOption,
    to: Annotated[Path, typer.Option("--to", help="A new folder, best on another disk.")],
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for a pause of a night that runs.")
    ] = 3600,
    as_json: JsonOption = False,
) -> None:
    """Back a home up, also while a night runs.

    In it are the inbox, what the home sets, the lot key, the newest snapshot with its page, and
    the permanent tables (case keys, history, alpha ledger, looks, decisions) as of now. It holds
    all that the home holds of persons: keep it as safe.

    Example: poolvigil backup --home /srv/poolvigil --to /backup/poolvigil-monday

    Exit codes: 0 made, 1 no right or no room, 2 wrong usage, 4 no pause within --wait.
    """
    from pv import log
    from pv.night import backup as backing

    with log.to_person(console):
        made = backing.backup(home, to, wait)
    console.print(
        f"backed up to {to}: {made.files:,} files, {made.bytes / 1e6:,.1f} MB, {made.run_id}",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(asdict(made)))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of a backup.")],
    home: HomeOption,
    as_json: JsonOption = False,
) -> None:
    """Make a new home of a backup; the next night goes on where that one was.

    Every file of the backup is compared first.

    Example: poolvigil restore /backup/poolvigil-monday --home /srv/poolvigil-new

    Exit codes: 0 restored, 1 no right or no room, 2 not a whole backup, or a home that is not new.
    """
    from pv.night import backup as backing

    with working("comparing and copying ..."):
        made = backing.restore(source, home)
    console.print(
        f"restored: {made.files:,} files, {made.run_id}; next: poolvigil run --home {home}",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(asdict(made)))


@app.command()
def forget(
    name: Annotated[str, typer.Argument(metavar="SOURCE/FILE", help="As the view files names it.")],
    home: HomeOption,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept for good.")],
    as_json: JsonOption = False,
) -> None:
    """Take the rows of a file out for good; ledger and history stay, and who said it and why.

    Take it out of the inbox first. A zip or folder stands for all that came in it. The next night
    counts without it, and takes back the looks that the data no longer bear out.

    Example: poolvigil forget faers/DEMO24Q4.txt --reason "test data" --home /srv/poolvigil

    Exit codes: 0 forgotten, 2 not known or still in the inbox, 4 another process holds the home.
    """
    from pv.night import forget as forgetting

    lines = forgetting.forget(home, name, reason)
    rows = sum(line.rows_kept for line in lines)
    console.print(
        f"forgotten: {name}: {len(lines)} files, {rows:,} rows; the next night counts without them",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"files": [line.name for line in lines], "rows": rows}))
