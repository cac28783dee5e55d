"""Commands of safety officers: where each signal stands, what is decided, and whether it stays."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import HomeOption, JsonOption, app, console
from pv.errors import DAMAGED

signal = typer.Typer(
    no_args_is_help=True, help="Signals: list them, decide, and export what was decided."
)
audit = typer.Typer(no_args_is_help=True, help="The trail of what persons decided.")
app.add_typer(signal, name="signal")
app.add_typer(audit, name="audit")

ProductArgument = Annotated[str, typer.Argument(metavar="PRODUCT")]
EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="An event or event group.")]
DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@signal.command("list")
def list_signals(  # noqa: PLR0913, PLR0917 - one argument an option
    home: HomeOption,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    product: Annotated[str | None, typer.Option("--product", help="Of this product.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Whose review is due.")] = False,
    to_csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Write them to a new file, to be filled in as decisions."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the signals of the published snapshot, open ones first in rank.

    A file of --csv in HOME/decisions/, with its columns filled in, is read by the next night.

    Example: poolvigil signal list --csv /srv/poolvigil/decisions/2026-03.csv --home /srv/poolvigil
    """
    from pv.night import signals

    found = signals.listed(home, everything, product, due)
    if to_csv is not None:
        from pv.decisions.files import write_form

        write_form(to_csv, found)
        console.print(f"written: {to_csv}", markup=False, highlight=False, soft_wrap=True)
    else:
        from pv.decisions.words import signal_line

        for each in found:
            _say(signal_line(each))
        if not found:
            _say("no signal")
    if as_json:
        typer.echo(json.dumps({"signals": found}, default=str))


@signal.command("show")
def show_signal(
    product: ProductArgument, event: EventArgument, home: HomeOption, as_json: JsonOption = False
) -> None:
    """Show one signal: its verdict, why, where it stands and what was decided.

    Example: poolvigil signal show Kymriah "Myelodysplastic syndrome" --home /srv/poolvigil
    """
    from pv.decisions.words import decision_line, obligation_line, signal_line
    from pv.night import signals

    found = signals.shown(home, product, event)
    for each in found["signals"]:
        _say(signal_line(each))
        for reason in each["reasons"]:
            _say(f"  {reason}")
    for each in found["obligations"]:
        _say(obligation_line(each))
    for each in found["decisions"]:
        _say(decision_line(each))
    if as_json:
        typer.echo(json.dumps(found, default=str))


@signal.command("decide")
def decide_signal(  # noqa: PLR0913, PLR0917 - one argument an option
    product: ProductArgument,
    event: EventArgument,
    home: HomeOption,
    state: Annotated[
        str,
        typer.Option(
            "--state",
            help="validated, not_validated, confirmed, under_assessment, closed; detected takes "
            "back what was decided.",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")],
    outcome: Annotated[
        str | None, typer.Option("--outcome", help="Of a closed signal (docs/decisions.md).")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="event or event_group, where both have the name.")
    ] = None,
    next_review: DayOption = None,
    method: Annotated[str | None, typer.Option(help="How it was evaluated.")] = None,
    action: Annotated[str | None, typer.Option(help="What was done or is planned.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decided, if not you.")] = None,
    decided_on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide on a signal as the published snapshot shows it; the next night respects it.

    Example: poolvigil signal decide Kymriah Deafness --state validated --reason "five countries"
    --home /srv/poolvigil

    Exit codes: 0 recorded, 2 it may not follow what was decided before, or the pair is unknown, 4
    another process holds the home.
    """
    from pv.decisions.signals import Said
    from pv.night import person, signals

    said = signals.decide(
        home,
        Said(
            product=product, event=event, event_kind=kind, signal_status=state,
            signal_outcome=outcome, reason=reason.strip(), evaluation_method=method,
            action_taken=action, next_review=next_review.date() if next_review else None,
            decided_on=decided_on.date() if decided_on else datetime.now(UTC).date(),
            decided_by=by or person.name(),
        ),
    )  # fmt: skip
    _say(f"{said}; the next night respects it")
    if as_json:
        typer.echo(json.dumps(signals.summary(said), default=str))


@signal.command("history")
def signal_history(
    home: HomeOption,
    product: Annotated[str | None, typer.Argument(metavar="[PRODUCT]")] = None,
    event: Annotated[str | None, typer.Argument(metavar="[EVENT]")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was decided, in order: of all signals, of a product or of one signal.

    Example: poolvigil signal history Kymriah --home /srv/poolvigil
    """
    from pv.decisions.words import decision_line
    from pv.night import signals

    found = signals.history(home, product, event)
    for each in found:
        _say(decision_line(each))
    if not found:
        _say("nothing was decided")
    if as_json:
        typer.echo(json.dumps({"decisions": found}, default=str))


@signal.command("export")
def export_signals(  # noqa: PLR0913, PLR0917 - one argument an option
    home: HomeOption,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    out: Annotated[Path, typer.Option("--out", help="A new file, .csv or .xlsx.")],
    product: Annotated[str | None, typer.Option("--product", help="Of this product.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the table of signals of a periodic report (PSUR, PBRER): ongoing or closed in it.

    Example: poolvigil signal export --product Kymriah --from 2025-01-01 --to 2025-12-31
    --out psur.xlsx --home /srv/poolvigil
    """
    from pv.decisions import psur
    from pv.night import signals

    found = signals.periodic(home, product, first.date(), last.date())
    psur.write(out, found)
    _say(f"written: {out}, {len(found)} signals")
    if as_json:
        typer.echo(json.dumps({"signals": found}))


@audit.command("verify")
def verify_audit(home: HomeOption, as_json: JsonOption = False) -> None:
    """Find any row of the decisions and their trail that was changed, removed or moved.

    Every row carries the hash of the row before it, and must stand as each published snapshot
    shows it. Note the last hashes: who has them sees whether anything before them was rewritten.

    Example: poolvigil audit verify --home /srv/poolvigil

    Exit codes: 0 as recorded, 2 no warehouse, 4 another process holds the home, 7 something was
    changed.
    """
    from pv.night import audit as auditing

    found = auditing.verified(home)
    for chain in found["chains"]:
        _say(f"{chain['table']}: {chain['rows']} rows, last hash {chain['last_hash'] or 'none'}")
    for problem in found["problems"]:
        _say(f"wrong: {problem}")
    if not found["problems"]:
        _say(f"as recorded, and as {found['snapshots']} published snapshots show it")
    if as_json:
        typer.echo(json.dumps(found))
    if found["problems"]:
        raise typer.Exit(DAMAGED)


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
