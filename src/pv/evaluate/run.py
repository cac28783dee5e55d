"""Evaluate one scenario: replicates of the analysis that its truth is about, and their scores."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pv.errors import UsageError
from pv.evaluate import lists, score, verdicts
from pv.evaluate.replicates import Replicates, replicate
from pv.evaluate.score import Score
from pv.simulate.scenarios import many_pairs, rate_scenario
from pv.spec import AnalysisSpec

T = TypeVar("T")
# Shows progress: the steps of an iterable, how many they are, and what they are.
Track = Callable[[Iterable[T], int, str], Iterable[T]]

# The rate analysis costs milliseconds a replicate, a night of 4,000 cases most of a second.
RATE_REPLICATES = 2_000
NIGHT_REPLICATES = 100
# A night of 30,000 cases takes some 5 s, sixty months of them over a minute.
WORLD_REPLICATES = {"demo_world": 40, "overdispersed": 40, "drift": 10, "million": 1}
SEEDS = 1_000_000

WORLDS = many_pairs.SCENARIOS
# The null of the rate analysis is that of the published scenario: the same patients, no harm.
RATES = {**rate_scenario.SCENARIOS, "null": rate_scenario.PML_LIKE.null()}


@dataclass(frozen=True)
class Evaluation:
    """Scores by analysis, the detections behind the curves, the seeds whose verdict was wrong."""

    scenario: str
    seed: int
    analyses: dict[str, tuple[Score, ...]]
    detections: Replicates | None
    wrong_seeds: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values; a figure that no replicate has is null."""
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "analyses": {
                analysis: [
                    {
                        "name": each.name,
                        "value": each.value if each.of else None,
                        "standard_error": each.error if each.of else None,
                        "replicates": each.of,
                        "unit": each.unit,
                    }
                    for each in scores
                ]
                for analysis, scores in self.analyses.items()
            },
            "wrong_seeds": list(self.wrong_seeds),
        }


def evaluate(
    name: str, seed: int, replicates: int | None, rule: str | None, track: Track[Any]
) -> Evaluation:
    """Score a scenario, `replicates` times in each analysis.

    The i-th replicate of the disproportionality analysis is the scenario of seed 10^6 `seed` + i,
    so that `poolvigil simulate` writes the files of any of them.

    Raises:
        KeyError: no scenario has this name.
        UsageError: fewer than one replicate, or a rule that is none.
    """
    if replicates is not None and replicates < 1:
        raise UsageError(f"replicates must be at least 1, not {replicates}")
    analyses: dict[str, tuple[Score, ...]] = {}
    found, wrong = None, ()
    if name in RATES:
        size = replicates or RATE_REPLICATES
        # The harm, and the same patients without it. A step takes seconds.
        drawn = [RATES[name]] if name == "null" else [RATES[name], RATES[name].null()]
        told = track(drawn, len(drawn), f"rate analysis: {size:,} replicates")
        found, *harmless = [replicate(each, size, seed) for each in told]
        analyses["rate"] = score.of_null(found) if name == "null" else score.of_rates(found)
        for each in harmless:
            analyses["rate without the harm"] = score.of_null(each)
    if name in WORLDS:
        size = replicates or WORLD_REPLICATES[name]
        seeds = range(SEEDS * seed + 1, SEEDS * seed + 1 + size)
        monthly = name == many_pairs.DRIFT.name
        steps = lists.replicates(WORLDS[name], seeds, AnalysisSpec.load(rule=rule), monthly=monthly)
        worlds = list(track(steps, size, f"{size:,} worlds"))
        analyses["lists"] = score.of_lists(worlds)
        if monthly:
            analyses["lists"] += score.of_looks(worlds)
    elif name not in rate_scenario.SCENARIOS:
        size = replicates or NIGHT_REPLICATES
        seeds = range(SEEDS * seed + 1, SEEDS * seed + 1 + size)
        spec = AnalysisSpec.load(rule=rule)
        judged = list(track(verdicts.replicates(name, seeds, spec), size, f"{size:,} nights"))
        analyses["disproportionality"] = score.of_verdicts(judged)
        wrong = tuple(each.seed for each in judged if not each.right)
    return Evaluation(name, seed, analyses, found, wrong)
