"""The demonstration inbox and the benchmark inbox: simulated files for a whole night."""

import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pv.simulate.scenarios.planted import LABELLED_VERDICTS, RATE_VERDICTS, VERDICTS, build_plan
from pv.simulate.world import publication
from pv.simulate.world.areas import write_areas
from pv.simulate.world.assembly import assemble
from pv.simulate.world.catalogue import EU_MEMBERS, THERAPIES
from pv.simulate.world.days import Calendar, draw_days, draw_receipts
from pv.simulate.world.exposure_writer import write_background, write_exposure
from pv.simulate.world.faers_writer import EU_MASKED_SINCE, NOTICE_NAME, write_quarters
from pv.simulate.world.notices import notice, write_notices
from pv.simulate.world.placement import Placement, place
from pv.simulate.world.plan import Plan
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.reports import Reports
from pv.simulate.world.truth import Truth, TruthPair, write_truth
from pv.simulate.world.twice_reported import report_twice
from pv.simulate.world.world import World, build_world

Rngs = list[np.random.Generator]

LAST_QUARTER = Quarter(2024, 4)
# The last of them shows EU member states as `EU`.
DEMO_QUARTERS = quarter_range(Quarter(2023, 1), EU_MASKED_SINCE)
DEMO_CASES = 30_000
DEMO_COUNTRIES = 15
DEMO_SUBSTANCES = 400
DEMO_INVENTED_EVENTS = 250


@dataclass(frozen=True)
class Simulated:
    """What an inbox holds, in memory.

    Attributes:
        world, plan, quarters: what was simulated, and when.
        reports: for the FAERS writer.
        filed: the cases behind them.
        deleted: how many cases a deleted list takes away.
    """

    world: World
    plan: Plan
    quarters: tuple[Quarter, ...]
    reports: Reports
    filed: publication.Filed
    deleted: int


def write_demo(inbox: Path, seed: int = 1) -> Truth:
    """Write 30,000 cases of 15 countries in eleven quarters, exposure and background rates.

    The last quarter, 2025Q3, shows EU member states as `EU`. Files go to `inbox/faers`,
    `inbox/exposure` and `inbox/background`; beside the inbox lie the truth in `truth.json`, and in
    `vocab` a simulated notice and therapeutic areas of invented substances. The same seed writes
    the same bytes.
    """
    write_areas(DEMO_SUBSTANCES, inbox.parent)
    return write(simulate_demo(seed), inbox, seed)


def not_of_the_demo(home: Path) -> Path | None:
    """What lies in a home and is no demonstration's: its simulated reports must not come beside it.

    A home that is new, empty or of an earlier demonstration has none: there everything but the
    inbox is what its nights and the truth say, and the inbox holds the demonstration's files alone.
    """
    if not home.is_dir():
        return home if home.exists() else None
    if not (home / "truth.json").is_file():
        return next(iter(sorted(home.iterdir())), None)
    inbox = home / "inbox"
    files = (path for path in sorted(inbox.rglob("*")) if not path.is_dir())
    return next((path for path in files if not _of_the_demo(path, inbox)), None)


def _of_the_demo(path: Path, inbox: Path) -> bool:
    """A quarter of FDA's has the same name, so what the zip says of itself decides."""
    name = path.relative_to(inbox).as_posix()
    if name in ("exposure/exposure_simulated.csv", "background/background_simulated.csv"):
        return True
    if name not in {f"faers/faers_ascii_{quarter.label}.zip" for quarter in DEMO_QUARTERS}:
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return NOTICE_NAME in archive.namelist()
    except zipfile.BadZipFile:
        return False


def write_benchmark(
    inbox: Path, cases: int = 1_000_000, countries: int = 60, seed: int = 1, years: int = 2
) -> Truth:
    """Write `cases` cases, about 4 drugs and 3 reactions each, over the `years` up to 2024.

    Raises:
        ValueError: when the cases do not suffice for 12 countries of 400.
    """
    rngs = streams(seed)
    world = build_world(
        cases=cases, countries=countries, substances=3_000, invented_events=1_500, rng=rngs[0]
    )
    quarters = quarter_range(Quarter(LAST_QUARTER.year + 1 - years, 1), LAST_QUARTER)
    return write(simulate(world, build_plan(world, rngs[1]), quarters, rngs[2:]), inbox, seed)


def simulate_demo(seed: int) -> Simulated:
    """The demonstration in memory."""
    rngs = streams(seed)
    world = build_world(
        cases=DEMO_CASES,
        countries=DEMO_COUNTRIES,
        substances=DEMO_SUBSTANCES,
        invented_events=DEMO_INVENTED_EVENTS,
        rng=rngs[0],
    )
    return simulate(world, build_plan(world, rngs[1]), DEMO_QUARTERS, rngs[2:])


