"""The command line: thin, kind, and quick to answer `--help`."""

import json
import os
import sys
import warnings
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pv.errors import DAMAGED, HELD, UsageError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Pool the safety reports of many countries every night and flag the signals that a "
    "single country would miss.",
    epilog="Start with: poolvigil demo",
)
console = Console(stderr=True)
duplicates = typer.Typer(
    no_args_is_help=True, help="Cases that are, or may be, one person's: look at them and decide."
)
app.add_typer(duplicates, name="duplicates")

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


@app.command()
def run(
    home: HomeOption,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Data lock point: only what was received by this date counts. "
            "Default: the latest receipt date in the data.",
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

    Example: poolvigil run --home /srv/poolvigil --as-of 2025-12-31

    Exit codes: 0 published or nothing new, 1 failed, 2 wrong usage, 3 stopped by the quality
    gate, 4 another process holds the home, 5 the snapshot failed its own checks, 6 the night went
    on (published or nothing new), but something is held for a person; 128 and its number: stopped
    by a signal.
    """
    _there(home)
    summary = _night(home, as_of, rules, recheck)
    _tell(summary, as_json)


class Every(StrEnum):
    """How far apart the looks of a replay are."""

    MONTH = "month"
    QUARTER = "quarter"


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - one argument an option
    home: HomeOption,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m"], help="First month.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m"], help="Last month.")],
    every: Annotated[Every, typer.Option(help="A look every month, or every third.")] = Every.MONTH,
    rules: RulesOption = None,
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
    _there(home)
    if last < first:
        raise UsageError(f"--to {last:%Y-%m} is before --from {first:%Y-%m}")
    from pv import log

    with log.to_person(console):
        log.say("starting the replay ...")
        from pv.night import start as orchestration

        months = (first.date(), last.date())
        step = 1 if every is Every.MONTH else 3
        summary = orchestration.run_replay(home, months, step, rules)
    told = summary["replay"]
    console.print(
        f"replayed {told['states']} looks from {told['first']} to {told['last']} "
        f"({told['added']} new) into mart.signal_history"
    )
    _tell(summary, as_json)


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
def demo(
    home: HomeOption = Path("demo-home"),
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Simulate reports of several countries with planted signals, and run the night on them.

    Everything it writes is simulated and says so. Needs no data and no network. A home that holds
    anything else is refused.

    Exit codes: those of run.
    """
    from pv.simulate.scenarios.demo import not_of_the_demo, write_demo

    if (other := not_of_the_demo(home)) is not None:
        raise UsageError(
            f"{other} is not of a demonstration, and simulated reports must not come beside real "
            "ones: name another folder with --home"
        )
    with console.status("writing simulated reports ..."):
        truth = write_demo(home / "inbox", seed)
    console.print(f"[bold]Simulated data[/bold] (seed {truth.seed}) in {home / 'inbox'}")
    _tell(_night(home, None, None), as_json)


@app.command()
def simulate(
    scenario: ScenarioOption,
    out: Annotated[Path, typer.Option("--out", help="A new folder: it becomes a home.")],
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Write the files of one scenario, in the agencies' own formats, and what is true of them.

    A rare late harm: pml_like, t_cell_lymphoma_like.

    What looks like a signal of the pool and is none: simpson_trap, duplicate_inflated,
    stimulated_reporting, single_country_quality_defect.

    Nothing: null.

    OUT/truth.json tells what a night must say.

    Example: poolvigil simulate --scenario simpson_trap --out trap && poolvigil run --home trap

    All of it is simulated and says so. The same scenario and seed give the same bytes.
    """
    _written(scenario)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not an empty folder; name one that is not there yet")
    from pv.simulate.scenarios.registry import write

    with console.status(f"writing {scenario} ..."):
        truth = write(scenario, seed, out).truth
    verdict = " or ".join(truth["expected_verdicts"])
    console.print(f"[bold]Simulated data[/bold]: {scenario} (seed {seed}) in {out}")
    console.print(
        f"{truth['product']}, {truth['event']}: {sum(truth['cases'].values())} cases in "
        f"{len(truth['cases'])} countries; expected ({truth['analysis']}): {verdict}"
    )
    console.print(f"next: poolvigil run --home {out}", soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(truth))


@app.command()
def evaluate(  # noqa: PLR0913, PLR0917  (an option is an argument)
    scenario: ScenarioOption,
    replicates: Annotated[
        int | None,
        typer.Option(
            help="How many simulated worlds. Default: 2,000 for rates, 100 nights of a trap, and "
            "40, 40, 10 and 1 for demo_world, overdispersed, drift and million."
        ),
    ] = None,
    seed: SeedOption = 1,
    rules: RulesOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the curves of the rates here, as SVG.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score how often the code that judges a night is right about a scenario.

    Rates (pml_like, t_cell_lymphoma_like, null): how often the pool and the best single country
    see the harm, how often the pool alone, and how much earlier. Disproportionality (the traps,
    null): right verdicts and false pooled-only ones. Lists (demo_world, overdispersed, drift,
    million): false lines, harms found, who was first. Each with its Monte Carlo standard error.

    Example: poolvigil evaluate --scenario pml_like --replicates 2000 --out curves.svg
    """
    _known(scenario)
    from pv.evaluate.run import RATES
    from pv.evaluate.run import evaluate as evaluated
    from pv.evaluate.table import show, tracked

    if out is not None and scenario not in RATES:
        raise UsageError(f"{scenario} has no curves: they are of rates")
    with tracked(console) as track:
        found = evaluated(scenario, seed, replicates, rules, track)
    show(console, found)
    if out is not None and found.detections is not None:
        from pv.evaluate.curves import draw

        console.print(f"written: {draw(found.detections, scenario, out)}", soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(found.as_json()))


@app.command()
def backtest(
    home: HomeOption,
    truth: Annotated[
        Path,
        typer.Option(
            "--truth",
            help="A CSV of known pairs and controls (docs/backtest.md), or a truth.json.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the timeline of the pairs here, as SVG.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a replayed history when it saw pairs whose truth is known, and what it said of controls.

    For each pair: the first look at which the pool watched it, the first at which it was confirmed,
    the first single country, the years between, and the regulator's date. Replay the months first:
    the dates are those of its looks. It reads the published snapshot and changes nothing.

    The CSV has a row for each pair: product, event, kind (positive, control or weak_control), and
    for positives the date on which a regulator made it public (YYYY, YYYY-MM or YYYY-MM-DD). The
    products must be in the scope of the rule, or nothing confirms them.

    Example: poolvigil backtest --home old --truth known.csv --out timeline.svg

    Exit codes: 0 answered, 2 wrong usage: no history, or a truth that cannot be read.
    """
    _there(home)
    from pv.backtest.run import backtest as backtested
    from pv.backtest.table import show
    from pv.settings import Home

    found = backtested(Home(home.resolve()).current, truth)
    show(console, found)
    if out is not None:
        from pv.backtest.timeline import draw

        console.print(f"written: {draw(found, out)}", soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(found.as_json()))


@app.command()
def serve(
    home: HomeOption,
    cron: Annotated[str, typer.Option(help="When, in cron's words and local time.")] = "0 2 * * *",
    rules: RulesOption = None,
) -> None:
    """Run the night on a schedule, in local time, until stopped.

    On a Prefect server instead: deploy/prefect.yaml.
    """
    _there(home)
    from pv.night import start as orchestration

    orchestration.serve(home, cron, rules)


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
    from pv.night import lock, lot_key, steps
    from pv.settings import Home

    here = Home(home.resolve())
    with lock.hold(here, "new lot key"), steps.warehouse(here) as con:
        lot_key.begin_with_another(con, here)
    console.print("begun with another lot key: keep a copy of it", soft_wrap=True)


@app.command()
def dictionary(
    docs: Annotated[Path, typer.Option(help="Where docs/ lies.")] = Path("docs"),
) -> None:
    """Write the generated data dictionary and the picture of the lineage."""
    from pv.dictionary import TABLES, markdown
    from pv.dictionary.tables.work import ROOMS
    from pv.warehouse import lineage

    pages = {
        "data-dictionary.md": markdown.render(TABLES, ROOMS),
        "lineage.md": lineage.render(lineage.steps()),
    }
    for name, page in pages.items():
        (docs / name).write_text(page, encoding="utf-8")
        console.print(f"written: {docs / name}")


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


def _there(home: Path) -> None:
    if not home.is_dir():
        raise UsageError(f"{home} is not a folder; make it and put files in {home}/inbox/")


def _known(scenario: str) -> None:
    from pv.simulate.scenarios.many_pairs import SCENARIOS
    from pv.simulate.scenarios.registry import MAKERS

    if scenario not in {*MAKERS, *SCENARIOS}:
        known = ", ".join((*MAKERS, *SCENARIOS))
        raise UsageError(f"no scenario {scenario!r}; the scenarios are {known}")


def _written(scenario: str) -> None:
    from pv.simulate.scenarios.many_pairs import SCENARIOS
    from pv.simulate.scenarios.registry import MAKERS

    if scenario in SCENARIOS:
        raise UsageError(
            f"{scenario} is no scenario of files: its cases are drawn for poolvigil evaluate"
        )
    if scenario not in MAKERS:
        raise UsageError(f"no scenario {scenario!r}; the scenarios are {', '.join(MAKERS)}")


def _night(
    home: Path, as_of: datetime | None, rules: str | None, recheck: str | None = None
) -> dict[str, Any]:
    from pv import log

    with log.to_person(console):
        log.say("starting the night ...")
        from pv.night import start as orchestration

        return orchestration.run_night(home, as_of.date() if as_of else None, rules, recheck)


def _tell(summary: dict[str, Any], as_json: bool) -> None:
    from pv.report.terminal import show

    show(console, summary)
    if as_json:
        typer.echo(json.dumps(summary, default=str))
    if summary["held"]:
        raise typer.Exit(HELD)


def main() -> None:
    """Entry point: a user's mistake is one line on standard error and an exit code."""
    # Threads of linear algebra cost more than they give on matrices of a few parameters.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Warnings of libraries are for who changes this program, PYTHONWARNINGS or not.
    warnings.simplefilter("ignore")
    from pv.night import stop

    try:
        with stop.on_signal():
            app()
    except Exception as error:
        from pv import faults

        fault = faults.told(error)
        if fault is None:
            raise
        Console(stderr=True, highlight=False).print(
            f"poolvigil: {fault}", markup=False, soft_wrap=True
        )
        sys.stdout.flush()
        raise SystemExit(fault.exit_code) from None


if __name__ == "__main__":
    main()
