"""From filed cases to what a writer needs: their reports and the contents behind them."""

import numpy as np
import polars as pl

from pv.simulate.world import contents, publication
from pv.simulate.world.plan import Plan
from pv.simulate.world.quarters import Quarter
from pv.simulate.world.reports import Reports
from pv.simulate.world.world import World


def assemble(
    world: World,
    plan: Plan,
    filed: publication.Filed,
    quarters: tuple[Quarter, ...],
    rngs: list[np.random.Generator],
) -> tuple[Reports, int]:
    """The reports of the filed cases, and how many of these a deleted list takes away.

    `rngs` are six streams: publication, deletions, patients, drugs, reactions, outcomes.
    """
    placed = filed.placed
    published = publication.publish(world, filed, quarters, rngs[0])
    deleted, gone = publication.deletions(filed, len(quarters), rngs[1])
    people = contents.patients(placed, rngs[2])
    drugs, main_substance = contents.drugs(world, placed, filed.days.administered, rngs[3])
    reports = Reports(
        quarters=quarters,
        reports=pl.concat([published, people[published["case"]]], how="horizontal"),
        drugs=drugs,
        reactions=contents.reactions(world, plan, placed, main_substance, rngs[4]),
        outcomes=contents.outcomes(placed.country.size, rngs[5]),
        deleted=deleted,
    )
    return reports, gone.size
