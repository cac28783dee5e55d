"""How many cases of which product and event a world shall hold, country by country."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class PlantedPair:
    """A product-event pair with planned counts in each of K countries.

    Attributes:
        kind: what was planted, a key of `scenarios.planted.VERDICTS`.
        product: index into `catalogue.THERAPIES`.
        event: term, named by no other mechanism of the simulator.
        latency_days: median time from administration to onset of the joint cases.
        joint: cases with both (K), the cell a.
        event_cases: cases with the event (K), a + c.
    """

    kind: str
    product: int
    event: str
    latency_days: int
    joint: Counts
    event_cases: Counts


@dataclass(frozen=True)
class Plan:
    """Cases of each product in each country (P, K), and the planted pairs."""

    product_cases: Counts
    pairs: tuple[PlantedPair, ...]
