"""Time to onset from spontaneous reports, which are right-truncated.

A report exists only if the onset came before the data lock: of a patient treated r days before
the lock, only onsets up to r are seen. Ignoring that makes onsets look too early, so late risks
look impossible. What can be estimated is F(t)/F(tmax), the distribution of onsets **given** that
they come within tmax, the longest observation among the reports; about later ones the reports say
nothing at all. Parametric fits under truncation are in ``latency_parametric``.

Times are delays from administration in any one unit (days). ``onset`` or its interval must be
finite and >= 0, not above ``truncation`` (lock minus administration); else ``ValueError``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pv.stats import _validate as check
from pv.stats._delays import delays
from pv.stats._result import FloatArray, Result


@dataclass(frozen=True, slots=True, repr=False)
class OnsetCurve(Result):
    """F(t)/F(tmax) at the distinct onset times, ascending; conditional on onset within ``tmax``.

    ``events`` and ``at_risk``: onsets at t, and reports with onset <= t <= truncation.
    ``variance`` is Greenwood's, of the curve itself. ``reliable_from``: the latest time but the
    first at which every report at risk has its onset. It makes the estimate zero at all earlier
    times whatever was seen there: the curve is not identifiable before it (0: no such time).
    """

    time: FloatArray
    cumulative: FloatArray
    lower: FloatArray
    upper: FloatArray
    variance: FloatArray
    events: FloatArray
    at_risk: FloatArray
    tmax: float
    reliable_from: float


def onset_curve(onset: ArrayLike, truncation: ArrayLike, *, level: float = 0.95) -> OnsetCurve:
    """Nonparametric maximum likelihood estimate of the onset distribution under right truncation.

    Lynden-Bell 1971 (MNRAS 155:95); Lagakos, Barraj and De Gruttola 1988 (Biometrika 75:515). With
    d onsets and N reports at risk at t, F(t)/F(tmax) is the product over later onset times of
    (1 - d/N): the product-limit estimate in reversed time. Limits are on the log(-log) scale, from
    Greenwood's variance; at the last onset the curve is 1 by construction, with limits 1, and just
    before it, where few reports are at risk, they are too narrow. No report gives an empty curve
    with tmax nan.
    """
    x, r = delays("onset", onset, truncation)
    quantile = special.ndtri((1 + check.level(level)) / 2)
    time, events = np.unique(x, return_counts=True)
    if not time.size:
        empty = np.zeros(0)
        return OnsetCurve(empty, empty, empty, empty, empty, empty, empty, np.nan, np.nan)
    # At risk at t: onset at or before t, and still observed at t.
    started = np.searchsorted(np.sort(x), time, side="right")
    ended = np.searchsorted(np.sort(r), time, side="left")
    at_risk = started - ended
    factor = 1 - events / at_risk
    # F just below each onset time is the product from there on; F at it, of the later ones.
    below = np.cumprod(factor[::-1])[::-1]
    cumulative = np.append(below[1:], 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        term = events / (at_risk * (at_risk - events))
        sums = np.append(np.cumsum(term[::-1])[::-1][1:], 0.0)
        variance = np.where(cumulative > 0, cumulative**2 * sums, 0.0)
        log_cumulative = np.log(cumulative)
        half = quantile * np.sqrt(sums) / np.abs(log_cumulative)
        lower = np.where(cumulative == 1, 1.0, np.exp(log_cumulative * np.exp(half)))
        upper = np.where(cumulative == 1, 1.0, np.exp(log_cumulative * np.exp(-half)))
    emptied = (factor == 0) & (np.arange(time.size) > 0)
    start = float(time[emptied][-1]) if emptied.any() else 0.0
    lost = cumulative == 0
    return OnsetCurve(
        time,
        cumulative,
        np.where(lost, 0.0, lower),
        np.where(lost, 1.0, upper),
        np.where(lost, np.nan, variance),
        events.astype(np.float64),
        at_risk.astype(np.float64),
        float(r.max()),
        start,
    )


@dataclass(frozen=True, slots=True, repr=False)
class IntervalOnsetCurve(Result):
    """F(t)/F(tmax) from onset intervals: mass on cells, where in a cell is not identified.

    Cell i reaches from ``left`` to ``right``; it is a point where both are equal. F is known at its
    ends only: ``cumulative_before`` up to the cell, ``cumulative`` with it. A cell without mass is
    not listed. ``score``: the largest derivative of the log-likelihood towards any cell,
    per report; 0 at the maximum, and a bound on what further iterations can win.
    """

    left: FloatArray
    right: FloatArray
    mass: FloatArray
    cumulative_before: FloatArray
    cumulative: FloatArray
    log_likelihood: float
    tmax: float
    score: float
    iterations: int


def interval_onset_curve(
    low: ArrayLike,
    high: ArrayLike,
    truncation: ArrayLike,
    *,
    tolerance: float = 1e-6,
    max_iterations: int = 20_000,
) -> IntervalOnsetCurve:
    """The same from onsets known only to lie in [low, high], as partial dates leave them.

    Turnbull 1976 (J R Stat Soc B 38:290) under right truncation, by expectation and maximisation:
    each report of a patient seen up to r stands for 1/F(r) patients, whose later onsets are not
    seen. Dates are never filled in. ``high`` above the truncation is cut to it: a later onset would
    not have been reported. With low == high it is ``onset_curve``. Reports with equal triples
    cost one. ``score`` above ``tolerance`` in the result says that ``max_iterations`` did not do.
    """
    low_, r = delays("low", low, truncation)
    high_ = check.counts("high", high)
    if high_.shape != low_.shape:
        raise ValueError(f"low and high must have equal length: {low_.shape}, {high_.shape}")
    check.not_above("low", low_, "high", high_)
    tolerance = float(check.positive("tolerance", tolerance))
    max_iterations = check.whole("max_iterations", max_iterations)
    if not low_.size:
        empty = np.zeros(0)
        return IntervalOnsetCurve(empty, empty, empty, empty, empty, 0.0, np.nan, 0.0, 0)
    triples = np.column_stack([low_, np.minimum(high_, r), r])
    triples, number = np.unique(triples, axis=0, return_counts=True)
    left, right, inside, seen = _cells(triples)
    mass, score, iterations = _maximise(inside, seen, number, tolerance, max_iterations)
    log_likelihood = float(number @ (np.log(inside @ mass) - np.log(seen @ mass)))
    kept = mass > 1e-12
    cumulative = np.cumsum(mass[kept])
    return IntervalOnsetCurve(
        left[kept],
        right[kept],
        mass[kept],
        cumulative - mass[kept],
        cumulative,
        log_likelihood,
        float(r.max()),
        score,
        iterations,
    )


_Membership = NDArray[np.bool_]


def _cells(triples: FloatArray) -> tuple[FloatArray, FloatArray, _Membership, _Membership]:
    """Cells that can hold mass, from left to right, with the reports that allow and see each.

    All ends cut time into points and gaps; every interval and every truncation is a union of them.
    Neighbours that no report tells apart are one cell. A cell gives its mass away where a
    neighbour serves all its reports: to the right always, since later cells are seen by fewer
    reports; to the left only if as many see it.
    """
    ends = np.unique(triples)
    left = np.concatenate([ends, ends[:-1]])
    right = np.concatenate([ends, ends[1:]])
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    inside = (left >= triples[:, :1]) & (right <= triples[:, 1:2])
    seen = right <= triples[:, 2:]
    useful = inside.any(axis=0)
    left, right, inside, seen = left[useful], right[useful], inside[:, useful], seen[:, useful]

    alike = _none_differs(inside) & _none_differs(seen)
    first, last = np.append(True, ~alike), np.append(~alike, True)
    left, right, inside, seen = left[first], right[last], inside[:, last], seen[:, last]
    while True:
        to_right = (inside[:, :-1] <= inside[:, 1:]).all(axis=0)
        to_left = (inside[:, :-1] >= inside[:, 1:]).all(axis=0) & _none_differs(seen) & ~to_right
        kept = ~np.append(to_right, False) & ~np.append(False, to_left)
        if kept.all():
            return left, right, inside, seen
        left, right, inside, seen = left[kept], right[kept], inside[:, kept], seen[:, kept]


def _none_differs(membership: _Membership) -> _Membership:
    """Whether each cell and the next have the same reports."""
    return (membership[:, :-1] == membership[:, 1:]).all(axis=0)


def _maximise(
    inside: _Membership,
    seen: _Membership,
    number: NDArray[np.intp],
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, float, int]:
    reports = float(number.sum())
    mass = np.full(inside.shape[1], 1.0 / inside.shape[1])
    inside_, seen_ = inside.astype(np.float64), seen.astype(np.float64)
    score = np.inf
    for iteration in range(max_iterations):
        in_weight = number / (inside_ @ mass)
        seen_weight = number / (seen_ @ mass)
        # Derivative of the log-likelihood to the mass of each cell.
        slope = in_weight @ inside_ - seen_weight @ seen_
        score = float(slope.max()) / reports
        if score <= tolerance:
            return mass, max(score, 0.0), iteration
        # Expected patients per cell, the unseen ones included, over the expected total.
        mass = mass * (1 + slope / seen_weight.sum())
        mass = np.maximum(mass, 0.0)
        mass /= mass.sum()
    return mass, score, max_iterations
