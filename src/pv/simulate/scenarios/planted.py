"""Planted pairs: how many cases of which product and event lie in which country, and the verdict.

Counts are planned, not drawn, so the truth holds for every seed. The verdicts are those of the
default rule: IC025 > 0, ROR025 > 1 and n >= 3, on stratified counts for the pool and on the
country's own counts for a country.

An IC025 above 0 means that the 2.5% quantile of Gamma(n + 1/2) exceeds E + 1/2 (Noren 2013).
Those quantiles are 0.85 for n = 3, 1.35 for n = 4, 2.5 for n = 6, 3.1 for n = 7, 3.8 for n = 8,
5.1 for n = 10, 5.84 for n = 11 and 6.56 for n = 12; the constants below leave room on both sides.

No planted event is on a label of its product. Both arms speak of one truth: the background says
how often an event comes without the therapy, patients are followed for so many person-years a
reported case (`Plan.person_years`), and reports of other products name the event as often as such
patients' reports would. So both expect the same number of cases, unless only a share of the events
is reported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.plan import Counts, Plan, PlantedPair, Rates
from pv.simulate.world.world import World, apportion

# Countries by rank of size.
LARGEST: Final = 0
SECOND: Final = 1
THIRD: Final = 2
FIFTH: Final = 4
TRAPS: Final = (4, 6, 8)
# Smaller countries see no advanced therapy: they have too few cases to plan exact counts in.
MIN_COUNTRY_CASES: Final = 400
MIN_COUNTRIES: Final = 12
# Event rates differ between countries by this sigma (lognormal), too little to confound.
EVENT_HABIT_SIGMA: Final = 0.25
# Person-years of the patients of a product that is spread over all countries, in every world.
PERSON_YEARS: Final = 3_200


@dataclass(frozen=True)
class Planting:
    """What is planted.

    Attributes:
        kind: a key of `VERDICTS`.
        brand, event: the pair.
        per_100k: events per 100,000 person-years without the therapy, in a typical country.
        latency_days: median days from treatment to onset; None where the therapy is no cause.
        layout: joint cases of the countries, those that expect most first; empty where the kind
            has a shape of its own.
        reported: share of the events that is reported as a rule.
    """

    kind: str
    brand: str
    event: str
    per_100k: float
    latency_days: float | None = None
    layout: tuple[int, ...] = ()
    reported: float = 1.0


# Rates are of the order that is published: progressive multifocal leukoencephalopathy 8.3 in
# non-Hodgkin lymphoma (Amend et al. 2010), pancreatitis about 34, uveitis about 20 to 25,
# myelodysplastic syndrome about 5. The other events only have to be there: their rates are invented
# and give room for the counts that are planted.
PLANTED: Final = (
    # Seven countries have one case each.
    Planting("pooled_only", "YESCARTA", "Progressive multifocal leukoencephalopathy", 8, 240,
             (1,) * 7),
    Planting("pooled_only", "CARVYKTI", "Pancreatitis", 34, 120, (2, 2, 1, 1, 1, 1, 1, 1)),
    # The largest country sees its third case last of all.
    Planting("pooled_first", "TECARTUS", "Uveitis", 20, 150, (3, 1, 1, 1, 1, 1, 1, 1)),
    Planting("country_signal", "KYMRIAH", "Myelodysplastic syndrome", 5, 500, (5, 1, 1)),
    # A notice makes people report what they did not report before.
    Planting("stimulated", "ZOLGENSMA", "Bronchiolitis", 900, None, (2, 2, *(1,) * 8), 0.1),
    Planting("simpson_trap", "LUXTURNA", "Goitre", 15),
    Planting("single_country_driven", "HEMGENIX", "Cholelithiasis", 20, 300),
    # Four persons, each told of by two senders in two countries.
    Planting("duplicate_sensitive", "BREYANZI", "Nephrolithiasis", 325, None, (1,) * 8, 0.25),
    # Only four of eight cases say where they happened.
    Planting("country_unknown", "SKYSONA", "Haematuria", 600, 90, (1,) * 8, 0.1),
    Planting("null", "ABECMA", "Atrial fibrillation", 200),
    Planting("null", "BREYANZI", "Deep vein thrombosis", 100),
    Planting("null", "TECARTUS", "Gout", 150),
    Planting("null", "SKYSONA", "Inguinal hernia", 150),
    Planting("null", "YESCARTA", "Osteoarthritis", 300),
    Planting("null", "LUXTURNA", "Tinnitus", 150),
)  # fmt: skip
VERDICTS: Final = {
    "pooled_only": "pooled_only",
    "pooled_first": "pooled_first",
    "stimulated": "stimulated",
    "country_signal": "country_signal",
    "simpson_trap": "confounded_by_country",
    "single_country_driven": "single_country_driven",
    "duplicate_sensitive": "duplicate_sensitive",
    "country_unknown": "country_unknown",
    "null": "not_flagged",
}
# Of a listed reaction.
LABELLED_VERDICTS: Final = ("listed",)
# Of the sequential test over the whole time since treatment; of the other kinds `not_flagged`.
RATE_VERDICTS: Final = {
    "pooled_only": "pooled_only",
    "pooled_first": "country_signal",
    "country_signal": "country_signal",
}
# The treated have the event as often as anybody.
NO_HARM: Final = ("null", "simpson_trap", "stimulated")
SHOWN_PLACES: Final = 4  # of the pair whose cases mostly lack a country
BEFORE_NOTICE: Final = 2


def build_plan(
    world: World, rng: np.random.Generator, planted: tuple[Planting, ...] = PLANTED
) -> Plan:
    """Plan the advanced therapies' cases and every planted pair of a world.

    Raises:
        ValueError: when fewer than 12 countries have the 400 cases that planting needs.
    """
    large = world.case_counts >= MIN_COUNTRY_CASES
    if large.sum() < MIN_COUNTRIES:
        raise ValueError(
            f"planting needs {MIN_COUNTRIES} countries of {MIN_COUNTRY_CASES} cases, "
            f"this world has {large.sum()}"
        )
    brands = [therapy.brand for therapy in THERAPIES]
    product_cases = np.stack([_spread(brand, world.case_counts, large) for brand in brands])
    person_years = PERSON_YEARS / _standard_cases(world.case_counts)
    pairs: list[PlantedPair] = []
    for each in planted:
        product = brands.index(each.brand)
        cases = product_cases[product]
        rates = _RATES.get(each.kind, _by_habit)(each, cases, person_years, rng)
        # The share of reports that name the event.
        shares = rates * person_years * each.reported
        expected = float(cases @ shares)
        joint = _joint(each, cases, shares)
        total = apportion(round(float(world.case_counts @ shares)), world.case_counts * shares)
        persons = joint.sum() / (2 if each.kind == "duplicate_sensitive" else 1)
        sequence = _sequence(each.kind, joint, rng)
        pairs.append(
            PlantedPair(
                kind=each.kind,
                product=product,
                event=each.event,
                latency_days=each.latency_days,
                sequence=sequence,
                event_cases=np.maximum(total, joint),
                rates=rates,
                true_ratio=1.0 if each.kind in NO_HARM else round(float(persons / expected), 2),
                hidden=_hidden(each.kind, joint, cases * shares)[sequence],
                before_notice=BEFORE_NOTICE if each.kind == "stimulated" else None,
                twice=each.kind == "duplicate_sensitive",
            )
        )
    return Plan(product_cases, tuple(pairs), person_years)


def _standard_cases(case_counts: Counts) -> int:
    """Cases of a product that is spread over all countries."""
    # 160 cases in a world of 30,000, some 650 in one of a million.
    return round(160 * (case_counts.sum() / 30_000) ** 0.4)


def _spread(brand: str, case_counts: Counts, large: NDArray[np.bool_]) -> Counts:
    """Cases of a product in each country."""
    # Access evens out with size: a country four times as large has twice the cases.
    even = np.sqrt(case_counts) * large
    counts = np.where(large, 2, 0)
    if brand == "KYMRIAH":  # mostly in the largest country
        counts = apportion(100, even)
        counts[LARGEST] = 150
    elif brand == "LUXTURNA":  # mostly where its planted event is often reported
        counts[list(TRAPS)] = 60
    elif brand == "HEMGENIX":  # mostly in the second country, with two lesser users
        counts[SECOND] = 150
        counts[[LARGEST, THIRD]] = 10
    else:
        counts = apportion(_standard_cases(case_counts), even)
    return counts


# Each gives events per person-year by country (K), from what is planted, the product's cases by
# country (K) and the person-years for each of these.


def _by_habit(each: Planting, cases: Counts, _: float, rng: np.random.Generator) -> Rates:
    """Rates that differ a little, and by which the product's cases expect the typical one."""
    rates = rng.lognormal(0, EVENT_HABIT_SIGMA, cases.size)
    return rates * each.per_100k / 1e5 * cases.sum() / (cases @ rates)


