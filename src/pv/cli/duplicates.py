"""Commands of people who say which cases are one person's."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from pv.cli.root import HomeOption, JsonOption, app, console

duplicates = typer.Typer(
    no_args_is_help=True, help="Cases that are, or may be, one person's: look at them and decide."
)
app.add_typer(duplicates, name="duplicates")

CaseArgument = Annotated[int, typer.Argument(metavar="CASE", help="Its case_id.")]
OtherArgument = Annotated[int, typer.Argument(metavar="OTHER", help="Its case_id.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]


@duplicates.command("list")
def list_duplicates(
    home: HomeOption,
    undecided: Annotated[
        bool, typer.Option("--undecided", help="Only pairs that evidence alone links.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="So many pairs at most.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List the pairs of the published snapshot, the least probable first.

    Example: poolvigil duplicates list --undecided --home /srv/poolvigil
    """
    from pv.night import decisions

    _tell_pairs(decisions.listed(home, undecided, limit), as_json)


@duplicates.command("show")
def show_duplicates(case: CaseArgument, home: HomeOption, as_json: JsonOption = False) -> None:
    """Show every pair of one case, with the weight of each field in bits.

    Example: poolvigil duplicates show 4711 --home /srv/poolvigil
    """
    from pv.night import decisions

    _tell_pairs(decisions.shown(home, case), as_json)


@duplicates.command("confirm")
def confirm_duplicate(
    case: CaseArgument,
    other: OtherArgument,
    home: HomeOption,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Say that two cases are one: they are linked at every look, whatever the evidence.

    Example: poolvigil duplicates confirm 4711 4712 --reason "same narrative" --home /srv/poolvigil
    """
    _decide(home, (case, other), "confirm", reason, as_json)


@duplicates.command("reject")
def reject_duplicate(
    case: CaseArgument,
    other: OtherArgument,
    home: HomeOption,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Say that two cases are two: nothing links them, not even a shared number.

    Example: poolvigil duplicates reject 4711 4712 --reason "twins" --home /srv/poolvigil
    """
    _decide(home, (case, other), "reject", reason, as_json)


@duplicates.command("withdraw")
def withdraw_decision(
    case: CaseArgument,
    other: OtherArgument,
    home: HomeOption,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Leave two cases to the evidence again; what was decided before is kept.

    Example: poolvigil duplicates withdraw 4711 4712 --reason "mixed up" --home /srv/poolvigil
    """
    _decide(home, (case, other), "withdraw", reason, as_json)


def _decide(home: Path, cases: tuple[int, int], decision: str, reason: str, as_json: bool) -> None:
    from pv.night import decisions

    said = decisions.decide(home, cases, decision, reason)
    console.print(
        f"{said.decision}: {said.case} and {said.other}; the next night follows it",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(asdict(said)))


def _tell_pairs(pairs: list[dict[str, Any]], as_json: bool) -> None:
    from pv.report.words import pair_of_cases

    for pair in pairs:
        console.print(pair_of_cases(pair), markup=False, highlight=False, soft_wrap=True)
    if not pairs:
        console.print("no pair")
    if as_json:
        typer.echo(json.dumps({"pairs": pairs}, default=str))
