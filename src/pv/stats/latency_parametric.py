"""Exponential and Weibull onset under right truncation, and a comparison of two onset samples.

Each report contributes f(x)/F(r): its onset x given that it came within the r days it was
observed. As the scale grows, f(x)/F(r) tends to a power law that no longer holds the scale: then
the reports agree with any late risk, and "not identifiable" is the answer, never a number.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from pv.stats import _validate as check
from pv.stats._delays import delays
from pv.stats._result import FloatArray, Result
from pv.stats._roots import scalar_root

State = Literal["estimated", "not identifiable"]

_SHAPES = np.linspace(math.log(0.05), math.log(20.0), 41)
_SHAPE_RANGE = (float(_SHAPES[0]), float(_SHAPES[-1]))
_LOG_SCALES = 60.0  # e^60 times the longest observation is infinity
_SCALE_RANGE = (-_LOG_SCALES, _LOG_SCALES)


@dataclass(frozen=True, slots=True, repr=False)
class OnsetFit(Result):
    """A parametric fit with profile-likelihood limits.

    In the state "not identifiable" the estimates are nan; the limits stay valid: scales below
    ``scale_lower`` are what the reports exclude. A limit of inf (or 0) excludes nothing on its
    side, and may go with an estimate, too.
    Scale has the unit of the onsets; ``shape`` is 1 for the exponential.
    """

    state: State
    scale: float
    scale_lower: float
    scale_upper: float
    shape: float
    shape_lower: float
    shape_upper: float
    log_likelihood: float


def fit_exponential(onset: ArrayLike, truncation: ArrayLike, *, level: float = 0.95) -> OnsetFit:
    """Maximum likelihood exponential onset under right truncation.

    The score n/lambda - sum x - sum r/(e^(lambda r) - 1) has a root if and only if
    sum x < sum r / 2 (onsets earlier than uniform ones would be); otherwise, also for no reports
    and for onsets that are all 0, the scale is not identifiable. Reports with truncation 0 tell
    nothing and are left out. Other bad input raises ``ValueError``.
    """
    x, r = _sample(onset, truncation)
    drop = _drop(level)
    total = float(x.sum())
    if total == 0:
        return OnsetFit("not identifiable", math.nan, 0.0, math.inf, 1.0, 1.0, 1.0, math.nan)
    unit = float(r.max())
    x, r, total = x / unit, r / unit, total / unit

    def log_likelihood(rate: float) -> float:
        return float((_log_tilt(rate * r) - np.log(r)).sum()) - rate * total

    rate = _best_rate(r, total)
    best = log_likelihood(rate)

    def by_log_scale(log_scale: float) -> float:
        return log_likelihood(math.exp(-log_scale))

    centre = -math.log(rate) if rate > 0 else _LOG_SCALES
    lower = _limit(by_log_scale, centre, best - drop, _SCALE_RANGE[0])
    upper = math.inf if log_likelihood(0.0) >= best - drop else math.nan
    if rate > 0 and math.isnan(upper):
        upper = _limit(by_log_scale, centre, best - drop, _SCALE_RANGE[1])
    state: State = "estimated" if rate > 0 else "not identifiable"
    scale = unit / rate if rate > 0 else math.nan
    constant = x.size * math.log(unit)
    return OnsetFit(state, scale, lower * unit, upper * unit, 1.0, 1.0, 1.0, best - constant)


def fit_weibull(onset: ArrayLike, truncation: ArrayLike, *, level: float = 0.95) -> OnsetFit:
    """Maximum likelihood Weibull onset, F(t) = 1 - exp(-(t/scale)^shape), under right truncation.

    For a given shape k this is the exponential problem in x^k and r^k; the shape is profiled.
    Where the best profile has an infinite scale (F(x)/F(r) = (x/r)^k), or the shape runs to a
    bound of the search (.05 to 20), it is not identifiable. ``shape`` < 1 is a falling hazard;
    supplementary to the curve, never a signal by itself. Onsets must be positive (a same-day onset
    has no logarithm: give the fit another origin or unit); fewer than three reports are not
    identifiable.
    """
    x, r = _sample(onset, truncation)
    if x.size and x.min() <= 0:
        raise ValueError("onset must be above zero for a Weibull fit, but holds 0.0")
    drop = _drop(level)
    if x.size < 3:
        nan = math.nan
        return OnsetFit("not identifiable", nan, 0.0, math.inf, nan, 0.0, math.inf, nan)
    unit = float(r.max())
    problem = _Weibull(x / unit, r / unit)
    log_shape, best = _maximum(problem.profile_shape)
    shape = math.exp(log_shape)
    rate = problem.best_rate(shape)
    edge = min(log_shape - _SHAPE_RANGE[0], _SHAPE_RANGE[1] - log_shape)
    identified = rate > 0 and edge > 0.01
    _, power_law = _maximum(lambda k: problem.log_likelihood(math.exp(k), 0.0))
    shape_lower = _limit(problem.profile_shape, log_shape, best - drop, _SHAPE_RANGE[0])
    shape_upper = _limit(problem.profile_shape, log_shape, best - drop, _SHAPE_RANGE[1])
    centre = -math.log(rate) / shape if rate > 0 else _LOG_SCALES
    scale_lower = _limit(problem.profile_scale, centre, best - drop, _SCALE_RANGE[0])
    if power_law >= best - drop:
        scale_upper = math.inf
    else:
        scale_upper = _limit(problem.profile_scale, centre, best - drop, _SCALE_RANGE[1])
    return OnsetFit(
        "estimated" if identified else "not identifiable",
        math.exp(centre) * unit if identified else math.nan,
        scale_lower * unit,
        scale_upper * unit,
        shape if identified else math.nan,
        shape_lower,
        shape_upper,
        best - x.size * math.log(unit),
    )


@dataclass(frozen=True, slots=True, repr=False)
class OnsetComparison(Result):
    """Two-sample Kolmogorov-Smirnov: largest difference of the two curves and its p-value.

    ``n`` and ``n_comparator`` are the reports that could be compared; with none on a side the
    statistic and the p-value are nan.
    """

    statistic: float
    p_value: float
    n: int
    n_comparator: int


def compare_onsets(
    onset: ArrayLike,
    truncation: ArrayLike,
    comparator_onset: ArrayLike,
    comparator_truncation: ArrayLike,
    *,
    window: float,
) -> OnsetComparison:
    """Do onsets differ from a comparator's, free of truncation: Kolmogorov-Smirnov within a window.

    Two samples observed for different times differ by their truncation alone. So only reports
    observed for the whole ``window`` count, and of them those with onset within it: the two curves
    are then estimates of F(t)/F(window). Two-sided; exact for small samples, conservative with ties
    (whole days). Van Holle and Bauchau 2014 (Pharmacoepidemiol Drug Saf 23:849) screen with it.
    """
    span = float(check.positive("window", window))
    ours = _within(*delays("onset", onset, truncation), span)
    theirs = _within(
        *delays(
            "comparator_onset", comparator_onset, comparator_truncation, "comparator_truncation"
        ),
        span,
    )
    if not ours.size or not theirs.size:
        return OnsetComparison(math.nan, math.nan, ours.size, theirs.size)
    from scipy import stats  # half a second to import

    test = stats.ks_2samp(ours, theirs)
    return OnsetComparison(float(test.statistic), float(test.pvalue), ours.size, theirs.size)


@dataclass(frozen=True, slots=True)
class _Weibull:
    """Likelihood in (shape k, rate eta = scale^-k): exponential in x^k, r^k; eta = 0 the limit."""

    x: FloatArray
    r: FloatArray

    def best_rate(self, shape: float) -> float:
        return _best_rate(self.r**shape, float((self.x**shape).sum()))

    def log_likelihood(self, shape: float, rate: float) -> float:
        log_x, powers = np.log(self.x), self.r**shape
        value = self.x.size * math.log(shape) + (shape - 1) * float(log_x.sum())
        value += float((_log_tilt(rate * powers) - np.log(powers)).sum())
        return value - rate * float((self.x**shape).sum())

    def profile_shape(self, log_shape: float) -> float:
        shape = math.exp(log_shape)
        return self.log_likelihood(shape, self.best_rate(shape))

    def profile_scale(self, log_scale: float) -> float:
        def at_scale(log_shape: float) -> float:
            shape = math.exp(log_shape)
            return self.log_likelihood(shape, math.exp(min(-log_scale * shape, 700.0)))

        return _maximum(at_scale)[1]


def _log_tilt(z: FloatArray) -> FloatArray:
    """ln(z / (1 - e^-z)), 0 at z = 0."""
    small = z < 1e-4
    safe = np.where(small, 1.0, z)
    series = np.where(small, z, 0.0)
    exact = np.log(safe) - np.log(-np.expm1(-safe))
    return np.where(small, series / 2 - series**2 / 24, exact)


def _best_rate(r: FloatArray, total: float) -> float:
    """eta >= 0 that maximises sum ln_tilt(eta r) - eta total; 0 when total is too large."""
    if total >= r.sum() / 2:
        return 0.0

    def score(log_rate: float) -> float:
        z = math.exp(log_rate) * r
        small = z < 1e-3
        safe = np.where(small, 1.0, z)
        # 1/z - 1/(e^z - 1), whose two terms cancel near zero.
        slope = np.where(small, 0.5 - z / 12, 1 / safe - np.exp(-safe) / -np.expm1(-safe))
        return float(r @ slope) - total

    high = math.log(r.size / total)  # score <= n/eta - total
    low = high
    while score(low) <= 0:
        low -= 2.0
        if low < -_LOG_SCALES:
            return 0.0
    return math.exp(scalar_root(score, low, high + 1e-9))


def _maximum(function: Callable[[float], float]) -> tuple[float, float]:
    """Largest value over the ln shapes: the best of a grid, refined between its neighbours."""
    values = [function(float(point)) for point in _SHAPES]
    best = int(np.argmax(values))
    bounds = (float(_SHAPES[max(best - 1, 0)]), float(_SHAPES[min(best + 1, _SHAPES.size - 1)]))

    def negative(point: float) -> float:
        return -function(point)

    found = optimize.minimize_scalar(
        negative, bounds=bounds, method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x), -float(found.fun)


def _limit(function: Callable[[float], float], centre: float, floor: float, end: float) -> float:
    """exp of the point from ``centre`` to ``end`` where the log-likelihood falls to ``floor``.

    Where it does not fall that far, nothing is excluded on this side: 0 or inf.
    """
    direction = 1.0 if end > 0 else -1.0
    inner, step = centre, 0.25
    while (end - inner) * direction > 0:
        outer = inner + direction * min(step, abs(end - inner))
        if function(outer) < floor:
            ends = sorted((inner, outer))
            return math.exp(scalar_root(lambda p: function(p) - floor, *ends))
        inner, step = outer, 2 * step
    return 0.0 if direction < 0 else math.inf


def _drop(level: float) -> float:
    """Half the chi-squared quantile (1 degree of freedom) of a profile-likelihood interval."""
    return float(special.ndtri((1 + check.level(level)) / 2)) ** 2 / 2


def _sample(onset: ArrayLike, truncation: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, r = delays("onset", onset, truncation)
    return x[r > 0], r[r > 0]


def _within(onset: FloatArray, truncation: FloatArray, window: float) -> FloatArray:
    return onset[(truncation >= window) & (onset <= window)]
