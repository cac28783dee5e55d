"""A scenario: one target pair in a small world, its files, and the truth about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pv.simulate.scenarios.target import Ints, Target, dated, place
from pv.simulate.world import publication
from pv.simulate.world.assembly import assemble
from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.days import Calendar, draw_days, draw_receipts
from pv.simulate.world.exposure_writer import write_background, write_table
from pv.simulate.world.faers_writer import write_quarters
from pv.simulate.world.notices import write_notices
from pv.simulate.world.quarters import Quarter
from pv.simulate.world.reports import Reports
from pv.simulate.world.world import World

Rngs = list[np.random.Generator]

# Small enough for a night of seconds: substances and invented events beside the catalogue's.
SUBSTANCES = 20
INVENTED_EVENTS = 5
SETTINGS_HEADER = "# Written by `poolvigil simulate`: all data of this home are simulated.\n"


@dataclass(frozen=True)
class Draft:
    """A scenario whose cases are not yet filed: its world, its pair, the quarters it spans."""

    name: str
    seed: int
    world: World
    target: Target
    quarters: tuple[Quarter, ...]


@dataclass(frozen=True)
class Scenario:
    """What `poolvigil simulate` writes.

    Attributes:
        name, seed: what makes it again, to the byte.
        world: its countries and their habits.
        target: the pair that the scenario is about.
        joint: the target's cases, as the reports number cases.
        reports: for the FAERS writer.
        truth: for `truth.json`: analysis, parameters, expected verdicts, counts.
        exposure: in the layout of `world.exposure_writer`, without `source`; None without any.
        background: event to rate per 100,000 person-years.
        notices: rows of `vocab/notice.csv`.
        settings: names and values of `poolvigil.toml`.
    """

    name: str
    seed: int
    world: World
    target: Target
    joint: Ints
    reports: Reports
    truth: Mapping[str, Any]
    exposure: pl.DataFrame | None = None
    background: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[dict[str, str], ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)


def streams(seed: int) -> Rngs:
    """One random stream a stage, so that a change in one stage leaves the others as they were."""
    return [np.random.default_rng([seed, stage]) for stage in range(13)]


def file(draft: Draft, rngs: Rngs, **about: Any) -> Scenario:
    """Set the target into the world and file every case.

    `rngs` are the eleven streams from the third on; `about` are fields of `Scenario`. Of the
    joint cases none is copied or deleted.
    """
    world, target, quarters = draft.world, draft.target, draft.quarters
    placed, joint = place(world, target, rngs[0])
    receipts = draw_receipts(quarters, int(world.case_counts.sum()), rngs[1])
    days = draw_days(receipts, target.plan, placed, Calendar(quarters), rngs[2])
    days = dated(days, target, joint, quarters)
    copied = publication.duplicated_cases(placed, np.empty(0, dtype=np.int64), rngs[3])
    hidden = np.empty(0, dtype=np.int64)
    filed = publication.Filed(placed, days, np.setdiff1d(copied, joint), hidden)
    reports, _ = assemble(world, target.plan, filed, quarters, rngs[4:])
    reports = replace(reports, deleted=_never_empty(reports))
    return Scenario(draft.name, draft.seed, world, target, joint, reports, **about)


def truth(draft: Draft, **about: object) -> dict[str, object]:
    """What every scenario's `truth.json` holds, and `about`."""
    world, target = draft.world, draft.target
    therapy = THERAPIES[target.product]

    def by_country(counts: Ints) -> dict[str, int]:
        return {
            country: count
            for country, count in zip(world.countries, counts.tolist(), strict=True)
            if count
        }

    return {
        "simulated": True,
        "scenario": draft.name,
        "seed": draft.seed,
        "product": therapy.brand.capitalize(),
        "substance": therapy.active.lower().partition("-")[0],
        "event": target.event,
        **about,
        "cases": by_country(target.joint),
        "product_cases": by_country(target.takers),
        "event_cases": by_country(target.joint + target.others),
    }


def write(scenario: Scenario, home: Path) -> None:
    """Write a home: `inbox/`, `truth.json`, and `vocab/` and `poolvigil.toml` where needed."""
    inbox, seed = home / "inbox", scenario.seed
    write_quarters(scenario.reports, inbox / "faers")
    if scenario.exposure is not None:
        write_table(scenario.exposure, seed, inbox / "exposure" / "exposure_simulated.csv")
    if scenario.background:
        rates = {(event, "WORLD"): rate for event, rate in scenario.background.items()}
        write_background(seed, inbox / "background", rates)
    write_vocabulary(scenario, home)
    if scenario.settings:
        lines = (f"{name} = {value}\n" for name, value in scenario.settings.items())
        text = SETTINGS_HEADER + "".join(lines)
        (home / "poolvigil.toml").write_text(text, encoding="utf-8")
    content = json.dumps(scenario.truth, indent=1)
    (home / "truth.json").write_text(content + "\n", encoding="utf-8")


def write_vocabulary(scenario: Scenario, home: Path) -> Path | None:
    """Write `vocab/` where the scenario has notices; returns the folder, None without any."""
    return write_notices(scenario.notices, home)


def _never_empty(reports: Reports) -> pl.DataFrame:
    """The deleted lists, each with at least one id, as FDA's own: one of no published case."""
    quarter = np.arange(len(reports.quarters))
    unknown = pl.DataFrame({"quarter": quarter, "case_id": 9_000_000 + quarter})
    return pl.concat([reports.deleted, unknown]).sort("quarter", "case_id")
