"""Worlds of many pairs: a few harms among thousands of pairs of advanced therapies without one.

Cases and no files. A case names one product and each event with the rate of its country, whatever
the product, but for what a scenario lets vary: rates that change in time, ratios of pairs without
a harm, and the harms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pv.simulate.scenarios.planted import EVENT_HABIT_SIGMA
from pv.simulate.world.catalogue import COMMON_TERMS, THERAPIES, substance
from pv.simulate.world.world import World, build_world
from pv.simulate.world.world import draw as draw_event

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIRST_MONTH_AFTER: Final = np.datetime64("2025-01")
# Events that an ordinary report names on average, and how often one names each of the three
# reactions that its substance causes.
EVENTS_A_CASE: Final = 3.0
OWN_REACTION: Final = 0.08
# Events of event groups, each with a product on whose label it does not stand.
IMPORTANT: Final = (
    ("LUXTURNA", "Progressive multifocal leukoencephalopathy"),
    ("HEMGENIX", "Myocarditis"),
    ("LUXTURNA", "Thrombotic microangiopathy"),
)


@dataclass(frozen=True)
class Harm:
    """How strong the harms of a world are.

    `expected` cases would have both without the harm. Planned are `joint` cases, at most two in a
    country, so that none can flag; without a plan they are drawn at `ratio` times the rate.
    """

    expected: float
    ratio: float
    joint: int | None = None


@dataclass(frozen=True)
class ManyPairs:
    """A scenario of many pairs.

    Attributes:
        cases, countries, months, substances, invented_events: its size; months end with 2024.
        decline: countries are of sizes 1, 1/2, 1/3, ..., to this power.
        product_cases: cases of each advanced therapy.
        launched: therapies are launched over the first three fifths of the months and then used
            more and more; else they are always used alike.
        null_sigma: spread of the logarithm of the ratio of pairs without a harm, the mean being 1.
        drift: spread of the yearly change of the logarithm of an event's rate.
        harms: how many pairs are harmed; `important` of them have an event of an event group.
    """

    name: str
    cases: int
    countries: int
    months: int
    substances: int
    invented_events: int
    product_cases: int
    harm: Harm
    harms: int
    important: int = 0
    launched: bool = False
    null_sigma: float = 0.0
    drift: float = 0.0
    decline: float = 1.0

    def without_harm(self) -> "ManyPairs":
        """The same world with nothing to find."""
        return replace(self, harms=0, important=0)


@dataclass(frozen=True)
class DrawnCases:
    """N cases of a world, and the H (case, event) that they name.

    `country` [N], `product` [N] and `event` [H] are positions in the names; `harmed` are the pairs
    with a harm, by name.
    """

    countries: tuple[str, ...]
    products: tuple[str, ...]
    events: tuple[str, ...]
    country: Ints
    product: Ints
    received: NDArray[np.datetime64]
    case: Ints
    event: Ints
    harmed: tuple[tuple[str, str], ...]


DEMO_WORLD: Final = ManyPairs(
    "demo_world", cases=30_000, countries=15, months=24, substances=400, invented_events=250,
    product_cases=160, harm=Harm(expected=3, ratio=4, joint=12), harms=6, important=2,
)  # fmt: skip
OVERDISPERSED: Final = ManyPairs(
    "overdispersed", cases=30_000, countries=15, months=24, substances=40, invented_events=250,
    product_cases=300, harm=Harm(expected=4, ratio=5), harms=30, null_sigma=0.4,
)  # fmt: skip
DRIFT: Final = ManyPairs(
    "drift", cases=30_000, countries=15, months=60, substances=40, invented_events=250,
    product_cases=300, harm=Harm(expected=4, ratio=5), harms=30, launched=True,
    drift=0.3,
)  # fmt: skip
MILLION: Final = replace(
    DEMO_WORLD, name="million", cases=1_000_000, countries=60, substances=3_000,
    invented_events=1_500, product_cases=650,
)  # fmt: skip
SCENARIOS: Final[Mapping[str, ManyPairs]] = {
    each.name: each for each in (DEMO_WORLD, OVERDISPERSED, DRIFT, MILLION)
}


def draw(scenario: ManyPairs, seed: int) -> DrawnCases:
    """The cases of one seed: the same scenario and seed give the same cases."""
    rngs = [np.random.default_rng([seed, stage]) for stage in range(7)]
    world = build_world(
        cases=scenario.cases,
        countries=scenario.countries,
        substances=scenario.substances,
        invented_events=scenario.invented_events,
        rng=rngs[0],
        decline=scenario.decline,
    )
    country = np.repeat(np.arange(scenario.countries), world.case_counts)
    month = rngs[1].integers(0, scenario.months, country.size)
    product = _products(scenario, world, country, month, rngs[2])
    model = _Rates.of(scenario, world, country, month, product, rngs[3])
    pairs = _harmed(scenario, rngs[4])
    for pair in pairs:
        model.expect(*pair, scenario.harm.expected, rngs[4])
    case, event = _named(
        [model.draw(rngs[5]), _own_reactions(world, product, pairs, rngs[5])],
        [_joint(scenario.harm, model, pair, rngs[6]) for pair in pairs],
        pairs if scenario.harm.joint else [],
        product,
        len(world.events),
    )
    brands = [therapy.brand for therapy in THERAPIES]
    names = list(world.events)
    for (_, at), (_, term) in zip(pairs, IMPORTANT[: scenario.important], strict=False):
        names[at] = term
    return DrawnCases(
        world.countries,
        (*brands, *(substance(number) for number in range(1, scenario.substances + 1))),
        tuple(names),
        country,
        product,
        _days(scenario, month, rngs[1]),
        case,
        event,
        tuple((brands[p].capitalize(), names[e]) for p, e in pairs),
    )


def _harmed(scenario: ManyPairs, rng: np.random.Generator) -> list[tuple[int, int]]:
    """The pairs with a harm, the important ones first: therapies in turn, no event twice."""
    brands = [therapy.brand for therapy in THERAPIES]
    important = [brands.index(brand) for brand, _ in IMPORTANT[: scenario.important]]
    others = [number % len(brands) for number in range(scenario.harms - len(important))]
    invented = rng.choice(scenario.invented_events, scenario.harms, replace=False)
    events = (len(COMMON_TERMS) + invented).tolist()
    return list(zip(important + others, events, strict=True))


def _days(scenario: ManyPairs, month: Ints, rng: np.random.Generator) -> NDArray[np.datetime64]:
    """A day of each month [N]."""
    begins = FIRST_MONTH_AFTER - np.arange(scenario.months, 0, -1).astype("timedelta64[M]")
    days = rng.integers(0, 28, month.size).astype("timedelta64[D]")
    return begins.astype("datetime64[D]")[month] + days


def _products(
    scenario: ManyPairs, world: World, country: Ints, month: Ints, rng: np.random.Generator
) -> Ints:
    """The product of each case: advanced therapies first, then substances."""
    found = len(THERAPIES) + draw_event(world.substance_cdf, country, rng)
    size = world.case_counts / world.case_counts.sum()
    # Access evens out with size: a country four times as large has twice the cases of a therapy.
    where = (np.sqrt(size) / size)[country]
    free = np.ones(country.size, dtype=bool)
    for number in range(len(THERAPIES)):
        begin = rng.integers(0, int(0.6 * scenario.months) + 1) if scenario.launched else 0
        when = np.maximum(month - begin, 0) if scenario.launched else np.ones(month.size)
        chance = where * when * free
        chance /= chance.sum()
        of = rng.choice(country.size, scenario.product_cases, replace=False, p=chance)
        found[of], free[of] = number, False
    return found


@dataclass
class _Rates:
    """The rate at which the cases of a world name each event, without harm.

    Of a case in country k and month t with product p: `base` [K, S] times `drift` [T, S] times
    `ratio` [P, S], of which the last may have one row for all products.
    """

    country: Ints
    month: Ints
    product: Ints
    base: Floats
    drift: Floats
    ratio: Floats

    @classmethod
    def of(  # noqa: PLR0913, PLR0917  (a column is an argument)
        cls, scenario: ManyPairs, world: World, country: Ints, month: Ints, product: Ints,
        rng: np.random.Generator,
    ) -> "_Rates":  # fmt: skip
        """Those of a scenario."""
        events = len(world.events)
        share = np.diff(world.event_cdf, axis=1, prepend=0.0)
        years = (np.arange(scenario.months) - scenario.months / 2) / 12
        drift = np.exp(np.multiply.outer(years, rng.normal(0, scenario.drift, events)))
        products = int(product.max()) + 1 if scenario.null_sigma else 1
        sigma = scenario.null_sigma
        ratio = rng.lognormal(-(sigma**2) / 2, sigma, (products, events))
        return cls(country, month, product, EVENTS_A_CASE * share, drift / drift.mean(0), ratio)

    def at(self, case: Ints, event: Ints) -> Floats:
        """The rates of some cases and events."""
        own = self.product[case] if self.ratio.shape[0] > 1 else 0
        return (
            self.base[self.country[case], event]
            * self.drift[self.month[case], event]
            * self.ratio[own, event]
        )

    def expect(self, product: int, event: int, cases: float, rng: np.random.Generator) -> None:
        """Let a product's cases name an event so often that some cases are expected."""
        self.ratio[:, event] = 1.0
        self.base[:, event] = rng.lognormal(0, EVENT_HABIT_SIGMA, self.base.shape[0])
        own = np.flatnonzero(self.product == product)
        self.base[:, event] *= cases / self.at(own, np.full(own.size, event)).sum()

    def draw(self, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Cases and the events that they name, one of them perhaps more than once."""
        # More are drawn than there are, each with the chance that it is kept.
        most = self.drift.max(0) * self.ratio.max(0)
        cap = np.cumsum(self.base * most, axis=1)
        hits = rng.poisson(cap[self.country, -1])
        case = np.repeat(np.arange(self.country.size), hits)
        event = draw_event(cap / cap[:, -1:], self.country[case], rng)
        chance = self.at(case, event) / (self.base[self.country[case], event] * most[event])
        kept = rng.random(case.size) < chance
        return case[kept], event[kept]


def _own_reactions(
    world: World, product: Ints, pairs: list[tuple[int, int]], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Cases of substances, and which of their own three reactions they name.

    Events of the harms are none of them, so that as many are expected as the plan says.
    """
    case = np.flatnonzero(product >= len(THERAPIES))
    own = world.own_reactions[product[case] - len(THERAPIES)]
    row, which = np.nonzero(rng.random(own.shape) < OWN_REACTION)
    case, event = case[row], own[row, which]
    kept = ~np.isin(event, [at for _, at in pairs])
    return case[kept], event[kept]


def _joint(
    harm: Harm, model: _Rates, pair: tuple[int, int], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Cases of a harmed pair beside those without the harm; where planned, all of them."""
    own = np.flatnonzero(model.product == pair[0])
    event = np.full(own.size, pair[1])
    rate = model.at(own, event)
    if harm.joint is None:
        case = np.repeat(own, rng.poisson((harm.ratio - 1) * rate))
    else:
        case = _planned(harm.joint, own, model.country[own], rate, rng)
    return case, np.full(case.size, pair[1])


def _planned(joint: int, own: Ints, country: Ints, rate: Floats, rng: np.random.Generator) -> Ints:
    """So many cases of a product, at most two in a country, where most are expected.

    As in the demonstration: of twelve cases two each in four countries, and one in four more.
    """
    expected = np.bincount(country, weights=rate)
    enough = np.bincount(country) >= 2
    several = -(-2 * joint // 3)
    first = np.argsort(-expected * enough, kind="stable")[:several]
    wanted = np.zeros(expected.size, dtype=np.int64)
    wanted[first] = 1
    wanted[first[: joint - several]] = 2
    order = rng.permutation(own.size)
    order = order[np.argsort(country[order], kind="stable")]
    place = np.arange(own.size) - np.searchsorted(country[order], country[order])
    return own[order[place < wanted[country[order]]]]


def _named(
    parts: list[tuple[Ints, Ints]], joint: list[tuple[Ints, Ints]],
    planned: list[tuple[int, int]], product: Ints, events: int,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Each case and event once; of planned pairs the joint cases only."""
    case, event = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    key = product[case] * events + event
    kept = ~np.isin(key, [p * events + e for p, e in planned])
    case = np.concatenate([case[kept], *(cases for cases, _ in joint)])
    event = np.concatenate([event[kept], *(named for _, named in joint)])
    both = np.unique(case * events + event)
    return both // events, both % events
