"""Retention after treatment: which share of the patients is still followed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
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

    def scenarios(self) -> dict[str, Retention]:
        """The retention curves, by scenario: central, low, high."""
        return {name: Retention.of(shares) for name, shares in self}


class Followed(BaseModel):
    """Published survival of the patients of some products (brands), with its source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    products: tuple[str, ...] = Field(min_length=1)
    basis: str = Field(min_length=1)
    source: str = Field(min_length=1)
    retained: Retained


class Assumption(BaseModel):
    """Retention after treatment, named and versioned: of `followed` products by what is published,
    of all others by an assumption with no data behind it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int
    description: str
    retained: Retained
    followed: tuple[Followed, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> "Assumption":
        named = [product.casefold() for each in self.followed for product in each.products]
        if len(named) > len(set(named)):
            raise ValueError("a product must not be followed twice")
        return self

    @property
    def title(self) -> str:
        """Name and version, as the tables show it."""
        return f"{self.name} {self.version}"

    @property
    def curves(self) -> tuple[Retained, ...]:
        """Of all products that are not named, then of those of each entry of `followed`."""
        return (self.retained, *(each.retained for each in self.followed))

    def curve_no(self, products: Sequence[str] | NDArray[np.object_]) -> NDArray[np.int64]:
        """The place of each product's curve in `curves`."""
        place = {
            product.casefold(): number
            for number, each in enumerate(self.followed, 1)
            for product in each.products
        }
        found = [place.get(str(product).casefold(), 0) for product in products]
        return np.array(found, dtype=np.int64)

    def told(self, curve_no: int) -> str:
        """Name, version and, of a published curve, what it rests on, as the tables show it."""
        if not curve_no:
            return self.title
        each = self.followed[curve_no - 1]
        return f"{self.title}: {each.basis} ({each.source})"

    def scenarios(self, curve_no: int = 0) -> dict[str, Retention]:
        """The retention curves of products by their curve, by scenario: central, low, high."""
        return self.curves[curve_no].scenarios()
