"""The latency windows after administration, and what one must show."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

ALL = "all"


class Window(BaseModel):
    """A latency window, by its name and its last whole day since first administration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    last_day: int = Field(ge=0)


class Plan(BaseModel):
    """Windows, and what one is asked: fixed before the data are looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int
    relative_risk: float = Field(gt=1)
    power: float = Field(gt=0, lt=1)
    late_from: int = Field(ge=0)
    onset_days: tuple[int, ...] = Field(min_length=1)
    onset_cases: int = Field(ge=1)
    onset_distinct: int = Field(ge=1)
    window: tuple[Window, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascending(self) -> "Plan":
        if np.any(np.diff(self.edges) <= 0):
            raise ValueError("each window must end after the one before it")
        if ALL in (w.name for w in self.window):
            raise ValueError(f"{ALL!r} is the name of all windows together")
        if np.any(np.diff(self.onset_days) <= 0):
            raise ValueError("onset_days must ascend")
        return self

    @property
    def edges(self) -> NDArray[np.int64]:
        """First day of each window and the day after the last one [windows + 1]."""
        return np.array([0, *(w.last_day + 1 for w in self.window)])

    @property
    def names(self) -> list[str]:
        """The windows in order of time, and last the one of all days together."""
        return [*(w.name for w in self.window), ALL]

    @property
    def first_days(self) -> NDArray[np.int64]:
        """First day of each window; of `all`, the first of all [windows + 1]."""
        return np.append(self.edges[:-1], 0)

    @property
    def last_days(self) -> NDArray[np.int64]:
        """Last day of each window; of `all`, the last of all [windows + 1]."""
        return np.append(self.edges[1:], self.edges[-1]) - 1

    @property
    def late(self) -> NDArray[np.bool_]:
        """Whether a window is one of the late ones [windows + 1]."""
        return self.first_days >= self.late_from
