"""Replicates of the disproportionality analysis: a world, its cases, the night's own verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pv import cases
from pv.evaluate.staged import last_day, stage, warehouse
from pv.night.judge import judge
from pv.simulate.scenarios.registry import make
from pv.simulate.scenarios.scenario import Scenario, write_vocabulary
from pv.spec import AnalysisSpec


@dataclass(frozen=True)
class Judged:
    """What the night said of the target of one replicate.

    `verdict` is that of `mart.signal`; `not_flagged` also where no case has both. `n` are the
    cases it counted, `countries_flagged` those that are a signal alone.
    """

    seed: int
    verdict: str
    n: int
    countries_flagged: tuple[str, ...]
    expected: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the verdict is one that the truth expects."""
        return self.verdict in self.expected


def replicates(name: str, seeds: range, spec: AnalysisSpec) -> Iterator[Judged]:
    """Judge a scenario once for each seed, by the code that judges a night."""
    with warehouse() as con:
        for seed in seeds:
            yield _judged(con, make(name, seed), spec)


def _judged(con: duckdb.DuckDBPyConnection, scenario: Scenario, spec: AnalysisSpec) -> Judged:
    stage(con, scenario)
    as_of = last_day(scenario)
    with TemporaryDirectory() as home:  # a vocabulary is a folder
        cases.build(con, as_of, write_vocabulary(scenario, Path(home)), spec.duplicates)
    judge(con, spec, as_of)
    truth = scenario.truth
    found = con.execute(
        "select verdict, n, countries_flagged from mart.signal "
        "where product = $product and event = $event and event_kind = 'event'",
        {"product": truth["product"], "event": truth["event"]},
    ).fetchone()
    verdict, n, flagged = found or ("not_flagged", 0, [])
    return Judged(scenario.seed, verdict, n, tuple(flagged), expected_of(truth))


def expected_of(truth: Mapping[str, Any]) -> tuple[str, ...]:
    """The verdicts on a pair that a scenario's truth expects.

    What the truth of a rate scenario names is what its sequential test says by hand, chance alarms
    in it. `null` is the one whose pair is judged too; nothing is there, and that is expected.
    """
    if truth["analysis"] == "rate":
        return ("not_flagged",)
    return tuple(truth["expected_verdicts"])
