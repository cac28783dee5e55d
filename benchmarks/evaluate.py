"""Whether simulated worlds show what is promised of the lists: every figure beside its limit.

    python benchmarks/evaluate.py [--only demo_world ...] [--worlds demo_world=40 ...]

Scores are those of `poolvigil evaluate`, with its seeds. A limit is held against the figure as it
is; the Monte Carlo error and the number of worlds (or harms) stand beside it. A world of
`demo_world` or `overdispersed` takes some 5 s, a whole night of the demonstration a minute, a world
of `drift` (sixty looks) 80 s, a trap 1 s, and one of a million cases some 6 minutes.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import night

from pv.evaluate import lists, score, verdicts
from pv.evaluate.run import SEEDS
from pv.evaluate.score import Score
from pv.simulate.scenarios.many_pairs import (
    DEMO_WORLD,
    DRIFT,
    MILLION,
    OVERDISPERSED,
    ManyPairs,
)
from pv.spec import AnalysisSpec

SEED = 1
SIGNALS = frozenset(("pooled_only", "pooled_first", "country_signal"))


@dataclass(frozen=True)
class Promise:
    """A figure by its name, and the most or the least that it may be."""

    measure: str
    limit: float
    at_least: bool = False

    def holds(self, found: Score) -> bool:
        """Whether the figure keeps the limit."""
        return found.value >= self.limit if self.at_least else found.value <= self.limit


@dataclass(frozen=True)
class Trial:
    """Worlds that are judged, and what is promised of them."""

    name: str
    worlds: int
    score: Callable[[int], Sequence[Score]]
    promises: tuple[Promise, ...]


def seeds(worlds: int) -> range:
    """Those of `poolvigil evaluate --seed 1`."""
    return range(SEEDS * SEED + 1, SEEDS * SEED + 1 + worlds)


def lists_of(
    scenario: ManyPairs, *, monthly: bool = False, null: str | None = None
) -> Callable[[int], Sequence[Score]]:
    """Scores of a scenario of many pairs, with another null than the rule's where one is named."""

    def found(worlds: int) -> Sequence[Score]:
        spec = AnalysisSpec.load()
        if null is not None:
            spec = spec.model_copy(update={"rule": spec.rule.model_copy(update={"null": null})})
        judged = list(lists.replicates(scenario, seeds(worlds), spec, monthly=monthly))
        looks = score.of_looks(judged) if monthly else ()
        return (*score.of_lists(judged), *looks)

    return found


def nights_of(run: Callable[[Path, int], None]) -> Callable[[int], Sequence[Score]]:
    """Scores of whole nights on files, with seeds 1, 2, ...; `run` does one in an empty home."""
    return lambda worlds: score.of_lists([_night(run, seed) for seed in range(1, worlds + 1)])


def demonstration(home: Path, seed: int) -> None:
    """A night of the demonstration."""
    _poolvigil("demo", "--home", home, "--seed", str(seed))


def million(home: Path, seed: int) -> None:
    """A night of `benchmarks/night.py`'s million cases."""
    night.write(home, 1_000_000, 2, seed)
    _poolvigil("run", "--home", home)


def _poolvigil(*words: object) -> None:
    program = Path(sys.executable).with_name("poolvigil")
    subprocess.run([program, *map(str, words)], check=True, capture_output=True)


def _night(run: Callable[[Path, int], None], seed: int) -> lists.Lines:
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        run(home, seed)
        truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))
        harmed = [
            (pair["product"], pair["event"])
            for pair in truth["pairs"]
            if pair["true_ratio"] and SIGNALS.issuperset(pair["expected_verdicts"])
        ]
        return lists.of_snapshot(home / "published/current/poolvigil.duckdb", harmed, seed)


def verdicts_of(name: str) -> Callable[[int], Sequence[Score]]:
    """Scores of a trap."""
    return lambda worlds: score.of_verdicts(
        list(verdicts.replicates(name, seeds(worlds), AnalysisSpec.load()))
    )


_FDP, _KEPT = "false discovery proportion of the pool", "harms kept, of those flagged"
_FALSE, _RIGHT = "false lines of the pool a night", "right verdict"
_EVER = "pairs ever false on the pool's list, in five years"
_FIRST = "pool first, of harms confirmed at the end"
TRIALS = (
    Trial("demo_world", 40, lists_of(DEMO_WORLD), (
        Promise(_FDP, 0.10), Promise(_FALSE, 0.5), Promise(_KEPT, 0.95, at_least=True))),
    Trial("demo", 40, nights_of(demonstration), (
        Promise(_FDP, 0.10), Promise(_FALSE, 0.5), Promise(_KEPT, 0.95, at_least=True))),
    Trial("overdispersed", 40, lists_of(OVERDISPERSED), (Promise(_FDP, 0.12),)),
    # What the empirical null is for: no promise.
    Trial("overdispersed_sharp", 10, lists_of(OVERDISPERSED, null="sharp"), ()),
    Trial("drift", 10, lists_of(DRIFT, monthly=True), (
        Promise(_EVER, 5), Promise(_FIRST, 0.70, at_least=True))),
    # The largest of unequal countries sees early what it has a third of.
    Trial("drift_equal", 6, lists_of(replace(DRIFT, decline=0.0), monthly=True), (
        Promise(_EVER, 5), Promise(_FIRST, 0.70, at_least=True))),
    Trial("million", 10, nights_of(million), (
        Promise(_FALSE, 3), Promise(_KEPT, 0.95, at_least=True))),
    # Harms of `demo_world`'s strength among more than twice as many pairs.
    Trial("million_weak", 1, lists_of(MILLION), (
        Promise(_FALSE, 3), Promise(_KEPT, 0.95, at_least=True))),
    *(
        Trial(name, 200, verdicts_of(name), (Promise(_RIGHT, 0.95, at_least=True),))
        for name in (
            "simpson_trap", "duplicate_inflated", "stimulated_reporting",
            "single_country_quality_defect", "null",
        )
    ),
)  # fmt: skip


def main() -> int:
    """Print a table for each trial; 0 when every promise is kept."""
    parser = argparse.ArgumentParser(description="Figures of simulated worlds, and their limits.")
    known = [trial.name for trial in TRIALS]
    parser.add_argument("--only", nargs="+", choices=known, default=known)
    parser.add_argument("--worlds", nargs="+", default=[], metavar="NAME=NUMBER")
    options = parser.parse_args()
    sizes = dict(each.split("=") for each in options.worlds)
    broken = 0
    for trial in TRIALS:
        if trial.name not in options.only:
            continue
        started = time.perf_counter()
        scores = trial.score(int(sizes.get(trial.name, trial.worlds)))
        promised = {each.measure: each for each in trial.promises}
        print(f"\n{trial.name}: {time.perf_counter() - started:,.0f} s", flush=True)
        for each in scores:
            promise, limit = promised.pop(each.name, None), ""
            if promise is not None:
                sign = ">=" if promise.at_least else "<="
                kept = promise.holds(each)
                limit = f"{sign} {promise.limit:g}  {'holds' if kept else 'BROKEN'}"
                broken += not kept
            print(f"  {each.name:50} {each.value:9.3f} ({each.error:.3f}, {each.of:,})  {limit}")
        assert not promised, f"no figure of the name {sorted(promised)}"
    return min(broken, 1)


if __name__ == "__main__":
    raise SystemExit(main())
