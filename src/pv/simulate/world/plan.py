"""How many cases of which product and event a world shall hold, country by country."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Rates = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class PlantedPair:
    """A product-event pair with planned cases in each of K countries.

    Attributes:
        kind: what was planted, a key of `scenarios.planted.VERDICTS`.
        product: index into `catalogue.THERAPIES`.
        event: term, named by no other mechanism of the simulator.
        latency_days: median time from treatment to onset of the joint cases; None where the
            therapy does not cause the event, which then comes at any time alike.
        sequence: the country of each joint case, in the order in which they are received (J).
        event_cases: cases with the event (K), a + c.
        rates: events per person-year that come without the therapy (K), as the background says.
        true_ratio: how many times as often the treated have the event.
        hidden: which joint cases are reported without a country (J).
        before_notice: how many joint cases are received before the notice on the pair; None
            without a notice.
        twice: the second half of the joint cases are the persons of the first, told of again.
    """

    kind: str
    product: int
    event: str
    latency_days: float | None
    sequence: Counts
    event_cases: Counts
    rates: Rates
    true_ratio: float
    hidden: Flags
    before_notice: int | None = None
    twice: bool = False

    @property
    def joint(self) -> Counts:
        """Cases with both (K), the cell a."""
        return np.bincount(self.sequence, minlength=self.event_cases.size)


@dataclass(frozen=True)
class Plan:
    """Cases of each product in each country (P, K), and the planted pairs.

    For each case of a product, patients of it are followed for `person_years` together.
    """

    product_cases: Counts
    pairs: tuple[PlantedPair, ...]
    person_years: float
