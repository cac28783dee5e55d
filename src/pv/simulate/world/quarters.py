"""Calendar quarters, the unit in which FAERS publishes."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, `Quarter(2024, 1)` being January to March 2024.

    Raises:
        ValueError: when `number` is not 1, 2, 3 or 4.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4):
            raise ValueError(f"a quarter is 1, 2, 3 or 4, not {self.number}")

    @property
    def label(self) -> str:
        """`2024Q1`, as in the name of a FAERS zip."""
        return f"{self.year}Q{self.number}"

    @property
    def short(self) -> str:
        """`24Q1`, as in the names of the files inside it."""
        return self.label[2:]

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def day_number(self) -> int:
        """The first day as days since 1970-01-01."""
        return (self.first_day - date(1970, 1, 1)).days

    @property
    def next(self) -> "Quarter":
        """The quarter that follows."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        return self.next.first_day - timedelta(days=1)

    @property
    def days(self) -> int:
        """Number of days in the quarter."""
        return (self.next.first_day - self.first_day).days


def quarter_range(first: Quarter, last: Quarter) -> tuple[Quarter, ...]:
    """Every quarter from `first` to `last`, both included."""
    found: list[Quarter] = []
    while first <= last:
        found.append(first)
        first = first.next
    return tuple(found)
