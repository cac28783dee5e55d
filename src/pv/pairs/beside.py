"""What arrays alone say of a night's pairs, reckoned while the database answers queries."""

from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np

from pv.counts.counts import Float, Int, Mask
from pv.pairs import homogeneity, leave_one_country_out, permutation_null, screen
from pv.pairs.permutation_null import Draws, Links
from pv.pairs.screen import Screen


@dataclass(frozen=True, slots=True)
class Beside:
    """The evidence that no verdict reads, each to be had when it is asked for.

    `regions` are columns of work.region_statistic, `fragility` [P] and `homogeneity_p` [P] of
    mart.pair. What is reckoned reads the screen alone: which is ready first changes nothing.
    """

    executor: Executor
    found: Screen
    regions: Future[dict[str, np.ndarray]]
    fragility: Future[Int]
    homogeneity_p: Future[Float]

    @classmethod
    def of(cls, executor: Executor, found: Screen, asked: Mask, seed: int) -> "Beside":
        """Begin with what mart.pair holds; of each pair `asked` [P] fragility and homogeneity."""
        counts, pairs, decide = found.counts, found.pairs, found.decide
        return cls(
            executor,
            found,
            executor.submit(screen.of_regions, counts, decide),
            executor.submit(leave_one_country_out.fragility, counts, pairs, asked, decide),
            executor.submit(homogeneity.p_values, found, asked, seed),
        )

    def draws(self, links: Links, seed: int) -> Future[Draws]:
        """Begin with the draws of the permutation null."""
        counts, decide = self.found.counts, self.found.decide
        return self.executor.submit(permutation_null.draw, counts, links, decide, seed)
