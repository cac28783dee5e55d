"""The design of the sequential tests: the same for pool and countries."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

# Horizons of projected tests. Rounded up to one of these, a test is not bound to the third digit
# of a projection, and all tests of a night share a few dozen critical values.
LADDER = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000], dtype=np.float64)

Float = NDArray[np.float64]


class Design(BaseModel):
    """Poisson MaxSPRT for every sequential test (Kulldorff et al. 2011, Seq Anal 30:58).

    `horizon` and `delay` are in expected events; without a horizon the projected one holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    minimum: int = Field(default=3, ge=1)
    minimum_designated_late: int = Field(default=2, ge=1)
    delay: float = Field(default=0.0, ge=0, lt=LADDER[-1])
    horizon: float | None = Field(default=None, gt=0, le=2000)
    late_windows_share_alpha: bool = True

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> "Design":
        if self.horizon is not None and self.delay >= self.horizon:
            raise ValueError(f"delay must be below the horizon, {self.horizon:g}")
        return self

    def alphas(self, late: NDArray[np.bool_]) -> Float:
        """The alpha of a product and event in each of its windows, `late` being one per window."""
        shared = self.alpha / max(int(late.sum()), 1) if self.late_windows_share_alpha else 1.0
        return np.where(late & self.late_windows_share_alpha, shared, self.alpha)

    def minimums(self, designated_late: NDArray[np.bool_]) -> Float:
        """The fewest events that signal, where a designated event meets a late window."""
        return np.where(designated_late, self.minimum_designated_late, self.minimum).astype(float)

    def wanted(self, projected: Float) -> Float:
        """Expected events that a key is to be watched for in all: as configured, else projected."""
        if self.horizon is not None:
            return np.full(projected.shape, self.horizon)
        return np.maximum(projected, LADDER[0])

    def horizons(self, wanted: Float, covered: Float) -> Float:
        """The horizon of a new test, after earlier ones that `covered` some expected events.

        A first test (nothing covered) gets a configured horizon as it is; everything else is
        rounded up to 1, 2, 5, 10, ..., 2000, and to more than the delay.
        """
        shortest = np.searchsorted(LADDER, self.delay, side="right")
        place = np.maximum(np.searchsorted(LADDER, wanted - covered, side="left"), shortest)
        rounded = LADDER[np.minimum(place, LADDER.size - 1)]
        return rounded if self.horizon is None else np.where(covered > 0, rounded, wanted)