def _simpson_trap(
    each: Planting, cases: Counts, person_years: float, _: np.random.Generator
) -> Rates:
    """Few countries have nearly all of the product and 8 in 100 reports with the event."""
    rates = np.full(cases.size, each.per_100k / 1e5)
    rates[list(TRAPS)] = 0.08 / person_years
    return rates


def _single_country(
    each: Planting, cases: Counts, person_years: float, _: np.random.Generator
) -> Rates:
    """The country that falls short alone, and, as its cases come late, did so at every look.

    The country: n = 10, E = 5.3, and 5.1 < 5.3 + 0.5. The pool: n = 12, E = 5.4, and
    6.56 > 5.4 + 0.5. The share: 10/12 = 83%.
    """
    rates = np.full(cases.size, each.per_100k / 1e5)
    rates[SECOND] = 5.3 / cases[SECOND] / person_years
    return rates


_RATES: Final[dict[str, Callable[[Planting, Counts, float, np.random.Generator], Rates]]] = {
    "simpson_trap": _simpson_trap,
    "single_country_driven": _single_country,
}


def _joint(each: Planting, cases: Counts, shares: Rates) -> Counts:
    """Joint cases by country."""
    joint = np.zeros_like(cases)
    if each.layout:
        ranked = np.argsort(-cases * shares, kind="stable")
        joint[ranked[: len(each.layout)]] = each.layout
    elif each.kind == "single_country_driven":
        joint[SECOND] = 10
        joint[[LARGEST, FIFTH]] = 1
    elif each.kind == "simpson_trap":  # as many as expected in every country
        joint = np.rint(cases * shares).astype(np.int64)
    else:
        joint = apportion(round(float(cases @ shares)), cases * shares)
    return joint


def _sequence(kind: str, joint: Counts, rng: np.random.Generator) -> Counts:
    """The countries of the joint cases in the order of receipt, each country's spread over time."""
    country = np.repeat(np.arange(joint.size), joint)
    first = np.cumsum(joint) - joint
    turn = np.arange(country.size) - first[country]
    when = (turn + rng.random(country.size)) / joint[country]
    if kind == "pooled_first":  # the case that makes the largest country a signal comes last
        leader = int(joint.argmax())
        when[(country == leader) & (turn == joint[leader] - 1)] = 2
    elif kind == "country_signal":  # the others follow
        when[country != joint.argmax()] += 1
    return country[np.argsort(when, kind="stable")]


def _hidden(kind: str, joint: Counts, expected: Rates) -> NDArray[np.bool_]:
    """The countries whose joint cases are reported without a country."""
    hidden = np.zeros(joint.size, dtype=bool)
    if kind == "country_unknown":
        ranked = np.argsort(-expected, kind="stable")
        hidden[ranked[SHOWN_PLACES:]] = True
    return hidden
