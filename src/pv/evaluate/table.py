"""An evaluation on a terminal: progress while it runs, then one table an analysis."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from pv.evaluate.run import Evaluation, Track
    from pv.evaluate.score import Score

# Where there is no terminal, a plain line comes when this long nothing was said.
_PATIENCE_SECONDS = 10


@contextmanager
def tracked(console: "Console") -> "Iterator[Track[Any]]":
    """A progress bar for each series of replicates; where there is no terminal, plain lines."""
    from rich.progress import Progress

    if not console.is_terminal:

        def said(steps: Iterable[Any], total: int, what: str) -> Iterable[Any]:
            told = time.monotonic()
            console.print(f"{what} ...", markup=False, highlight=False)
            for done, step in enumerate(steps):
                if time.monotonic() - told > _PATIENCE_SECONDS:
                    told = time.monotonic()
                    console.print(f"{what}: {done:,} of {total:,}", markup=False, highlight=False)
                yield step

        yield said
        return

    with Progress(console=console, transient=True) as progress:

        def track(steps: Iterable[Any], total: int, what: str) -> Iterable[Any]:
            return progress.track(steps, total=total, description=what)

        yield track


def show(console: "Console", found: "Evaluation") -> None:
    """Print the scores and the seeds whose verdict was not right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    for analysis, scores in found.analyses.items():
        title = f"{found.scenario}, {analysis} analysis: simulated replicates (seed {found.seed})"
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
        table.add_column("measure", overflow="fold")
        for column in ("value", "MC error", "of"):
            table.add_column(column, justify="right", no_wrap=True)
        for score in scores:
            table.add_row(score.name, *_figures(score), f"{score.of:,}")
        console.print(table)
    if found.wrong_seeds:
        seeds = ", ".join(map(str, found.wrong_seeds[:10]))
        console.print(f"not right: {len(found.wrong_seeds)} nights, with the seeds {seeds}")


def _figures(score: "Score") -> tuple[str, str]:
    if not score.of:
        return "-", "-"
    if score.unit == "years":
        return f"{score.value:.2f} y", f"{score.error:.2f} y"
    if score.unit == "number":
        return f"{score.value:.2f}", f"{score.error:.2f}"
    return f"{score.value:.1%}", f"{score.error:.1%}"
