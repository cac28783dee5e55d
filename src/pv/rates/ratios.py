"""Rate ratios: observed over expected, and pooled over countries (METHODS parts 3 and 4)."""

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.rates.windows import Windows
from pv.stats import poisson
from pv.stats.background import observed_uncertain, probability_above
from pv.stats.conditional import common_rate_ratio, random_rate_ratio

# Background events beyond these are a rate known exactly, and the convolution would be long: the
# pooled O/E says the same.
_MOST_EVENTS = 2_000.0
_NAMES = (
    "common_rr", "common_rr_lower", "common_rr_upper",
    "random_rr", "random_rr_lower", "random_rr_upper", "tau2",
)  # fmt: skip


def observed_over_expected(windows: Windows) -> dict[str, NDArray[np.generic]]:
    """One entry per row of the grid, against its background; nan where nothing is expected."""
    expected = windows.central.mean.ravel()
    some = expected > 0
    n, mean = windows.counts.compared.ravel()[some], expected[some]
    ratio = observed_uncertain(n, mean, windows.central.variance.ravel()[some])
    # The least favourable reading: every case that may be one, and the fewest person-years.
    bound = observed_uncertain(
        windows.counts.compared_possible.ravel()[some],
        windows.low.mean.ravel()[some],
        windows.low.variance.ravel()[some],
    )
    values = {
        "n_compared": n,
        "expected": mean,
        "expected_low": windows.low.mean.ravel()[some],
        "expected_high": windows.high.mean.ravel()[some],
        "oe": ratio.estimate,
        "oe_lower": ratio.lower,
        "oe_upper": ratio.upper,
        "p_excess": ratio.p_upper,
        "rr_above_1": probability_above(n, mean, 1),
        "rr_above_2": probability_above(n, mean, 2),
        "reporting_fraction": poisson.minimum_reporting_fraction(n, mean),
        "rr_upper": bound.upper,
    }
    columns: dict[str, NDArray[np.generic]] = {}
    for name, found in values.items():
        whole = np.full(expected.size, np.nan)
        # An upper limit without end is none.
        whole[some] = np.where(np.isfinite(found), found, np.nan)
        columns[name] = whole
    return columns


def pooled(windows: Windows) -> dict[str, NDArray[np.generic]]:
    """The exact common ratio and the random-effects ratio of pools that are sums of countries, each
    country against its own background counts.

    Only rows with a case, and with at least two backgrounds that give whole events and
    person-time. Countries that share a background are one stratum: its events count once.
    """
    counts, places = windows.counts.compared, windows.places
    shape = counts.shape
    rows: list[int] = []
    found: list[Float] = []
    for pool, event, window in np.argwhere((counts > 0) & places.is_sum[:, None, None]):
        strata = _strata(windows, int(pool), int(event), int(window))
        if strata is None:
            continue
        rows.append(int(np.ravel_multi_index((pool, event, window), shape)))
        common, random = common_rate_ratio(*strata), random_rate_ratio(*strata)
        found.append(
            np.array(
                [
                    common.estimate, common.lower, common.upper,
                    random.estimate, random.lower, random.upper, random.tau2,
                ]
            )
        )  # fmt: skip
    values = np.array(found).reshape(-1, len(_NAMES))
    finite = np.where(np.isfinite(values), values, np.nan)
    return {"row_no": np.array(rows, dtype=np.int64), **dict(zip(_NAMES, finite.T, strict=True))}


def _strata(
    windows: Windows, pool: int, event: int, window: int
) -> tuple[Float, Float, Float, Float] | None:
    """Cases and person-years, background events and person-years of each background of a pool."""
    places, rates = windows.places, windows.backgrounds
    country = np.flatnonzero((places.pool == pool) & ~places.is_sum)
    source = rates.source[country, event]
    country, source = country[source >= 0], source[source >= 0]
    sources, index = np.unique(source, return_inverse=True)
    events, time = rates.events[sources], rates.person_years[sources]
    usable = np.isfinite(events) & (events == np.floor(events)) & (time > 0)
    if sources.size < 2 or not usable.all() or events.sum() > _MOST_EVENTS:
        return None
    cases, years = np.zeros(sources.size), np.zeros(sources.size)
    np.add.at(cases, index, windows.counts.compared[country, event, window])
    np.add.at(years, index, places.years[country, window, -1])
    # Cases without person-time cannot be compared with anything.
    return None if np.any((cases > 0) & (years == 0)) else (cases, years, events, time)