def simulate(world: World, plan: Plan, quarters: tuple[Quarter, ...], rngs: Rngs) -> Simulated:
    """Carry out a plan in a world. `rngs` are ten streams, one a stage."""
    receipts = draw_receipts(quarters, int(world.case_counts.sum()), rngs[0])
    placed = place(world, plan, rngs[1])
    calendar = Calendar(
        quarters,
        masked=np.isin(world.countries, EU_MEMBERS),
        masked_since=min(EU_MASKED_SINCE, quarters[-1].next).day_number,
        notice=(notice_date(quarters) - date(1970, 1, 1)).days,
    )
    days = draw_days(receipts, plan, placed, calendar, rngs[2])
    both = list(zip(plan.pairs, placed.joint, strict=True))
    hidden = np.concatenate([joint[pair.hidden] for pair, joint in both])
    twice = [np.split(joint, 2) for pair, joint in both if pair.twice]
    copied = publication.duplicated_cases(placed, _trap_copies(plan, placed), rngs[3])
    copied = np.setdiff1d(
        copied, np.concatenate([hidden, *(case for two in twice for case in two)])
    )
    filed = publication.Filed(placed, days, copied, hidden)
    reports, deleted = assemble(world, plan, filed, quarters, rngs[4:])
    for original, twin in twice:
        reports = report_twice(reports, original, twin, rngs[3])
    return Simulated(world, plan, quarters, reports, filed, deleted)


def write(simulated: Simulated, inbox: Path, seed: int) -> Truth:
    """Write the files of an inbox, and what belongs beside it."""
    world, plan, quarters = simulated.world, simulated.plan, simulated.quarters
    write_quarters(simulated.reports, inbox / "faers")
    write_exposure(world, plan, quarters, seed, inbox / "exposure")
    write_background(seed, inbox / "background", background(world, plan))
    noticed = [pair for pair in plan.pairs if pair.before_notice is not None]
    write_notices(
        [
            notice(number, THERAPIES[pair.product].brand, pair.event, notice_date(quarters))
            for number, pair in enumerate(noticed, 1)
        ],
        inbox.parent,
    )
    truth = Truth(
        seed=seed,
        cases=simulated.filed.placed.country.size - simulated.deleted,
        deleted=simulated.deleted,
        duplicates=simulated.filed.copied.size,
        reports=simulated.reports.reports.height,
        pairs=truth_pairs(simulated),
    )
    write_truth(truth, inbox.parent / "truth.json")
    return truth


def notice_date(quarters: tuple[Quarter, ...]) -> date:
    """The day of the notice: the first of the quarter in the middle, or of the one before."""
    return quarters[(len(quarters) - 1) // 2].first_day


def background(world: World, plan: Plan) -> dict[tuple[str, str], float]:
    """Events per 100,000 person-years by event and country, and of the world."""
    rates: dict[tuple[str, str], float] = {}
    for pair in plan.pairs:
        rates[pair.event, "WORLD"] = float(np.average(pair.rates, weights=world.case_counts)) * 1e5
        for country, rate in zip(world.countries, pair.rates.tolist(), strict=True):
            rates[pair.event, country] = rate * 1e5
    return rates


def truth_pairs(simulated: Simulated) -> tuple[TruthPair, ...]:
    """The planted pairs and each therapy's commonest listed reaction, with cases as drawn."""
    world, placed = simulated.world, simulated.filed.placed
    planted = [
        (pair.kind, pair.product, pair.event, pair.true_ratio) for pair in simulated.plan.pairs
    ]
    labelled = [
        ("labelled", number, therapy.labelled[0].term, None)
        for number, therapy in enumerate(THERAPIES)
    ]
    shown = np.ones(placed.country.size, dtype=bool)
    shown[simulated.filed.hidden] = False
    pairs: list[TruthPair] = []
    for kind, product, event, ratio in planted + labelled:
        named = simulated.reports.reactions.filter(pl.col("pt") == event)["case"].to_numpy()
        both = named[placed.product[named] == product]
        countries = placed.country[both[shown[both]]]
        counts = np.bincount(countries, minlength=len(world.countries)).tolist()
        therapy = THERAPIES[product]
        is_planted = kind != "labelled"
        pairs.append(
            TruthPair(
                kind=kind,
                product=therapy.brand.capitalize(),
                substance=therapy.active.lower().partition("-")[0],
                event=event,
                true_ratio=ratio,
                expected_verdicts=(VERDICTS[kind],) if is_planted else LABELLED_VERDICTS,
                expected_rate_verdict=(
                    RATE_VERDICTS.get(kind, "not_flagged") if is_planted else None
                ),
                cases={
                    country: count
                    for country, count in zip(world.countries, counts, strict=True)
                    if count
                },
                without_country=int((~shown[both]).sum()),
            )
        )
    return tuple(pairs)


def streams(seed: int) -> Rngs:
    """One random stream a stage, so that a change in one stage leaves the others as they were."""
    return [np.random.default_rng([seed, stage]) for stage in range(12)]


def _trap_copies(plan: Plan, placed: Placement) -> NDArray[np.int64]:
    """Joint cases, in its leading country, of the pooled-only pair that has most cases there.

    Counted twice they would reach n >= 3 there and look like that country's own signal.
    """
    pooled = [number for number, pair in enumerate(plan.pairs) if pair.kind == "pooled_only"]
    if not pooled:
        return np.empty(0, dtype=np.int64)
    number = max(pooled, key=lambda each: int(plan.pairs[each].joint.max()))
    leading = int(plan.pairs[number].joint.argmax())
    return np.flatnonzero((placed.joint_pair == number) & (placed.country == leading))
