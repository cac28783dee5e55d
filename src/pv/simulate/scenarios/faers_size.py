"""A world of the size of all of FAERS: written quarter by quarter, in memory for one quarter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from pv.simulate.world import publication
from pv.simulate.world.assembly import assemble
from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.days import Calendar, draw_days, draw_receipts
from pv.simulate.world.faers_writer import write_quarter
from pv.simulate.world.placement import place
from pv.simulate.world.plan import Counts, Plan
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.reports import Reports
from pv.simulate.world.world import World, apportion, build_world

FIRST, LAST = Quarter(2004, 1), Quarter(2026, 2)
# Reports that FAERS published a quarter, in thousands, by year: rows of DEMO in FDA's own files, as
# neksa/openfda-faers counted them in August 2026.
THOUSANDS_A_QUARTER = {
    2004: 68, 2005: 81, 2006: 81, 2007: 94, 2008: 110, 2009: 122, 2010: 168, 2011: 196, 2012: 208,
    2013: 203, 2014: 226, 2015: 330, 2016: 326, 2017: 342, 2018: 421, 2019: 432, 2020: 439,
    2021: 465, 2022: 457, 2023: 418, 2024: 405, 2025: 404, 2026: 410,
}  # fmt: skip
COUNTRIES = 60
# FAERS names some 6,000 active ingredients and 17,000 terms.
SUBSTANCES = 6_000
INVENTED_EVENTS = 15_000
# Follow-ups come up to five quarters after the first version.
QUARTERS_OF_A_CASE = 6
# Of the reports of a quarter, from the year on in which the first were authorised.
SHARE_OF_A_THERAPY, THERAPIES_SINCE = 0.0005, 2018
LONGEST_MEDIAN_DAYS = 30


@dataclass(frozen=True)
class _Written:
    """Reports of the cases of one quarter, from that quarter on."""

    begins: int
    reports: Reports


def write_faers_size(
    inbox: Path, cases: int, seed: int = 1, progress: Callable[[str], None] = lambda _: None
) -> int:
    """Write `cases` cases as 90 quarters in `inbox`/faers; returns how many reports these hold.

    Quarters have the sizes that FDA's have to each other. A case has about 4 drugs and 3 reactions,
    one in five has a second version in a later quarter, one in a hundred is reported twice, one in
    two hundred is deleted. The same arguments write the same bytes.
    """
    folder = inbox / "faers"
    folder.mkdir(parents=True, exist_ok=True)
    quarters = quarter_range(FIRST, LAST)
    world = build_world(
        cases=cases,
        countries=COUNTRIES,
        substances=SUBSTANCES,
        invented_events=INVENTED_EVENTS,
        rng=np.random.default_rng([seed, 0]),
    )
    open_: list[_Written] = []
    written = 0
    for number, drawn in enumerate(_quarters(world, quarters, seed)):
        begun = [each for each in open_ if number < each.begins + QUARTERS_OF_A_CASE]
        open_ = [*begun, _Written(number, drawn)]
        parts = [(each.reports, number - each.begins) for each in open_]
        target = write_quarter(quarters[number], parts, folder)
        written += sum(of.reports.filter(pl.col("quarter") == place).height for of, place in parts)
        progress(f"{target.name}: {written:,} reports so far")
    return written


def _quarters(world: World, quarters: tuple[Quarter, ...], seed: int) -> Iterator[Reports]:
    """The reports of the cases that each quarter receives first, of that quarter and later ones."""
    weights = np.array([float(THOUSANDS_A_QUARTER[quarter.year]) for quarter in quarters])
    shares = world.case_counts / world.case_counts.sum()
    first = 0
    for number, cases in enumerate(apportion(int(world.case_counts.sum()), weights).tolist()):
        rngs = [np.random.default_rng([seed, number + 1, stage]) for stage in range(10)]
        later = quarters[number : number + QUARTERS_OF_A_CASE]
        counts = apportion(cases, shares)
        here = replace(world, case_counts=counts)
        plan = Plan(_of_therapies(counts, later[0]), (), 0.0)
        placed = place(here, plan, rngs[0])
        receipts = draw_receipts(later[:1], cases, rngs[1])
        days = draw_days(receipts, plan, placed, Calendar(later[:1]), rngs[2])
        copied = publication.duplicated_cases(placed, np.empty(0, dtype=np.int64), rngs[3])
        hidden = np.empty(0, dtype=np.int64)
        filed = publication.Filed(placed, days, copied, hidden, first)
        reports, _ = assemble(here, plan, filed, later, rngs[4:])
        yield reports
        first += filed.case_ids.size


def _of_therapies(counts: Counts, quarter: Quarter) -> Counts:
    """Cases of each therapy (P) in each of K countries, P x K, by all cases there (K).

    A patient is treated and reported in one quarter, so that a therapy with a listed reaction that
    takes longer has none.
    """
    each = round(SHARE_OF_A_THERAPY * int(counts.sum())) if quarter.year >= THERAPIES_SINCE else 0
    in_time = [
        all(reaction.median_days <= LONGEST_MEDIAN_DAYS for reaction in therapy.labelled)
        for therapy in THERAPIES
    ]
    return np.outer(in_time, apportion(each, np.sqrt(counts)))
