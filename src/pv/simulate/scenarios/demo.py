"""The demonstration inbox and the benchmark inbox: simulated files for a whole night."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pv.simulate.scenarios.planted import VERDICTS, build_plan
from pv.simulate.world import publication
from pv.simulate.world.assembly import assemble
from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.days import draw_days, draw_receipts
from pv.simulate.world.exposure_writer import write_background, write_exposure
from pv.simulate.world.faers_writer import EU_MASKED_SINCE, write_quarters
from pv.simulate.world.placement import Placement, place
from pv.simulate.world.plan import Plan
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.reports import Reports
from pv.simulate.world.truth import Truth, TruthPair, write_truth
from pv.simulate.world.world import World, build_world

Rngs = list[np.random.Generator]

LAST_QUARTER = Quarter(2024, 4)
TWO_YEARS = quarter_range(Quarter(2023, 1), LAST_QUARTER)
MASKED_QUARTER = Quarter(2025, 3)
DEMO_CASES = 30_000
DEMO_COUNTRIES = 15


def write_demo(inbox: Path, seed: int = 1) -> Truth:
    """Write 30,000 cases of 15 countries in nine quarters, exposure and background rates.

    The last quarter, 2025Q3, shows EU member states as `EU`. Files go to `inbox/faers`,
    `inbox/exposure` and `inbox/background`, the truth to `truth.json` beside the inbox. The same
    seed writes the same bytes.
    """
    rngs = _streams(seed)
    world = build_world(
        cases=DEMO_CASES,
        countries=DEMO_COUNTRIES,
        substances=400,
        invented_events=250,
        rng=rngs[0],
    )
    return _write_inbox(inbox, world, (*TWO_YEARS, MASKED_QUARTER), seed, rngs)


def write_benchmark(
    inbox: Path, cases: int = 1_000_000, countries: int = 60, seed: int = 1, years: int = 2
) -> Truth:
    """Write `cases` cases, about 4 drugs and 3 reactions each, over the `years` up to 2024.

    Raises:
        ValueError: when the cases do not suffice for 12 countries of 400.
    """
    rngs = _streams(seed)
    world = build_world(
        cases=cases, countries=countries, substances=3_000, invented_events=1_500, rng=rngs[0]
    )
    quarters = quarter_range(Quarter(LAST_QUARTER.year + 1 - years, 1), LAST_QUARTER)
    return _write_inbox(inbox, world, quarters, seed, rngs)


def _streams(seed: int) -> Rngs:
    """One random stream a stage, so that a change in one stage leaves the others as they were."""
    return [np.random.default_rng([seed, stage]) for stage in range(12)]


def _write_inbox(
    inbox: Path, world: World, quarters: tuple[Quarter, ...], seed: int, rngs: Rngs
) -> Truth:
    plan = build_plan(world, rngs[1])
    reports, filed, gone = _simulate(world, plan, quarters, rngs)
    write_quarters(reports, inbox / "faers")
    write_exposure(world, plan, seed, inbox / "exposure")
    write_background(seed, inbox / "background")
    truth = Truth(
        seed=seed,
        cases=filed.placed.country.size - gone,
        deleted=gone,
        duplicates=filed.copied.size,
        reports=reports.reports.height,
        pairs=_truth_pairs(world, plan, filed.placed, reports.reactions),
    )
    write_truth(truth, inbox.parent / "truth.json")
    return truth


def _simulate(
    world: World, plan: Plan, quarters: tuple[Quarter, ...], rngs: Rngs
) -> tuple[Reports, publication.Filed, int]:
    """The reports, the cases behind them, and how many of these a deleted list takes away."""
    cases = int(world.case_counts.sum())
    receipts = draw_receipts(quarters, cases, rngs[2])
    masking = np.array([quarter >= EU_MASKED_SINCE for quarter in quarters])[receipts[0]]
    placed = place(world, plan, masking, rngs[3])
    days = draw_days(receipts, plan, placed, rngs[4])
    copied = publication.duplicated_cases(placed, _trap_copies(plan, placed), rngs[5])
    filed = publication.Filed(placed, days, copied)
    reports, gone = assemble(world, plan, filed, quarters, rngs[6:])
    return reports, filed, gone


def _trap_copies(plan: Plan, placed: Placement) -> NDArray[np.int64]:
    """Joint cases of the first pooled-only pair in its leading country, to be copied.

    Counted twice they would reach n >= 3 there and look like that country's own signal.
    """
    number = next(i for i, pair in enumerate(plan.pairs) if pair.kind == "pooled_only")
    leading = int(plan.pairs[number].joint.argmax())
    return np.flatnonzero((placed.joint_pair == number) & (placed.country == leading))


def _truth_pairs(
    world: World, plan: Plan, placed: Placement, reactions: pl.DataFrame
) -> tuple[TruthPair, ...]:
    """The planted pairs and each therapy's commonest labelled reaction, with cases as drawn."""
    planted = [(pair.kind, pair.product, pair.event, VERDICTS[pair.kind]) for pair in plan.pairs]
    labelled = [
        ("labelled", number, therapy.labelled[0][0], "country_signal")
        for number, therapy in enumerate(THERAPIES)
    ]
    pairs: list[TruthPair] = []
    for kind, product, event, verdict in planted + labelled:
        named = reactions.filter(pl.col("pt") == event)["case"].to_numpy()
        both = named[placed.product[named] == product]
        counts = np.bincount(placed.country[both], minlength=len(world.countries)).tolist()
        therapy = THERAPIES[product]
        pairs.append(
            TruthPair(
                kind=kind,
                product=therapy.brand.capitalize(),
                substance=therapy.active.lower().partition("-")[0],
                event=event,
                expected_verdict=verdict,
                cases={
                    country: count
                    for country, count in zip(world.countries, counts, strict=True)
                    if count
                },
            )
        )
    return tuple(pairs)
