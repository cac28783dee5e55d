"""How probable it is that two cases are one person's: Fellegi-Sunter weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy import special

Float = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]


class Level(BaseModel):
    """One way in which a field agrees: `m` for one person, `u` for two, and how to say it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    says: str
    m: float = Field(gt=0, lt=1)
    u: float = Field(gt=0, lt=1)


# How many levels of agreement sql/pairs/compared tells apart in each field.
COMPARED = {
    "sex": 1, "age": 2, "day": 2, "month": 1, "lot": 1, "country": 1, "receipt": 1, "drugs": 2,
    "events": 2,
}  # fmt: skip


class Linkage(BaseModel):
    """The table of weights; of each field the closest agreement comes first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    pseudo_cases: float = Field(ge=0)
    remaining: float = Field(gt=0)
    level: tuple[Level, ...]

    @model_validator(mode="after")
    def _as_compared(self) -> "Linkage":
        if (found := {name: len(levels) for name, levels in self.fields.items()}) != COMPARED:
            raise ValueError(f"the levels by field must be {COMPARED}, not {found}")
        for name, levels in self.fields.items():
            if max(sum(lv.m for lv in levels), sum(lv.u for lv in levels)) >= 1:
                raise ValueError(f"{name}: m and u of all levels must leave room for disagreement")
        return self

    @property
    def fields(self) -> dict[str, tuple[Level, ...]]:
        """The levels by field, in the order of the table."""
        names = dict.fromkeys(level.field for level in self.level)
        return {name: tuple(lv for lv in self.level if lv.field == name) for name in names}

    def weight(self, compared: Columns) -> Float:
        """Natural log of the likelihood ratio of each comparison [L].

        `compared` has for each field a column [L] of that name: 0 where a value is missing (no
        evidence), -1 where the two disagree, else the place of the level counted from 1. Where it
        is known how common the value is, `<field>_known` are the cases of the product with the
        field and `<field>_alike_<level>` those that agree with the value at a level, the two
        compared among them. They move u, as in Winkler's value-specific weights (Fellegi and
        Sunter 1969, J Am Stat Assoc 64:1183; Winkler 1989). Agreement never speaks against a
        match and disagreement never for one.
        """
        return np.sum([self._field_weight(name, compared) for name in self.fields], axis=0)

    def probability(self, weight: Float, n: Float) -> Float:
        """Probability of a match, for comparisons [L] within a pair of `n` cases.

        A case has `remaining` other reports among the n - 1 others, so these are the prior odds.
        """
        return special.expit(weight + np.log(self.remaining) - np.log(n - 1))

    def least_weight(self, probability: float) -> float:
        """The weight below which no pair, however small, gives the probability."""
        return float(special.logit(probability) - np.log(self.remaining))

    def says(self, compared: Columns) -> dict[str, NDArray[np.object_]]:
        """For each field what the comparisons agree in, in words; empty where they do not."""
        words = {
            name: np.array(["", *(level.says for level in levels)], dtype=object)
            for name, levels in self.fields.items()
        }
        return {name: words[name][np.maximum(compared[name], 0)] for name in words}

    def _field_weight(self, name: str, compared: Columns) -> Float:
        found = compared[name]
        known = _others(compared, f"{name}_known", found.size)
        weight = np.zeros(found.size)
        m_differ, u_differ = 1.0, np.ones(found.size)
        for place, level in enumerate(self.fields[name], 1):
            alike = _others(compared, f"{name}_alike_{place}", found.size)
            u = (self.pseudo_cases * level.u + alike) / (self.pseudo_cases + known)
            agree = found == place
            weight[agree] = np.maximum(np.log(level.m / u[agree]), 0)
            m_differ -= level.m
            u_differ -= u
        differ = found == -1
        weight[differ] = np.minimum(np.log(m_differ / np.maximum(u_differ[differ], 1e-9)), 0)
        return weight


def _others(compared: Columns, name: str, size: int) -> Float:
    """A count of cases without the two that are compared; 0 where nothing is counted."""
    if name not in compared:
        return np.zeros(size)
    return np.maximum(compared[name].astype(np.float64) - 2, 0)
