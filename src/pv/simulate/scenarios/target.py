"""One product-event pair, case by case, set into a world of ordinary reports."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.days import Days, unpadded
from pv.simulate.world.placement import NONE, Placement, label
from pv.simulate.world.plan import Plan, PlantedPair
from pv.simulate.world.quarters import Quarter
from pv.simulate.world.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """The pair of a scenario in K countries; J cases have both the product and the event.

    Attributes:
        brand: a brand of `catalogue.THERAPIES`.
        event: a term that no other mechanism of the simulator names.
        takers: cases of the product in each country (K), those with the event included.
        others: cases with the event and without the product (K).
        country: index of the country of each joint case (J).
        administered, onset, receipt: its days since 1970 (J).
    """

    brand: str
    event: str
    takers: Ints
    others: Ints
    country: Ints
    administered: Ints
    onset: Ints
    receipt: Ints

    @property
    def product(self) -> int:
        """Index into `catalogue.THERAPIES`."""
        return [therapy.brand for therapy in THERAPIES].index(self.brand)

    @property
    def joint(self) -> Ints:
        """Joint cases of each country (K)."""
        return np.bincount(self.country, minlength=self.takers.size)

    @property
    def plan(self) -> Plan:
        """The pair as the simulator's other stages know it."""
        products = np.zeros((len(THERAPIES), self.takers.size), dtype=np.int64)
        products[self.product] = self.takers
        pair = PlantedPair(
            kind="target",
            product=self.product,
            event=self.event,
            latency_days=None,  # `dated` says when
            sequence=self.country,
            event_cases=self.joint + self.others,
            rates=np.zeros(self.takers.size),
            true_ratio=1.0,
            hidden=np.zeros(self.country.size, dtype=bool),
        )
        return Plan(products, (pair,), person_years=0.0)


def place(world: World, target: Target, rng: np.random.Generator) -> tuple[Placement, Ints]:
    """Choose the cases of a world that carry the pair; returns also the J joint cases, in order.

    Raises:
        ValueError: when a country has fewer cases than the pair needs there.
    """
    n_countries = len(world.countries)
    if (target.joint > target.takers).any():
        raise ValueError("a country has more joint cases than cases of the product")
    if (target.takers + target.others > world.case_counts).any():
        raise ValueError("a country has fewer cases than the pair needs")
    country = rng.permutation(np.repeat(np.arange(n_countries), world.case_counts))
    product = np.full(country.size, NONE)
    joint_pair = np.full(country.size, NONE)
    joint = np.empty(target.country.size, dtype=np.int64)
    without: list[Ints] = []
    for k in range(n_countries):
        here = rng.permutation(np.flatnonzero(country == k))
        takers, rest = here[: target.takers[k]], here[target.takers[k] :]
        product[takers] = target.product
        joint[target.country == k] = takers[: target.joint[k]]
        without.append(rest[: target.others[k]])
    joint_pair[joint] = 0
    cases = np.concatenate([joint, *without])
    placed = Placement(
        country=country,
        product=product,
        joint=(joint,),
        joint_pair=joint_pair,
        planted_case=cases,
        planted_pair=np.zeros_like(cases),
        labelled=label(world, product, cases, rng),
    )
    return placed, joint


def dated(days: Days, target: Target, joint: Ints, quarters: tuple[Quarter, ...]) -> Days:
    """The days of all cases with the target's own days for its joint cases.

    Their onsets are stated to the day.
    """
    starts = np.array([each.day_number for each in quarters])
    found = replace(
        days,
        quarter=days.quarter.copy(),
        receipt=days.receipt.copy(),
        stated_onset=days.stated_onset.copy(),
        administered=days.administered.copy(),
    )
    found.quarter[joint] = np.searchsorted(starts, target.receipt, side="right") - 1
    found.receipt[joint] = target.receipt
    found.stated_onset[joint] = unpadded(target.onset)
    found.administered[joint] = target.administered
    return found
