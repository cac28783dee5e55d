"""What a field and a table are."""

from dataclasses import dataclass, field, replace
from typing import Literal

DuckType = Literal[
    "boolean",
    "integer",
    "bigint",
    "ubigint",
    "double",
    "date",
    "timestamp",
    "varchar",
    "varchar[]",
    "json",
]


@dataclass(frozen=True, slots=True)
class Field:
    """One column, wherever it occurs.

    `unit` is the unit of a number; `allowed`, `minimum`, `maximum` and `pattern` are the
    constraints that the expectations check; `e2b` is the ICH E2B(R3) element it holds. What is
    `private` may hold what a file said of a person, and is in no snapshot.
    """

    name: str
    type: DuckType
    meaning: str
    unit: str | None = None
    required: bool = False
    allowed: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    e2b: str | None = None
    private: bool = False

    def must(self) -> "Field":
        """The same field where it may not be null."""
        return replace(self, required=True)

    def describe(self) -> str:
        """Meaning, unit and E2B element in one sentence: the column's comment."""
        parts = [self.meaning]
        if self.unit:
            parts.append(f"unit: {self.unit}")
        if self.allowed:
            parts.append("one of: " + ", ".join(self.allowed))
        if self.e2b:
            parts.append(f"E2B(R3) {self.e2b}")
        if self.private:
            parts.append("never published")
        return "; ".join(parts)


# How long the rows of a table last. derived: computed from other tables, and made anew when the
# columns change. received: what the files said, as long as the warehouse. permanent: nothing gives
# it back, so that every snapshot holds it too.
Durability = Literal["derived", "received", "permanent"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what one row is, its fields, and what a reader must beware of."""

    schema: str
    name: str
    grain: str
    fields: tuple[Field, ...]
    beware: str = ""
    key: tuple[str, ...] = field(default=())
    durability: Durability = "derived"

    @property
    def qualified(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    def published(self) -> "Table":
        """The table as a snapshot holds it: without what is private."""
        return replace(self, fields=tuple(f for f in self.fields if not f.private))

    def describe(self) -> str:
        """The table's comment."""
        text = f"Grain: one row per {self.grain}."
        return f"{text} Beware: {self.beware}" if self.beware else text


@dataclass(frozen=True, slots=True)
class View:
    """A view of the snapshot: what one row is, what it is for, its columns and their types."""

    name: str
    grain: str
    why: str
    columns: tuple[tuple[Field, str], ...]


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of the snapshot: how it is called, and what it gives."""

    name: str
    params: str
    why: str
    gives_rows: bool

    @property
    def call(self) -> str:
        """The macro as it is called."""
        return f"{self.name}({self.params})"
