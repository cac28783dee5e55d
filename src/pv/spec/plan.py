"""The plan of the rate arm: latency windows, retention, and what a window must show."""

import tomllib
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pv.errors import UsageError
from pv.stats.person_time import Retention

ALL = "all"
_HERE = Path(__file__).parent
_Model = TypeVar("_Model", bound=BaseModel)


class Window(BaseModel):
    """A latency window, by its name and its last whole day since first administration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    last_day: int = Field(ge=0)


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


def load_plan(file: Path = _HERE / "windows.toml") -> Plan:
    """The plan of a TOML file. Raises `UsageError` naming the file and what is wrong in it."""
    return _load(file, Plan)


def load_retention(file: Path | None = None) -> Assumption:
    """The retention of a TOML file, as shipped without one. Raises `UsageError` as above."""
    return _load(file or _HERE / "retention" / "default.toml", Assumption)


def _load(file: Path, model: type[_Model]) -> _Model:
    try:
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{file}: {where}: {first['msg']}") from error
