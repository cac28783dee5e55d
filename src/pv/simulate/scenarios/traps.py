"""Pairs that look like a signal of the pool and are none: each must get its own verdict.

What follows is drawn anew for every seed. The sizes leave room on both sides of the default rule
(IC025 > 0, ROR025 > 1, n >= 3), in which an IC025 above 0 means that the 2.5% quantile of
Gamma(n + 1/2) exceeds E + 1/2: that is 1.35 for n = 4, 3.78 for n = 8, 5.84 for n = 11 and 9.5
for n = 16.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from scipy.special import gammaincinv

from pv.simulate.scenarios import scenario
from pv.simulate.scenarios.scenario import Draft, Rngs, Scenario, streams
from pv.simulate.scenarios.target import Floats, Ints, Target
from pv.simulate.world.notices import notice
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.reports import Reports
from pv.simulate.world.twice_reported import report_twice
from pv.simulate.world.world import World, apportion, build_world

QUARTERS = quarter_range(Quarter(2023, 1), Quarter(2024, 4))
FIRST_DAY = QUARTERS[0].day_number
LAST_DAY = QUARTERS[-1].next.day_number - 1

CASES = 4_000
COUNTRIES = 12  # Namibia, the last, has a handful of cases and no advanced therapy
TAKERS = 160
# Share of the other cases that have the event: some 4 of the 160 takers would have it anyway.
EVENT_SHARE = 0.026

# In the Simpson trap: small countries that report the product and the event more than others.
RICH_COUNTRIES = 4
RICH_CASES, RICH_TAKERS, RICH_EVENT_SHARE, POOR_EVENT_SHARE = 60, 8, 0.4, 0.003

PERSONS = 8  # told of twice: 16 where about 5 are expected, 8 where about 4.5 are
LONGEST_RETELLING = 60

FLOODED = 16  # cases in all, of which some 2 came before the notice
NOTICE = date(2024, 3, 1)

DEFECT_COUNTRY = 1
DEFECT_TAKERS, LOT_CASES, LOT_RISK = 40, 20, 0.5
LOT = "SIMLOT-DEFECT-1"


def simpson_trap(seed: int) -> Scenario:
    """Few small countries use the product and report the event; within each they are unrelated.

    In a rich country 8 x 0.4 = 3.2 cases are expected, and all 8 would just be a signal; the pool
    holds about 13 where 13 are expected; with the countries collapsed, 2 are expected.
    """
    rngs = streams(seed)
    rng = rngs[1]
    shares = np.append(1 / np.arange(1, COUNTRIES - RICH_COUNTRIES), 0.01)
    large = apportion(CASES - RICH_COUNTRIES * RICH_CASES, shares)
    rich = np.zeros(COUNTRIES, dtype=bool)
    rich[-1 - RICH_COUNTRIES : -1] = True
    world = replace(
        _world(rngs[0]), case_counts=np.insert(large, -1, np.full(RICH_COUNTRIES, RICH_CASES))
    )
    takers = np.where(rich, RICH_TAKERS, 4)
    takers[-1] = 0
    share = np.where(rich, RICH_EVENT_SHARE, POOR_EVENT_SHARE)
    joint = rng.binomial(takers, share)
    others = _others(world, takers, share, rng)
    target = _scattered(("LUXTURNA", "Optic neuritis"), takers, joint, others, rng)
    parameters = {
        "rich_countries": [c for c, it in zip(world.countries, rich, strict=True) if it],
        "event_share_there": RICH_EVENT_SHARE,
        "event_share_elsewhere": POOR_EVENT_SHARE,
    }
    draft = Draft("simpson_trap", seed, world, target, QUARTERS)
    return _filed(draft, rngs, "confounded_by_country", parameters)


def duplicate_inflated(seed: int) -> Scenario:
    """Eight persons of whom two senders in two countries tell, with other ages and dates."""
    rngs = streams(seed)
    rng, world = rngs[1], _world(rngs[0])
    # Each country is first at most once and second at most once: two cases at the most.
    order = rng.permutation(COUNTRIES - 1)
    country = np.append(order[:PERSONS], np.roll(order, 4)[:PERSONS])
    receipt = rng.integers(FIRST_DAY, LAST_DAY - LONGEST_RETELLING, PERSONS)
    onset, administered = _before(receipt, 60, rng)
    target = Target(
        "TECARTUS",
        "Optic neuritis",
        _takers(world),
        _others(world, _takers(world), EVENT_SHARE, rng),
        country,
        administered=np.tile(administered, 2),
        onset=np.append(onset, onset + rng.choice([-3, -2, -1, 1, 2, 3], PERSONS)),
        receipt=np.append(receipt, receipt + rng.integers(5, LONGEST_RETELLING + 1, PERSONS)),
    )
    parameters = {"persons": PERSONS, "reports_of_each": 2}
    draft = Draft("duplicate_inflated", seed, world, target, QUARTERS)
    made = _filed(draft, rngs, "duplicate_sensitive", parameters)
    first, second = np.split(made.joint, 2)
    return replace(made, reports=report_twice(made.reports, first, second, rngs[12]))


def stimulated_reporting(seed: int) -> Scenario:
    """Ordinary reports until an authority's notice, then many from all over the world.

    No country gets to the three cases that the rule demands.
    """
    rngs = streams(seed)
    rng, world = rngs[1], _world(rngs[0])
    noticed = (NOTICE - date(1970, 1, 1)).days
    ordinary = min(rng.poisson(0.6 * EVENT_SHARE * TAKERS), 5)
    receipt = np.append(
        rng.integers(FIRST_DAY, noticed, ordinary),
        noticed + 1 + rng.integers(0, LAST_DAY - noticed, FLOODED - ordinary),
    )
    onset, administered = _before(receipt, 60, rng)
    target = Target(
        "BREYANZI",
        "Pancreatitis",
        _takers(world),
        _others(world, _takers(world), EVENT_SHARE, rng),
        rng.permutation(np.repeat(np.arange(COUNTRIES - 1), 2))[:FLOODED],
        administered,
        onset,
        receipt,
    )
    parameters = {"notice_date": NOTICE.isoformat(), "cases_before_the_notice": ordinary}
    draft = Draft("stimulated_reporting", seed, world, target, QUARTERS)
    made = _filed(draft, rngs, "stimulated", parameters)
    return replace(made, notices=(notice(1, target.brand, target.event, NOTICE),))


def single_country_quality_defect(seed: int) -> Scenario:
    """One bad lot in one country: half of those who got it have the event, nobody else more.

    About 10 cases where 1 is expected: that country's own signal. Should a seed leave it with too
    few for one, the truth says so.
    """
    rngs = streams(seed)
    rng, world = rngs[1], _world(rngs[0])
    takers = _takers(world)
    takers[DEFECT_COUNTRY] = DEFECT_TAKERS
    harmed = rng.binomial(LOT_CASES, LOT_RISK)
    joint = rng.binomial(takers, EVENT_SHARE / 4)
    joint[DEFECT_COUNTRY] = harmed
    others = _others(world, takers, EVENT_SHARE / 4, rng)
    target = _scattered(("ZOLGENSMA", "Pancreatitis"), takers, joint, others, rng)
    parameters = {
        "country": world.countries[DEFECT_COUNTRY],
        "lot": LOT,
        "cases_of_the_lot": LOT_CASES,
        "harmed_by_it": int(harmed),
    }
    expected = "country_signal" if _alone(world, target) else "single_country_driven"
    draft = Draft("single_country_quality_defect", seed, world, target, QUARTERS)
    made = _filed(draft, rngs, expected, parameters)
    placed = target.country == DEFECT_COUNTRY
    return replace(made, reports=_with_lot(made, made.joint[placed]))


def _world(rng: np.random.Generator) -> World:
    return build_world(
        cases=CASES,
        countries=COUNTRIES,
        substances=scenario.SUBSTANCES,
        invented_events=scenario.INVENTED_EVENTS,
        rng=rng,
    )


def _takers(world: World) -> Ints:
    """Cases of the product: a country four times as large has twice as many."""
    takers = apportion(TAKERS, np.sqrt(world.case_counts[:-1]))
    return np.append(takers, 0)


def _others(world: World, takers: Ints, share: float | Floats, rng: np.random.Generator) -> Ints:
    """Cases of other products that have the event."""
    return rng.binomial(world.case_counts - takers, share)


def _scattered(
    pair: tuple[str, str], takers: Ints, joint: Ints, others: Ints, rng: np.random.Generator
) -> Target:
    """A target whose joint cases (K) are received on any day."""
    receipt = rng.integers(FIRST_DAY, LAST_DAY + 1, joint.sum())
    onset, administered = _before(receipt, 90, rng)
    country = np.repeat(np.arange(joint.size), joint)
    return Target(*pair, takers, others, country, administered, onset, receipt)


def _before(receipt: Ints, median_days: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Onset and administration before a receipt, by the median time between the two."""
    onset = receipt - rng.integers(15, 61, receipt.size)
    latency = rng.lognormal(np.log(median_days), 0.6, receipt.size)
    return onset, onset - np.ceil(latency).astype(np.int64)


