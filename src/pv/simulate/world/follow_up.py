"""When patients are treated and how long they are followed: the person-time of a therapy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.quarters import Quarter

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAYS_A_YEAR = 365.25
# In the last quarter about three times as many are treated as in the first.
FIRST_WEIGHT, LAST_WEIGHT = 0.5, 1.5


@dataclass(frozen=True)
class FollowUp:
    """Treatment of patients over Q quarters, evenly inside each, and their survival after it.

    Attributes:
        quarters: the quarters, in order and without a gap.
        treated: share of all patients who are treated in each quarter (Q).
        yearly_survival: share of those alive who live another year, the same at any time.
    """

    quarters: tuple[Quarter, ...]
    treated: Floats
    yearly_survival: float

    @property
    def first_day(self) -> int:
        """The first day of treatment, since 1970."""
        return self.quarters[0].day_number

    @property
    def end(self) -> int:
        """The day after the last."""
        return self.quarters[-1].next.day_number

    def alive(self, days: Floats) -> Floats:
        """Share of patients alive so many days after the treatment."""
        return self.yearly_survival ** (days / DAYS_A_YEAR)

    def person_years(self) -> Floats:
        """Person-years that one patient gives on average in each quarter (Q)."""
        lengths = np.array([each.days for each in self.quarters])
        daily = np.repeat(self.treated / lengths, lengths)
        lived = np.convolve(daily, self.alive(np.arange(0.5, daily.size)))[: daily.size]
        # Whoever is treated on a day lives half of it treated.
        lived -= daily / 2
        starts = np.cumsum(lengths) - lengths
        return np.add.reduceat(lived, starts) / DAYS_A_YEAR

    def treatment_days(self, size: int, rng: np.random.Generator) -> Ints:
        """Days of treatment (since 1970) of `size` patients."""
        quarter = np.searchsorted(np.cumsum(self.treated)[:-1], rng.random(size), side="right")
        starts = np.array([each.day_number for each in self.quarters])
        lengths = np.array([each.days for each in self.quarters])
        return starts[quarter] + np.floor(rng.random(size) * lengths[quarter]).astype(np.int64)

    def any_time(self, size: int, rng: np.random.Generator) -> Floats:
        """Days from the treatment to an event that comes at any time of it alike.

        Of events that come later than a patient is followed or lives the draw knows nothing: who
        draws again keeps those that fall into the time observed, in proportion to person-time.
        """
        span = self.end - self.first_day
        days = rng.random(size) * span
        return np.where(rng.random(size) < self.alive(days), days, np.inf)


def follow_up(quarters: tuple[Quarter, ...], yearly_survival: float) -> FollowUp:
    """Patients treated in growing numbers over the quarters."""
    weights = np.linspace(FIRST_WEIGHT, LAST_WEIGHT, len(quarters))
    return FollowUp(quarters, weights / weights.sum(), yearly_survival)
