"""What each latency window can show, given its person-time and background."""

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.rates.windows import Windows
from pv.stats import power
from pv.stats.person_time import patient_years

# The rate ratios whose probability of detection has a column.
_RISKS = (2.0, 5.0, 10.0)


def columns(windows: Windows, alphas: Float) -> dict[str, NDArray[np.generic]]:
    """One entry per row of the grid, tested with `alphas` [K, E, W]; nan where nothing is expected
    or no alpha is left.

    A window detects a rate ratio when its count is at least n_min and significant at the row's
    alpha, at one look; a sequence of looks needs somewhat more.
    """
    shape = windows.central.mean.shape
    expected = windows.central.mean
    some = (expected > 0) & (alphas > 0)
    critical = np.full(shape, np.nan)
    needed = np.full(shape, np.nan)
    n_min = np.broadcast_to(windows.n_min, shape)
    for alpha in np.unique(alphas[alphas > 0]):
        here = (alphas == alpha) & some
        critical[here] = power.critical_count_poisson(
            expected[here], alpha=float(alpha), n_min=n_min[here]
        )
        for fewest in np.unique(n_min):
            # At a rate of 1 the person-time needed is the expectation needed.
            needed[(alphas == alpha) & (n_min == fewest)] = power.person_time_needed(
                1.0,
                relative_risk=windows.plan.relative_risk,
                power=windows.plan.power,
                n_min=int(fewest),
                alpha=float(alpha),
            )
    years_needed = needed / np.where(_rate(windows) > 0, _rate(windows), np.nan)
    kept = windows.assumption
    by_curve = np.stack(
        [
            patient_years(windows.plan.edges, kept.scenarios(number)["central"])
            for number in range(len(kept.curves))
        ]
    )
    a_patient = np.column_stack([by_curve, by_curve.sum(axis=1)])[
        kept.curve_no(windows.places.product)
    ]
    detected = {
        **{
            f"detection_rr{risk:.0f}": power.detection_probability(
                expected[some], n_min=critical[some], relative_risk=risk
            )
            for risk in _RISKS
        },
        "minimal_rr": power.minimal_detectable_rr(
            expected[some], power=windows.plan.power, n_min=critical[some]
        ),
    }
    columns: dict[str, NDArray[np.generic]] = {}
    for name, values in detected.items():
        whole = np.full(shape, np.nan)
        whole[some] = values
        columns[name] = whole.ravel()
    return {
        "row_no": np.arange(expected.size),
        "first_alpha": alphas.ravel(),
        "critical_n": critical.ravel(),
        **columns,
        "expected_needed": needed.ravel(),
        "person_years_needed": years_needed.ravel(),
        "patients_needed": np.ceil(years_needed / a_patient[:, None, :]).ravel(),
    }


def _rate(windows: Windows) -> Float:
    """Background rate per person-year [K, E, W]; of a sum, the mean over its person-time, or that
    of all windows where the window has none yet."""
    years = windows.central.years
    with np.errstate(invalid="ignore", divide="ignore"):
        own = windows.central.mean / years
        overall = (windows.central.mean[..., -1] / years[..., -1])[..., None]
    return np.where(years > 0, own, overall)
