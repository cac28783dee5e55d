"""Time to onset of advanced therapies, corrected for onsets that are still to come."""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.spec.windows import Plan
from pv.stats.latency import interval_onset_curve, onset_curve
from pv.warehouse.relations import take

_TOLERANCE = 1e-5
_MAX_ITERATIONS = 5_000


@dataclass(frozen=True, slots=True)
class Onset:
    """F(t)/F(tmax) at `days`: between `low` and `high` as far as the dates tell, with 95% limits
    `lower` and `upper` (nan where too few dates are exact). `used`: cases that the estimate has;
    `reliable_from`: the first day from which exact dates identify it (nan without)."""

    days: Float
    low: Float
    high: Float
    lower: Float
    upper: Float
    tmax: float
    used: int
    reliable_from: float


def columns(con: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, NDArray[np.generic]]:
    """One entry per pair and day, from the cases that count at the last look."""
    case = take(con, "work.onset_case")
    pair = np.column_stack([case["product_no"], case["window_event_no"]])
    pairs, begins, number = np.unique(pair, axis=0, return_index=True, return_counts=True)
    found: list[Onset] = []
    enough = number >= plan.onset_cases
    for begin, size in zip(begins[enough], number[enough], strict=True):
        part = slice(begin, begin + size)
        low, high, truncation = (
            case[name][part].astype(np.float64) for name in ("delay_low", "delay_high", "seen_days")
        )
        found.append(at_days(low, high, truncation, plan))
    length = np.array([curve.days.size for curve in found], dtype=np.int64)

    def whole(values: list[Float]) -> Float:
        return np.concatenate(values) if values else np.zeros(0)

    def each(values: list[float]) -> Float:
        return np.repeat(np.array(values, dtype=np.float64), length)

    key = np.repeat(pairs[enough], length, axis=0)
    return {
        "product_no": key[:, 0],
        "window_event_no": key[:, 1],
        "days": whole([curve.days for curve in found]),
        "onset_share_low": whole([curve.low for curve in found]),
        "onset_share_high": whole([curve.high for curve in found]),
        "onset_share_lower": whole([curve.lower for curve in found]),
        "onset_share_upper": whole([curve.upper for curve in found]),
        "tmax_days": each([curve.tmax for curve in found]),
        "n_dated": np.repeat(number[enough], length),
        "n_used": each([curve.used for curve in found]),
        "reliable_from_days": each([curve.reliable_from for curve in found]),
    }


def at_days(low: Float, high: Float, truncation: Float, plan: Plan) -> Onset:
    """The onset distribution of cases with delays in [low, high] days, seen up to `truncation`.

    Arrays [cases]. Partial dates enter as intervals, unless there are so many distinct ones that
    the estimate would take too long: then the cases with exact dates stand alone.
    """
    high = np.minimum(high, truncation)
    exact = low == high
    distinct = np.unique(np.column_stack([low, high, truncation]), axis=0).shape[0]
    curve = onset_curve(low[exact], truncation[exact])
    by_intervals = not exact.all() and distinct <= plan.onset_distinct
    tmax = float(truncation.max()) if by_intervals else curve.tmax
    # Without an exact date, and too many others, there is no estimate (tmax is nan).
    days = np.array([d for d in plan.onset_days if d < tmax] + ([tmax] if tmax >= 0 else []))
    with_limits = exact.sum() >= plan.onset_cases
    lower = _step(curve.time, curve.lower, days, 0.0) if with_limits else np.full(days.size, np.nan)
    upper = _step(curve.time, curve.upper, days, np.nan) if with_limits else lower
    reliable_from = curve.reliable_from if with_limits else np.nan
    if not by_intervals:
        share = _step(curve.time, curve.cumulative, days, 0.0)
        return Onset(days, share, share, lower, upper, tmax, int(exact.sum()), reliable_from)
    found = interval_onset_curve(
        low, high, truncation, tolerance=_TOLERANCE, max_iterations=_MAX_ITERATIONS
    )
    # All mass of cells that have ended by then, and of those that may have begun.
    ended = np.searchsorted(np.sort(found.right), days, side="right")
    by_right = np.append(0.0, np.cumsum(found.mass[np.argsort(found.right, kind="stable")]))
    begun = np.searchsorted(np.sort(found.left), days, side="right")
    by_left = np.append(0.0, np.cumsum(found.mass[np.argsort(found.left, kind="stable")]))
    return Onset(
        days,
        np.clip(by_right[ended], 0, 1),
        np.clip(by_left[begun], 0, 1),
        lower,
        upper,
        tmax,
        low.size,
        reliable_from,
    )


def _step(time: Float, values: Float, days: Float, before: float) -> Float:
    """A right-continuous step function at `days`; `before` its first step."""
    return np.append(before, values)[np.searchsorted(time, days, side="right")]
