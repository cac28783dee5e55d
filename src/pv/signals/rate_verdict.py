"""What the pool saw by its rates that no single country could: verdicts on sequential chains."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pv.signals.ledger import ALL, Days, Float, Standing, Text

WITHIN = ("product", "event", "event_kind", "latency_window")


@dataclass(frozen=True, slots=True)
class RateVerdicts:
    """One entry per product, event, event kind and window of the ledger, sorted by these.

    Attributes:
        verdict: pooled_only (the pool's chain has signalled, and no country's), country_signal (a
            country's has) or not_flagged.
        pooled_on, country_on: date of the pool's signal and of the first country's; NaT without.
        first_country: that country (the first by name of several on one day), None without.
        n_countries_signalled: countries whose chain has signalled.
        gain_days: from the pool's signal to the first country's, negative when the country was
            first. Without a country's, up to the data lock point: it is then at least that
            (`gain_censored`). nan while the pool has not signalled.
    """

    product: Text
    event: Text
    event_kind: Text
    latency_window: Text
    verdict: Text
    pooled_on: Days
    country_on: Days
    first_country: Text
    n_countries_signalled: NDArray[np.int64]
    gain_days: Float
    gain_censored: NDArray[np.bool_]


def rate_verdicts(standing: Standing, as_of: date) -> RateVerdicts:
    """The verdict of each product, event and window at `as_of`, which `standing` is of.

    The pool and each country are held to the same rule, each with its full alpha, at every look so
    far (METHODS part 7, condition 1): a chain that has signalled stays so.
    """
    columns = {name: getattr(standing, name) for name in WITHIN}
    first = np.ones(standing.country.size, dtype=bool)
    first[1:] = np.any([columns[k][1:] != columns[k][:-1] for k in WITHIN], axis=0)
    group = np.cumsum(first) - 1
    size = int(first.sum())

    signalled = ~np.isnat(standing.signalled_on)
    pool = signalled & (standing.country == ALL)
    pooled_on = np.full(size, np.datetime64("NaT", "D"))
    pooled_on[group[pool]] = standing.signalled_on[pool]

    rows = np.flatnonzero(signalled & (standing.country != ALL))
    # Rows are in the order of their country: the sort by day is stable, so names break ties.
    rows = rows[np.argsort(standing.signalled_on[rows], kind="stable")]
    found, place, count = np.unique(group[rows], return_index=True, return_counts=True)
    country_on = np.full(size, np.datetime64("NaT", "D"))
    country_on[found] = standing.signalled_on[rows[place]]
    first_country = np.full(size, None, dtype=object)
    first_country[found] = standing.country[rows[place]]
    n_signalled = np.zeros(size, dtype=np.int64)
    n_signalled[found] = count

    censored = ~np.isnat(pooled_on) & np.isnat(country_on)
    until = np.where(censored, np.datetime64(as_of, "D"), country_on)
    gain = (until - pooled_on) / np.timedelta64(1, "D")  # nan where either is NaT
    verdict = np.where(censored, "pooled_only", "not_flagged").astype(object)
    verdict[n_signalled > 0] = "country_signal"
    return RateVerdicts(
        **{name: column[first] for name, column in columns.items()},
        verdict=verdict,
        pooled_on=pooled_on,
        country_on=country_on,
        first_country=first_country,
        n_countries_signalled=n_signalled,
        gain_days=gain,
        gain_censored=censored,
    )
