"""The world behind the reports: countries that differ in size and in what they report."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.catalogue import COMMON_TERMS, COUNTRIES, RARE_TERMS, invented_term

# How far a country's habits lie from the world's: the sigma of a lognormal factor on each weight.
# 0.8 lets a drug or a term be several times commoner in one country than in another, so that
# collapsing countries confounds, as it does in reality.
HABIT_SIGMA = 0.8
NAMIBIA_SHARE = 0.001


@dataclass(frozen=True)
class World:
    """Countries with their reporting habits; K countries, D substances, B background events.

    Attributes:
        countries: ISO codes, largest first (K).
        case_counts: cases of each country (K).
        substances: number of invented substances (D).
        events: background event terms (B).
        substance_cdf: cumulative share of each substance within a country, shape (K, D).
        event_cdf: cumulative share of each event within a country, shape (K, B).
        own_reactions: indices of the events each substance itself causes, shape (D, 3).
    """

    countries: tuple[str, ...]
    case_counts: NDArray[np.int64]
    substances: int
    events: tuple[str, ...]
    substance_cdf: NDArray[np.float64]
    event_cdf: NDArray[np.float64]
    own_reactions: NDArray[np.int64]


def build_world(  # noqa: PLR0913 - the size of a world
    *, cases: int, countries: int, substances: int, invented_events: int, rng: np.random.Generator,
    decline: float = 1.0,
) -> World:  # fmt: skip
    """A world of `cases` cases in `countries` countries, the smallest of which is Namibia.

    The others are of sizes 1, 1/2, 1/3, ..., to the power of `decline`: 0 makes all of one size.

    Raises:
        ValueError: when fewer than 3 or more countries are asked for than are known.
    """
    if not 3 <= countries <= len(COUNTRIES):
        raise ValueError(f"countries must lie between 3 and {len(COUNTRIES)}, not {countries}")
    events = (
        *COMMON_TERMS,
        *(invented_term(number) for number in range(1, invented_events + 1)),
        *RARE_TERMS,
    )
    event_weights = _zipf(len(events))
    event_weights[-len(RARE_TERMS) :] = list(RARE_TERMS.values())
    sizes = 1 / np.arange(1, countries) ** decline
    shares = np.append(sizes / sizes.sum() * (1 - NAMIBIA_SHARE), NAMIBIA_SHARE)
    return World(
        countries=(*COUNTRIES[: countries - 1], COUNTRIES[-1]),
        case_counts=apportion(cases, shares),
        substances=substances,
        events=events,
        substance_cdf=_habits(_zipf(substances), countries, rng),
        event_cdf=_habits(event_weights, countries, rng),
        own_reactions=rng.integers(0, len(events) - len(RARE_TERMS), (substances, 3)),
    )


def apportion(total: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers that sum to `total`, as near to `shares` as can be (largest remainders).

    `shares` (any shape (K,), not negative) need not sum to 1.
    """
    exact = shares / shares.sum() * total
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts


def draw(
    cdf: NDArray[np.float64], country: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """One draw for each entry of `country` (indices) from that country's row of `cdf` (K, M)."""
    # Row k is shifted to (k, k + 1], so that one binary search serves all countries at once.
    n_countries, width = cdf.shape
    ladder = (cdf + np.arange(n_countries)[:, None]).ravel()
    found = np.searchsorted(ladder, country + rng.random(country.size), side="right")
    return np.minimum(found - country * width, width - 1)


def _zipf(size: int) -> NDArray[np.float64]:
    return 1 / (np.arange(size) + 5.0)


def _habits(
    weights: NDArray[np.float64], countries: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    local = weights * rng.lognormal(0, HABIT_SIGMA, (countries, weights.size))
    cdf = np.cumsum(local, axis=1)
    return cdf / cdf[:, -1:]
