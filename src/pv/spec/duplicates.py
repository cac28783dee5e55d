"""When two cases of the whole database, of whatever source, are taken for one person's report."""

import csv
import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Probability = Annotated[float, Field(gt=0, lt=1)]

# How many levels of agreement sql and `pv.cases.weighing` tell apart in each field.
COMPARED: Mapping[str, int] = MappingProxyType({
    "product": 3, "products": 3, "event": 3, "events": 3, "age": 3, "sex": 1, "country": 1,
    "day": 3, "month": 1, "start": 2, "lot": 1, "receipt": 2, "sender": 2, "outcome": 1,
})  # fmt: skip
# Of these the first level may be weighed by how common the value is.
COUNTED = ("product", "event", "age", "country", "day", "start", "lot")


class Agreement(BaseModel):
    """One way in which a field agrees: `m` for one person, `u` for two.

    `by_frequency`: u is how common the value is, and the `u` given counts as `pseudo_cases` cases
    beside those in the database; never less than `least_u`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    says: str
    m: Probability
    u: Probability
    by_frequency: bool = False
    least_u: float = Field(default=0, ge=0, lt=1)


class Duplicates(BaseModel):
    """Thresholds and weights of the linkage of the whole database.

    `linked_from` is the probability from which two cases are one for counting, `possible_from` that
    from which they are shown as possibly one. `remaining` are the other reports of its person that
    a case has on average; a database of fewer than `least_cases` is judged as one of that size. The
    fields that tell persons apart must give `least_personal` bits. `apart` keeps two cases apart in
    counting: two known countries or sexes that differ, one sender who tells both on one day, or
    one source that does not say of both who sent them.
    More than `series_from` cases of one sender with the same contents are a series; a block of more
    than `largest_block` cases is not compared.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    linked_from: Probability
    possible_from: Probability
    remaining: float = Field(gt=0)
    least_cases: int = Field(ge=2)
    pseudo_cases: float = Field(gt=0)
    least_personal: float = Field(ge=0)
    apart: tuple[Literal["country", "sex", "sender", "unknown_sender"], ...]
    series_from: int = Field(ge=2)
    largest_block: int = Field(ge=2)
    level: tuple[Agreement, ...]

    @model_validator(mode="after")
    def _as_compared(self) -> "Duplicates":
        if (found := {name: len(levels) for name, levels in self.fields.items()}) != dict(COMPARED):
            raise ValueError(f"the levels by field must be {dict(COMPARED)}, not {found}")
        if self.possible_from > self.linked_from:
            raise ValueError("possible_from must not be above linked_from")
        for name, levels in self.fields.items():
            if any(lv.by_frequency for lv in levels) and name not in COUNTED:
                raise ValueError(f"{name}: nobody counts how common its values are")
            if max(sum(lv.m for lv in levels), sum(lv.u for lv in levels)) >= 1:
                raise ValueError(f"{name}: m and u of all levels must leave room for disagreement")
        return self

    @property
    def fields(self) -> dict[str, tuple[Agreement, ...]]:
        """The levels by field, in the order of the table."""
        names = dict.fromkeys(level.field for level in self.level)
        return {name: tuple(lv for lv in self.level if lv.field == name) for name in names}

    @property
    def digest(self) -> str:
        """SHA-256 of all fields."""
        said = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def least_weight(self) -> float:
        """The weight in bits below which no two cases, in no database, are possibly one."""
        odds = self.possible_from / (1 - self.possible_from)
        return math.log2(odds) - math.log2(self.remaining) + math.log2(self.least_cases - 1)


# What `tools/measure_duplicates.py` measured, and of which specification.
MEASURED = Path(__file__).with_name("duplicates_measured.csv")


def measured(spec: Duplicates) -> list[dict[str, str]]:
    """How right the linkage is on the labelled sample, by country and sources; nothing where it was
    not measured with these weights."""
    with MEASURED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if row.pop("specification") == spec.digest]
