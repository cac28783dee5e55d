"""When the pool and each country saw a harm, in many replicates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Detections:
    """First signals of the rate arm in R replicates and K countries.

    Attributes:
        pool: years from the first treatment anywhere to the pool's signal (R), inf if never.
        country: the same for each country alone (R, K).
        names: what to call the countries (K), the largest first.
        years: length of the observation.
    """

    pool: Floats
    country: Floats
    names: tuple[str, ...]
    years: float

    @property
    def first_country(self) -> Floats:
        """Of each replicate the best single country's time (R), inf if no country signals."""
        return self.country.min(axis=1)

    def share_by(self, times: Floats) -> tuple[Floats, Floats, Floats]:
        """Share of replicates with a signal by each of T times.

        Of the pool (T), of the best single country of each replicate (T), of each country (T, K).
        """
        pool = (self.pool[:, None] <= times).mean(axis=0)
        best = (self.first_country[:, None] <= times).mean(axis=0)
        each = (self.country[:, :, None] <= times).mean(axis=0).T
        return pool, best, each
