"""Duplicates of the whole database: time and memory of the linkage, and how right it is.

    python benchmarks/duplicates.py [--cases 100000] [--memory 4GB] [--threads 2]

Simulates cases of many countries in memory, tells one in twenty a second time in another source,
builds the versions of the cases, and then times the linkage alone: blocks, frequencies, Splink and
groups. The peak is that of the whole process, staging included.
"""

import argparse
import resource
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from pv.cases import coding, duplicates
from pv.evaluate.linkage import Labelled, rightness, stage
from pv.simulate.scenarios.demo import LAST_QUARTER, simulate, streams
from pv.simulate.scenarios.planted import build_plan
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.second_report import tell_again
from pv.simulate.world.world import build_world
from pv.spec import AnalysisSpec
from pv.warehouse.connect import connect, empty
from pv.warehouse.relations import run, run_script
from pv.warehouse.transaction import transaction

SEED = 1
TWICE = 20


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description="Linkage of simulated cases.")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    spec = AnalysisSpec.load().duplicates
    sample = labelled(options.cases)
    with TemporaryDirectory() as folder:
        con = connect(
            Path(folder) / "warehouse.duckdb",
            memory_limit=options.memory,
            threads=options.threads,
        )
        run_script(con, "macros/reading")
        stage(con, sample)
        with transaction(con):
            empty(con, "core")
            coding.load_vocabulary(con, None)
            coding.code_drugs(con, None)
            coding.code_terms(con, None)
            run(con, "core/issues")
            run(con, "core/versions", {"as_of": date(2025, 12, 31)})
            before, started = peak(), time.perf_counter()
            duplicates.link(con, spec)
            seconds = time.perf_counter() - started
            counted = {
                name: con.execute(f"select count(*) from {name}").fetchone()
                for name in ("current_version", "block_member", "candidate_pair", "weighed_pair")
            }
            run(con, "core/counted")
        found = rightness(con, sample)
    print(f"cases                {options.cases:>12,}")
    print(f"linkage, seconds     {seconds:>12.1f}")
    print(f"peak RSS before, GB  {before:>12.2f}")
    print(f"peak RSS after, GB   {peak():>12.2f}")
    for name, row in counted.items():
        print(f"{name:<20} {(row or (0,))[0]:>12,}")
    linked, right = sum(r.linked for r in found), sum(r.right for r in found)
    told, got = sum(r.told for r in found), sum(r.found for r in found)
    print(f"precision            {right / max(linked, 1):>12.3f}  of {linked:,}")
    print(f"recall               {got / max(told, 1):>12.3f}  of {told:,}")


def labelled(cases: int) -> Labelled:
    """A world of that size; of those who tell a day and an age every so many is told twice."""
    rngs = streams(SEED)
    world = build_world(
        cases=cases, countries=40, substances=3_000, invented_events=1_500, rng=rngs[0]
    )
    quarters = quarter_range(Quarter(2022, 1), LAST_QUARTER)
    reports = simulate(world, build_plan(world, rngs[1]), quarters, rngs[2:]).reports
    telling = (
        reports.reports.sort("case", "receipt")
        .group_by("case", maintain_order=True)
        .last()
        .filter((pl.col("event_date").dt.day() > 1) & pl.col("age").is_not_null())["case"]
    )
    rng = np.random.default_rng([SEED, 12])
    size = min(cases // TWICE, telling.len())
    chosen = np.sort(rng.choice(telling.len(), size, replace=False))
    return Labelled(reports, tell_again(reports, telling.gather(chosen), rng))


def peak() -> float:
    """The largest resident size of this process so far, in GB."""
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e9


if __name__ == "__main__":
    main()
