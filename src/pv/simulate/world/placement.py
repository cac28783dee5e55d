"""Puts the planned counts onto single cases: who took which therapy, who had a planted event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.catalogue import EU_MEMBERS
from pv.simulate.world.plan import Plan
from pv.simulate.world.world import World

NONE = -1


@dataclass(frozen=True)
class Placement:
    """The planned part of N cases.

    Attributes:
        country: index of the country of occurrence (N).
        product: index of the therapy, `NONE` for other cases (N).
        joint_pair: index of the planted pair a case is a joint case of, else `NONE` (N).
        planted_case, planted_pair: one entry for each case that has the event of a pair.
    """

    country: NDArray[np.int64]
    product: NDArray[np.int64]
    joint_pair: NDArray[np.int64]
    planted_case: NDArray[np.int64]
    planted_pair: NDArray[np.int64]


def place(
    world: World, plan: Plan, masking: NDArray[np.bool_], rng: np.random.Generator
) -> Placement:
    """Choose the cases, which are ordered by receipt, that carry out a plan.

    `masking` (N) says which cases are first received while the agency masks EU member states.
    Joint cases are taken from those whose country is shown, and spread evenly over time, so that
    no early look sees a cluster that the plan does not mean.
    """
    country = rng.permutation(np.repeat(np.arange(len(world.countries)), world.case_counts))
    product = np.full(country.size, NONE)
    joint_pair = np.full(country.size, NONE)
    members = [np.flatnonzero(country == k) for k in range(len(world.countries))]
    for k, here in enumerate(members):
        ends = np.cumsum(plan.product_cases[:, k])
        chosen = rng.permutation(here)[: ends[-1]]
        product[chosen] = np.repeat(np.arange(ends.size), plan.product_cases[:, k])

    cases: list[NDArray[np.int64]] = []
    for number, pair in enumerate(plan.pairs):
        for k, here in enumerate(members):
            takers = here[product[here] == pair.product]
            shown = ~masking if world.countries[k] in EU_MEMBERS else np.ones_like(masking)
            joint = _spread_over_time(takers, shown & (joint_pair == NONE), pair.joint[k])
            joint_pair[joint] = number
            others = here[product[here] != pair.product]
            without = rng.choice(others, pair.event_cases[k] - pair.joint[k], replace=False)
            cases += [joint, without]
    sizes = [int(pair.event_cases.sum()) for pair in plan.pairs]
    return Placement(
        country=country,
        product=product,
        joint_pair=joint_pair,
        planted_case=np.concatenate(cases),
        planted_pair=np.repeat(np.arange(len(plan.pairs)), sizes),
    )


def _spread_over_time(
    takers: NDArray[np.int64], preferred: NDArray[np.bool_], count: np.int64
) -> NDArray[np.int64]:
    fit = takers[preferred[takers]]
    if fit.size < count:  # a handful of takers, nearly all of them masked: better so than fewer
        fit = takers
    return fit[((np.arange(count) + 0.5) / max(count, 1) * fit.size).astype(np.int64)]
