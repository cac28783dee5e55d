"""Commands of the schedule and of its operator."""

import json
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import HomeOption, JsonOption, RulesOption, app, console, night, tell, there
from pv.errors import DAMAGED, UsageError


@app.command()
def run(
    home: HomeOption,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="What if: only what was received by this date counts. Without it the night counts "
            "up to the latest receipt in the data.",
        ),
    ] = None,
    rules: RulesOption = None,
    recheck: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            help="Judge the rows in quarantine again that are there for this rule (all: for any).",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run one night over HOME/inbox/<source>/ and publish a snapshot and a report.

    With --as-of, or with other --rules than the home's own (HOME/spec/rule.toml), it is a what-if:
    it publishes under HOME/published/what-if/ and changes nothing else of the home.

    Example: poolvigil run --home /srv/poolvigil

    Exit codes: 0 published or nothing new, 1 failed, 2 wrong usage, 3 stopped by the quality
    gate, 4 another process holds the home, 5 the snapshot failed its own checks, 6 the night went
    on (published or nothing new), but something is held for a person; 128 and its number: stopped
    by a signal.
    """
    there(home)
    summary = night(home, as_of, rules, recheck)
    tell(summary, as_json)


class Every(StrEnum):
    """How far apart the looks of a replay are."""

    MONTH = "month"
    QUARTER = "quarter"


@app.command()
def replay(
    home: HomeOption,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m"], help="First month.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m"], help="Last month.")],
    every: Annotated[Every, typer.Option(help="A look every month, or every third.")] = Every.MONTH,
    as_json: JsonOption = False,
) -> None:
    """Compute what each past month's night would have said, into mart.signal_history.

    Each look is the end of a month and knows only what was received by then: versions, deletions,
    duplicates. The months are computed from what each adds to the one before, so that many cost
    little more than one. A state that is there already is not computed again; killed, the same
    command goes on where it was. It ends with a night as of the latest receipt, which publishes.

    Example: poolvigil replay --home /srv/poolvigil --from 2019-01 --to 2024-12 --every month

    Exit codes: those of run.
    """
    there(home)
    if last < first:
        raise UsageError(f"--to {last:%Y-%m} is before --from {first:%Y-%m}")
    from pv import log

    with log.to_person(console):
        log.say("starting the replay ...")
        from pv.night import start as orchestration

        months = (first.date(), last.date())
        step = 1 if every is Every.MONTH else 3
        summary = orchestration.run_replay(home, months, step)
    told = summary["replay"]
    console.print(
        f"replayed {told['states']} looks from {told['first']} to {told['last']} "
        f"({told['added']} new) into mart.signal_history"
    )
    tell(summary, as_json)


@app.command()
def ingest(  # noqa: PLR0913, PLR0917 - one argument an option
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Wherever they lie.")],
    home: HomeOption,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what they are, and file nothing.")
    ] = False,
    reissue: Annotated[
        bool,
        typer.Option("--reissue", help="Put other bytes in the place of a file in the inbox."),
    ] = False,
    ack: Annotated[
        Path | None,
        typer.Option("--ack", help="Folder for the acknowledgements of E2B(R3) batches."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """File what agencies sent: each file is known by its content and goes into its inbox folder.

    One line a file says what it is and where it lies, or why it is refused; one line a table what
    a run would load of it. A file that is there with the same bytes stays as it is; other bytes
    under its name are refused without --reissue. It may be started while a night runs. --ack
    answers each E2B(R3) batch: AA, AE or AR, and each of its messages with the reason.

    Example: poolvigil ingest ~/Downloads/* --home /srv/poolvigil --dry-run

    Exit codes: 0 every file is filed, there already or (dry run) recognised; 1 at least one is
    refused; 2 wrong usage.
    """
    from pv.night import ingest as ingesting

    found: list[ingesting.Ingested] = []
    for each in ingesting.ingest(home, files, dry_run=dry_run, again=reissue, answers=ack):
        found.append(each)
        for line in each.lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    if as_json:
        typer.echo(json.dumps({"files": [asdict(each) for each in found]}))
    if any(each.status == "refused" for each in found):
        raise typer.Exit(1)


@app.command()
def accept(
    home: HomeOption,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME...", help="As the night names it; a zip or folder for all."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show what is held, and why.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let in what is held for a person: the next night takes it.

    It holds for these very bytes: other bytes under the same name are judged anew. Accepting again
    is as accepting once.

    Example: poolvigil accept faers_ascii_2024Q4.zip --home /srv/poolvigil

    Exit codes: 0 accepted (or listed), 2 a name is not held, 4 another process holds the home.
    """
    from pv.night import acceptance

    if listed == bool(names):
        raise UsageError("give the names of what to accept, or --list")
    if listed:
        held = acceptance.listed(home)
        for each in held:
            console.print(str(each), markup=False, highlight=False, soft_wrap=True)
        if not held:
            console.print("nothing is held")
        if as_json:
            typer.echo(json.dumps({"held": [asdict(each) for each in held]}))
        return
    accepted = acceptance.accept(home, names or [])
    for source, name in accepted:
        console.print(
            f"accepted: {source}: {name}; the next night lets it in",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"accepted": accepted}))


@app.command()
def check(home: HomeOption, as_json: JsonOption = False) -> None:
    """Say whether a home is whole: snapshot, report, warehouse, alpha ledger, lot key.

    A line for each, with what to do where something is wrong, and one for each thing that is held
    for a person. It changes nothing. While a night runs, or another has the warehouse open, the
    warehouse is left alone (unchecked); a night that begins is not kept waiting.

    Example: poolvigil check --home /srv/poolvigil

    Exit codes: 0 nothing is damaged, 2 no night has run, 7 something is damaged.
    """
    from pv.night import check as checking

    found = checking.check(home)
    for each in found:
        console.print(str(each), markup=False, highlight=False, soft_wrap=True)
    states = {each.state for each in found}
    status = next((state for state in ("wrong", "unchecked") if state in states), "ok")
    if as_json:
        typer.echo(json.dumps({"status": status, "checks": [asdict(each) for each in found]}))
    if status == "wrong":
        raise typer.Exit(DAMAGED)


@app.command()
def serve(
    home: HomeOption,
    cron: Annotated[str, typer.Option(help="When, in cron's words and local time.")] = "0 2 * * *",
) -> None:
    """Run the night on a schedule, in local time, until stopped.

    On a Prefect server instead: deploy/prefect.yaml.
    """
    there(home)
    from pv.night import start as orchestration

    orchestration.serve(home, cron, lambda told: console.print(told, soft_wrap=True))


@app.command()
def new_lot_key(home: HomeOption) -> None:
    """Begin with another lot key: the one that is set or in HOME/work/lot.key, else a new one.

    A night stops when the key is lost or is another than before. Put the key of before back if you
    can: lots that are loaded already match none that are loaded after this, and a case that comes
    again under another number is not known by its lot.

    Exit codes: 0 begun, 2 the key is that of before or too short, 4 another process holds the home.
    """
    if not home.is_dir():
        raise UsageError(f"{home} is not a folder")
    from pv.night import lock, lot_key, writer
    from pv.settings import Home

    here = Home(home.resolve())
    with lock.hold(here, "new lot key"), writer.warehouse(here) as con:
        lot_key.begin_with_another(con, here)
    console.print("begun with another lot key: keep a copy of it", soft_wrap=True)
