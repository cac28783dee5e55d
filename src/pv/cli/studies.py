"""Commands of who studies or changes poolvigil: simulated worlds, scores, old history, pages."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pv.cli.root import (
    HomeOption,
    JsonOption,
    RulesOption,
    ScenarioOption,
    SeedOption,
    app,
    console,
    night,
    tell,
    there,
    working,
)
from pv.errors import UsageError


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
    with working("writing simulated reports ..."):
        truth = write_demo(home / "inbox", seed)
    console.print(f"[bold]Simulated data[/bold] (seed {truth.seed}) in {home / 'inbox'}")
    tell(night(home, None, None), as_json)


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

    with working(f"writing {scenario} ..."):
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
    there(home)
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
def dictionary(
    docs: Annotated[Path, typer.Option(help="Where docs/ lies.")] = Path("docs"),
) -> None:
    """Write the generated pages: data dictionary, entities, Parquet schema, lineage."""
    from pv.dictionary import TABLES, entities, markdown, parquet
    from pv.dictionary.tables.work import ROOMS
    from pv.warehouse import kit, lineage

    pages = {
        "data-dictionary.md": markdown.render(TABLES, ROOMS, kit.views(), kit.macros()),
        "entities.md": entities.render(kit.published_tables()),
        "parquet-schema.json": parquet.render(kit.published_tables()),
        "lineage.md": lineage.render(lineage.steps()),
    }
    for name, page in pages.items():
        (docs / name).write_text(page, encoding="utf-8")
        console.print(f"written: {docs / name}")


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
