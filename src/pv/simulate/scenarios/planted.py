"""Planted pairs: how many cases of which product and event lie in which country, and the verdict.

Counts are planned, not drawn, so the truth holds for every seed. The verdicts are those of the
default rule: IC025 > 0, ROR025 > 1 and n >= 3, on counts stratified by country for the pool and on
the country's own counts for a country.

An IC025 above 0 means that the 2.5% quantile of Gamma(n + 1/2) exceeds E + 1/2 (Noren 2013).
Those quantiles are 4.45 for n = 9, 5.84 for n = 11, 6.56 for n = 12 and 8.02 for n = 14; the
constants below leave room on both sides of them.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.plan import Counts, Plan, PlantedPair
from pv.simulate.world.world import World, apportion

Rates = NDArray[np.float64]

# Countries by rank of size.
LARGEST: Final = 0
SECOND: Final = 1
THIRD: Final = 2
TRAPS: Final = (4, 6, 8)
# Smaller countries see no advanced therapy: they have too few cases to plan exact counts in.
MIN_COUNTRY_CASES: Final = 400
MIN_COUNTRIES: Final = 12
# Event rates differ between countries by this sigma (lognormal), too little to confound.
EVENT_HABIT_SIGMA: Final = 0.25

# kind, product, event, median days from administration to onset of the joint cases.
PLANTED: Final = (
    ("pooled_only", "YESCARTA", "Progressive multifocal leukoencephalopathy", 240),
    ("pooled_only", "CARVYKTI", "Guillain-Barre syndrome", 120),
    # Made public in August 2022, before the first simulated report.
    ("stimulated", "ZOLGENSMA", "Acute hepatic failure", 60),
    ("country_signal", "KYMRIAH", "Myelodysplastic syndrome", 500),
    ("simpson_trap", "LUXTURNA", "Chorioretinal atrophy", 150),
    ("single_country_driven", "HEMGENIX", "Deep vein thrombosis", 30),
    ("null", "ABECMA", "Atrial fibrillation", 60),
    ("null", "BREYANZI", "Pancreatitis", 60),
    ("null", "TECARTUS", "Optic neuritis", 60),
    ("null", "SKYSONA", "Cholelithiasis", 60),
    ("null", "YESCARTA", "Osteoarthritis", 60),
    ("null", "LUXTURNA", "Tinnitus", 60),
)
VERDICTS: Final = {
    "pooled_only": "pooled_only",
    "stimulated": "stimulated",
    "country_signal": "country_signal",
    "simpson_trap": "confounded_by_country",
    "single_country_driven": "single_country_driven",
    "null": "not_flagged",
}


def build_plan(world: World, rng: np.random.Generator) -> Plan:
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
    pairs: list[PlantedPair] = []
    for kind, brand, event, latency_days in PLANTED:
        product = brands.index(brand)
        joint, rates = _SHAPES[kind](product_cases[product], rng)
        event_cases = np.maximum(np.rint(rates * world.case_counts).astype(np.int64), joint)
        pairs.append(PlantedPair(kind, product, event, latency_days, joint, event_cases))
    return Plan(product_cases, tuple(pairs))


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
        # 160 cases in a world of 30,000, some 650 in one of a million.
        counts = apportion(round(160 * (case_counts.sum() / 30_000) ** 0.4), even)
    return counts


# Each shape takes the product's cases by country (K) and gives the joint cases (K) and the share
# of each country's cases that have the event (K).


def _pooled_only(cases: Counts, rng: np.random.Generator) -> tuple[Counts, Rates]:
    """Twelve cases where 3 are expected, at most 2 in a country: none reaches n >= 3."""
    rates = _rates(cases, 3, rng)
    contributors = np.argsort(-cases * rates, kind="stable")[:8]
    joint = np.zeros_like(cases)
    joint[contributors[:4]] = 2
    joint[contributors[4:]] = 1
    return joint, rates


def _country_signal(cases: Counts, _: np.random.Generator) -> tuple[Counts, Rates]:
    """Fourteen cases where 4 are expected in the largest country, which flags alone."""
    rates = np.full(cases.size, 2 / cases[LARGEST])
    rates[LARGEST] = 4 / cases[LARGEST]
    joint = np.zeros_like(cases)
    joint[LARGEST] = 14
    joint[[SECOND, THIRD]] = 1
    return joint, rates


def _simpson_trap(cases: Counts, _: np.random.Generator) -> tuple[Counts, Rates]:
    """As many cases as expected in every country, in countries rich in both."""
    rates = np.full(cases.size, 0.003)
    rates[list(TRAPS)] = 0.08
    return np.rint(cases * rates).astype(np.int64), rates


def _single_country_driven(cases: Counts, _: np.random.Generator) -> tuple[Counts, Rates]:
    """Nine of 11 cases in one country, which falls short alone: the pool of 11 does not.

    The country: n = 9, E = 4.7, and 4.45 < 4.7 + 0.5. The pool: n = 11, E = 4.9, and
    5.84 > 4.9 + 0.5. The share: 9/11 = 82%.
    """
    rates = np.full(cases.size, 0.004)
    rates[SECOND] = 4.7 / cases[SECOND]
    joint = np.zeros_like(cases)
    joint[SECOND] = 9
    joint[[LARGEST, THIRD]] = 1
    return joint, rates


def _null(cases: Counts, rng: np.random.Generator) -> tuple[Counts, Rates]:
    """Five cases where 5 are expected."""
    rates = _rates(cases, 5, rng)
    return apportion(5, cases * rates), rates


def _rates(cases: Counts, expected: float, rng: np.random.Generator) -> Rates:
    """Event rates by country under which `expected` of the product's cases have the event."""
    rates = rng.lognormal(0, EVENT_HABIT_SIGMA, cases.size)
    return rates * expected / (cases @ rates)


_SHAPES: Final[dict[str, Callable[[Counts, np.random.Generator], tuple[Counts, Rates]]]] = {
    "pooled_only": _pooled_only,
    "stimulated": _pooled_only,
    "country_signal": _country_signal,
    "simpson_trap": _simpson_trap,
    "single_country_driven": _single_country_driven,
    "null": _null,
}
