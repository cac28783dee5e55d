"""The rule that decides when counts are a signal: fixed in advance, versioned, the same for all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    model_validator,
)

from pv.errors import UsageError
from pv.spec.files import SHIPPED, read

PRESETS = SHIPPED / "rules"

Statistic = Literal["ic025", "ror025", "prr", "chi2_yates", "eb05"]
Role = Literal["primary_suspect", "suspect", "interacting", "concomitant"]
# More cases than there will ever be; a column of counts holds it.
_MOST = 2**31 - 1
# Words of a scope that name no product.
ADVANCED_THERAPIES, ALL = "advanced_therapies", "all"


class Threshold(BaseModel):
    """One condition on one statistic: strictly above a limit, or at least a limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statistic: Statistic
    above: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> "Threshold":
        if (self.above is None) == (self.at_least is None):
            raise ValueError(f"{self.statistic} needs exactly one of above and at_least")
        return self

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where the condition holds; an undefined value (nan) never does."""
        with np.errstate(invalid="ignore"):
            if self.above is not None:
                return values > self.above
            assert self.at_least is not None, "the validator demands one limit"
            return values >= self.at_least


def _names(value: object) -> object:
    """One name or a list of them as a tuple in small letters."""
    if not isinstance(value, str | list | tuple):
        return value
    names = [value] if isinstance(value, str) else value
    found = tuple(" ".join(str(name).split()).lower() for name in names)
    if not found or not all(found):
        raise ValueError(f"name products or substances, {ADVANCED_THERAPIES!r} or {ALL!r}")
    return found


class Rule(BaseModel):
    """A rule preset. `n_min_additional_monitoring` lowers n_min for products under it.

    `max_country_share` and `min_countries` are condition 3 of the verdict (METHODS part 7),
    `duplicate_probability` (cases that are the same with at least it are joined) condition 4.

    `scope` are the products whose lists have an error (METHODS part 5.1): names of products or
    substances in small letters, `advanced_therapies`, or `all`. `null` is the law of a pair without
    effect; `q_max_important` and `q_max_other` are the largest q-values of a confirmed pair whose
    event is, or is in, an event group, and of any other. `stratum_min_cases` closes a period of
    receipt in a stratum: cases are compared inside one (METHODS part 1). The rest is for the
    evidence beside a verdict and decides nothing: the p-value below which countries differ, the
    relative risks at which detection is computed, the probability from which a country counts as
    able to detect, and how many permutations each permutation null has.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int
    description: str
    n_min: int = Field(ge=1, le=_MOST)
    n_min_additional_monitoring: int | None = Field(default=None, ge=1, le=_MOST)
    threshold: tuple[Threshold, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = ("primary_suspect", "suspect", "interacting")
    max_country_share: float = Field(default=0.8, gt=0, le=1)
    min_countries: int = Field(default=2, ge=1, le=_MOST)
    reference_rr: tuple[PositiveFloat, PositiveFloat, PositiveFloat] = (2.0, 5.0, 10.0)
    # The names in rule files of version 0.1 are still read.
    detectable_from: float = Field(
        default=0.8, gt=0, le=1, validation_alias=AliasChoices("detectable_from", "blind_below")
    )
    permutations: int = Field(
        default=20, ge=0, le=10_000, validation_alias=AliasChoices("permutations", "placebo_draws")
    )
    duplicate_probability: float = Field(default=0.5, gt=0, le=1)
    homogeneity_alpha: float = Field(default=0.01, ge=0, lt=1)
    stratum_min_cases: int = Field(default=50, ge=1, le=_MOST)
    scope: Annotated[tuple[str, ...], BeforeValidator(_names)] = (ADVANCED_THERAPIES,)
    null: Literal["empirical", "sharp"] = "empirical"
    q_max_important: float = Field(default=0.20, gt=0, lt=1)
    q_max_other: float = Field(default=0.10, gt=0, lt=1)

    @property
    def counted(self) -> dict[str, list[str]]:
        """What counting asks: the roles in which a product counts, and the scope."""
        return {"roles": list(self.roles), "scope": list(self.scope)}

    @property
    def needs_prior(self) -> bool:
        """Whether a verdict depends on the GPS prior of its look."""
        return self.null == "empirical" or self.needs("eb05")

    def needs(self, statistic: Statistic) -> bool:
        """Whether a threshold reads the statistic."""
        return any(threshold.statistic == statistic for threshold in self.threshold)

    def holds(
        self,
        n: NDArray[np.int64],
        statistics: Mapping[str, NDArray[np.float64]],
        additional_monitoring: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Where the rule holds; every argument has one entry per pair (or pair and country)."""
        monitored = self.n_min_additional_monitoring
        low = self.n_min if monitored is None else monitored
        flagged = n >= np.where(additional_monitoring, low, self.n_min)
        for threshold in self.threshold:
            flagged &= threshold.holds(statistics[threshold.statistic])
        return flagged


def load(chosen: str | Path | None) -> Rule:
    """The rule of a preset's name or of a TOML file; the default rule for None.

    Raises `UsageError` naming the file and what is wrong in it.
    """
    name = str(chosen or "default")
    preset = PRESETS / f"{name}.toml"
    file = preset if preset.is_file() else Path(name)
    if not file.is_file():
        known = ", ".join(sorted(p.stem for p in PRESETS.glob("*.toml")))
        raise UsageError(f"no rule preset or file {name!r}; the presets are {known}")
    return read(file, Rule)
