"""Puts the planned counts onto single cases: who took which therapy, who had which known event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.plan import Plan
from pv.simulate.world.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE = -1
# Reports of a therapy that name a listed reaction and nothing else, among those that name one.
ONLY_LISTED_SHARE = 0.3


@dataclass(frozen=True)
class Labelled:
    """The cases (L entries) of the therapies' listed reactions among N cases.

    Attributes:
        case, event: one entry for each case and listed reaction; events number those of the world.
        median_days: median time to onset of each entry.
        alone: whether a case names nothing else (N).
    """

    case: Ints
    event: Ints
    median_days: Floats
    alone: NDArray[np.bool_]


@dataclass(frozen=True)
class Placement:
    """The planned part of N cases.

    Attributes:
        country: index of the country of occurrence (N).
        product: index of the therapy, `NONE` for other cases (N).
        joint: the joint cases of each pair, in the order in which they shall be received.
        joint_pair: index of the planted pair a case is a joint case of, else `NONE` (N).
        planted_case, planted_pair: one entry for each case that has the event of a pair.
        labelled: cases of listed reactions.
    """

    country: Ints
    product: Ints
    joint: tuple[Ints, ...]
    joint_pair: Ints
    planted_case: Ints
    planted_pair: Ints
    labelled: Labelled


def place(world: World, plan: Plan, rng: np.random.Generator) -> Placement:
    """Choose the cases that carry out a plan."""
    country = rng.permutation(np.repeat(np.arange(len(world.countries)), world.case_counts))
    product = np.full(country.size, NONE)
    joint_pair = np.full(country.size, NONE)
    members = [np.flatnonzero(country == k) for k in range(len(world.countries))]
    for k, here in enumerate(members):
        ends = np.cumsum(plan.product_cases[:, k])
        chosen = rng.permutation(here)[: ends[-1]]
        product[chosen] = np.repeat(np.arange(ends.size), plan.product_cases[:, k])

    joints: list[Ints] = []
    cases = [np.empty(0, dtype=np.int64)]
    for number, pair in enumerate(plan.pairs):
        joint = np.empty(pair.sequence.size, dtype=np.int64)
        without: list[Ints] = []
        for k, here in enumerate(members):
            free = here[(product[here] == pair.product) & (joint_pair[here] == NONE)]
            joint[pair.sequence == k] = rng.choice(free, pair.joint[k], replace=False)
            others = here[product[here] != pair.product]
            without.append(rng.choice(others, pair.event_cases[k] - pair.joint[k], replace=False))
        joint_pair[joint] = number
        joints.append(joint)
        cases += [joint, *without]
    sizes = [int(pair.event_cases.sum()) for pair in plan.pairs]
    planted = np.concatenate(cases)
    return Placement(
        country=country,
        product=product,
        joint=tuple(joints),
        joint_pair=joint_pair,
        planted_case=planted,
        planted_pair=np.repeat(np.arange(len(plan.pairs)), np.array(sizes, dtype=np.int64)),
        labelled=label(world, product, planted, rng),
    )


def label(world: World, product: Ints, planted: Ints, rng: np.random.Generator) -> Labelled:
    """Draw the listed reactions of N cases by their `product`.

    `planted` cases have none: theirs is another event, at another time.
    """
    cases: list[Ints] = []
    events: list[Ints] = []
    medians: list[Floats] = []
    free = np.ones(product.size, dtype=bool)
    free[planted] = False
    for number, therapy in enumerate(THERAPIES):
        takers = np.flatnonzero(free & (product == number))
        for reaction in therapy.labelled:
            hit = takers[rng.random(takers.size) < reaction.share]
            cases.append(hit)
            events.append(np.full(hit.size, world.events.index(reaction.term)))
            medians.append(np.full(hit.size, float(reaction.median_days)))
    case = np.concatenate(cases)
    alone = np.zeros(product.size, dtype=bool)
    alone[case] = True
    alone &= rng.random(product.size) < ONLY_LISTED_SHARE
    return Labelled(case, np.concatenate(events), np.concatenate(medians), alone)