def _filed(draft: Draft, rngs: Rngs, expected: str, parameters: Mapping[str, object]) -> Scenario:
    truth = scenario.truth(
        draft, analysis="disproportionality", expected_verdicts=[expected], parameters=parameters
    )
    return scenario.file(draft, rngs[2:], truth=truth)


def _alone(world: World, target: Target) -> bool:
    """Whether the defect's country is a signal by its own table, computed here by hand."""
    k = DEFECT_COUNTRY
    a = target.joint[k]
    n_event = a + target.others[k]
    b, c = target.takers[k] - a, n_event - a
    d = world.case_counts[k] - a - b - c
    expected = target.takers[k] * n_event / world.case_counts[k]
    if a < 3 or gammaincinv(a + 0.5, 0.025) <= expected + 0.5:
        return False
    if 0 in (b, c):
        return True
    return bool(np.log(a * d / (b * c)) > 1.96 * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def _with_lot(made: Scenario, cases: Ints) -> Reports:
    """The reports with the bad lot on the primary suspect of `cases`."""
    drugs = made.reports.drugs
    bad = pl.col("case").is_in(cases.tolist()) & (pl.col("drug_seq") == 1)
    lot = pl.when(bad).then(pl.lit(LOT)).otherwise("lot").alias("lot")
    return replace(made.reports, drugs=drugs.with_columns(lot))
