"""Fill the tables of the rate arm: rates, expectations, states and power by latency window."""

from collections.abc import Callable
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.rates import arm as rate_arm
from pv.rates import ledger, onset, window_pooling, window_power
from pv.rates.arm import Arm
from pv.spec import AnalysisSpec
from pv.stats import poisson
from pv.stats._result import Estimate
from pv.stats.background import observed_uncertain, probability_above
from pv.warehouse.frames import register
from pv.warehouse.numbered import run_step

_PER = 1000.0
_Columns = dict[str, NDArray[np.generic]]


def fill(con: duckdb.DuckDBPyConnection, as_of: date, spec: AnalysisSpec) -> None:
    """Fill mart.rate_window, mart.power and mart.time_to_onset; record new looks in the ledger.

    Stands on the temporary tables of sql/count.
    """
    arm = rate_arm.read(con, as_of, spec)
    register(con, "window_columns", {**_rows(arm), **_observed(arm), **_compared(arm)})
    alphas = _look(con, arm, as_of)
    register(con, "window_pooled_columns", window_pooling.ratios(arm))
    register(con, "window_power_columns", window_power.columns(arm, alphas))
    register(con, "onset_columns", onset.columns(con, arm.plan))
    params = {
        "as_of": as_of,
        "relative_risk": arm.plan.relative_risk,
        "power": arm.plan.power,
        "n_min": arm.design.minimum,
        "retention": arm.assumption.title,
    }
    run_step(con, "rates/results", params)


def _rows(arm: Arm) -> _Columns:
    place, event, window = (axis.ravel() for axis in np.indices(arm.central.mean.shape))
    return {
        "row_no": np.arange(place.size),
        "scope_key": place,
        "event_key": event,
        "window_key": window,
    }


def _observed(arm: Arm) -> _Columns:
    """Cases, person-time and their rate."""
    counts, places = arm.counts, arm.places

    def spread(years: Float) -> Float:
        """A figure of place and window, for every event [rows]."""
        return np.broadcast_to(years[:, None, :], arm.central.mean.shape).ravel()

    years = spread(places.years[..., -1])
    per = np.where(years > 0, _PER / np.where(years > 0, years, 1.0), np.nan)
    exact = _of_distinct(poisson.garwood, counts.n.ravel())
    midp = _of_distinct(poisson.midp, counts.n.ravel())
    before = np.full(counts.n.shape, np.nan)
    before[..., -1] = counts.before
    return {
        "n": counts.n.ravel(),
        "n_possible": counts.possible.ravel(),
        "n_before": before.ravel(),
        "person_years": years,
        "person_years_low": spread(places.low),
        "person_years_high": spread(places.high),
        "rate_py": exact.estimate * per,
        "rate_py_lower": exact.lower * per,
        "rate_py_upper": exact.upper * per,
        "rate_py_midp_lower": midp.lower * per,
        "rate_py_midp_upper": midp.upper * per,
    }


def _compared(arm: Arm) -> _Columns:
    """Observed against expected; nan where nothing is expected."""
    expected = arm.central.mean.ravel()
    some = expected > 0
    n, mean = arm.counts.compared.ravel()[some], expected[some]
    ratio = observed_uncertain(n, mean, arm.central.variance.ravel()[some])
    # The least favourable reading: every case that may be one, and the fewest person-years.
    bound = observed_uncertain(
        arm.counts.compared_possible.ravel()[some],
        arm.low.mean.ravel()[some],
        arm.low.variance.ravel()[some],
    )
    values = {
        "n_compared": n,
        "expected": mean,
        "expected_low": arm.low.mean.ravel()[some],
        "expected_high": arm.high.mean.ravel()[some],
        "oe": ratio.estimate,
        "oe_lower": ratio.lower,
        "oe_upper": ratio.upper,
        "p_excess": ratio.p_upper,
        "rr_above_1": probability_above(n, mean, 1),
        "rr_above_2": probability_above(n, mean, 2),
        "reporting_fraction": poisson.minimum_reporting_fraction(n, mean),
        "rr_upper": bound.upper,
    }
    columns: _Columns = {}
    for name, found in values.items():
        whole = np.full(expected.size, np.nan)
        # An upper limit without end is none.
        whole[some] = np.where(np.isfinite(found), found, np.nan)
        columns[name] = whole
    return columns


def _look(con: duckdb.DuckDBPyConnection, arm: Arm, as_of: date) -> Float:
    """Record the new looks in the ledger; the temporary table chain_result tells how it stands.

    Returns the alpha that each row [K, E, W] is tested with: as planned, but for late windows that
    were planned after the others had opened.
    """
    found = arm.looks()
    shape = arm.central.mean.shape
    _, event, window = np.unravel_index(found.row, shape)
    terms = ledger.Terms(
        projected=arm.planned.mean.ravel()[found.row], minimum=arm.n_min[event, window]
    )
    ledger.run(con, found.looks, terms, arm.late_windows, arm.design, as_of)
    alphas = arm.alphas.copy()
    first = np.append(True, found.row[1:] != found.row[:-1])[: found.row.size]
    alphas.ravel()[found.row[first]] = ledger.first_alphas(con)
    return alphas


def _of_distinct(interval: Callable[[Float], Estimate], n: Float) -> Estimate:
    """An interval of counts, computed once for each distinct count."""
    distinct, index = np.unique(n, return_inverse=True)
    found = interval(distinct)
    return Estimate(found.estimate[index], found.lower[index], found.upper[index])
