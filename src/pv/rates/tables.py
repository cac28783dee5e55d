"""Fill the tables of rates: reporting rates, and rates, expectations and power by window."""

from collections.abc import Callable
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.rates import ledger, onset, power, ratios
from pv.rates import windows as latency_windows
from pv.rates.windows import Windows
from pv.spec import AnalysisSpec
from pv.stats import poisson
from pv.stats._result import Estimate
from pv.warehouse.relations import put, rows, run, take

_PER = 1000.0
_Columns = dict[str, NDArray[np.generic]]


def fill(con: duckdb.DuckDBPyConnection, as_of: date, spec: AnalysisSpec) -> None:
    """Fill mart.rate, mart.rate_window, mart.power and mart.time_to_onset from the relations of
    sql/count; record the new looks in the ledger."""
    run(con, "rates/exposure", {"as_of": as_of})
    put(con, "mart.rate", _reporting(con))
    windows = latency_windows.read(con, as_of, spec)
    counted = {**_numbers(windows), **_observed(windows), **ratios.observed_over_expected(windows)}
    put(con, "work.window_count", counted)
    put(con, "work.window_ratio", ratios.pooled(windows))
    alphas = _look(con, windows, as_of)
    put(con, "work.window_power", power.columns(windows, alphas))
    put(con, "work.onset_curve", onset.columns(con, windows.plan))
    params = {
        "as_of": as_of,
        "relative_risk": windows.plan.relative_risk,
        "power": windows.plan.power,
        "n_min": windows.design.minimum,
    }
    run(con, "rates/results", params)


def _reporting(con: duckdb.DuckDBPyConnection) -> _Columns:
    """Reports per 1,000 patients treated with Garwood's exact interval."""
    found = take(con, "work.reported_exposure")
    rate = poisson.garwood(found["n"].astype(np.float64), found["patients"] / _PER)
    return {**found, "rate": rate.estimate, "rate_lower": rate.lower, "rate_upper": rate.upper}


def _numbers(windows: Windows) -> _Columns:
    place, event, window = (axis.ravel() for axis in np.indices(windows.shape))
    return {
        "row_no": np.arange(place.size),
        "place_no": place,
        "window_event_no": event,
        "window_no": window,
    }


def _observed(windows: Windows) -> _Columns:
    """Cases, person-time and their rate."""
    counts, places = windows.counts, windows.places

    def spread(years: Float) -> Float:
        """A figure of place and window, for every event [rows]."""
        return np.broadcast_to(years[:, None, :], windows.shape).ravel()

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


def _look(con: duckdb.DuckDBPyConnection, windows: Windows, as_of: date) -> Float:
    """Record the new looks in the ledger; work.sequential_standing tells how it stands.

    Returns the alpha that each row [K, E, W] is tested with: as planned, but for late windows that
    were planned after the others had opened.
    """
    found = windows.looks()
    _, event, window = np.unravel_index(found.row, windows.shape)
    terms = ledger.Terms(
        projected=windows.planned.mean.ravel()[found.row], minimum=windows.n_min[event, window]
    )
    latest = _latest_receipt(con) or as_of
    ledger.record(con, found.looks, terms, windows.late_windows, windows.design, as_of, latest)
    alphas = windows.alphas.copy()
    first = np.append(True, found.row[1:] != found.row[:-1])[: found.row.size]
    alphas.ravel()[found.row[first]] = ledger.first_alphas(con)
    return alphas


def _latest_receipt(con: duckdb.DuckDBPyConnection) -> date | None:
    """The latest receipt date in the data."""
    run(con, "core/issues")
    ((latest,),) = rows(con, "core/latest/latest_receipt")
    return latest


def _of_distinct(interval: Callable[[Float], Estimate], n: Float) -> Estimate:
    """An interval of counts, computed once for each distinct count."""
    distinct, index = np.unique(n, return_inverse=True)
    found = interval(distinct)
    return Estimate(found.estimate[index], found.lower[index], found.upper[index])
