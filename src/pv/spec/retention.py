"""Retention after treatment: which share of the patients is still followed."""

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pv.stats.person_time import Retention


class Retained(BaseModel):
    """Yearly shares still followed, in three scenarios: low never above central above high."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    central: tuple[float, ...] = Field(min_length=1)
    low: tuple[float, ...] = Field(min_length=1)
    high: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Retained":
        shares = (*self.low, *self.central, *self.high)
        if not all(0 < share <= 1 for share in shares):
            raise ValueError("a yearly share must lie in (0, 1]")
        longest = max(len(self.low), len(self.central), len(self.high))
        # The last figure holds for all later years.
        low, central, high = (
            np.cumprod([*yearly, *[yearly[-1]] * (longest - len(yearly))])
            for yearly in (self.low, self.central, self.high)
        )
        # Beyond the years that are listed the last figures decide.
        ends = self.low[-1] <= self.central[-1] <= self.high[-1]
        if np.any(low > central) or np.any(central > high) or not ends:
            raise ValueError("low must keep no more patients than central, central than high")
        return self


class Assumption(BaseModel):
    """Retention after treatment: named and versioned, because no data are behind it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int
    description: str
    retained: Retained

    @property
    def title(self) -> str:
        """Name and version, as the tables show it."""
        return f"{self.name} {self.version}"

    def scenarios(self) -> dict[str, Retention]:
        """The retention curves, by scenario: central, low, high."""
        return {name: Retention.of(shares) for name, shares in self.retained}
