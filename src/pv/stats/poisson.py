"""Exact inference on Poisson counts: rates, rate ratios and observed against expected.

Counts are cases; exposure is person-time in any unit, and rates are per that unit. Everything
broadcasts. Counts must be whole numbers; negative, fractional, infinite or nan input raises
``ValueError`` naming the argument.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import Estimate, EstimateWithP, FloatArray, Result
from pv.stats._roots import increasing_root
from pv.stats.binomial import clopper_pearson, rate_ratio

__all__ = [
    "BackgroundGamma",
    "GammaPoisson",
    "ObservedExpected",
    "clopper_pearson",
    "fit_background_gamma",
    "gamma_poisson",
    "garwood",
    "midp",
    "minimum_reporting_fraction",
    "observed_expected",
    "observed_expected_gamma",
    "observed_expected_uncertain",
    "rate_ratio",
    "zero_event_upper",
]


@dataclass(frozen=True, slots=True, repr=False)
class ObservedExpected(EstimateWithP):
    """Observed over expected with the one-sided p-value of an excess, P(X >= observed)."""

    p_upper: FloatArray


def garwood(x: ArrayLike, exposure: ArrayLike = 1.0, *, level: float = 0.95) -> Estimate:
    """Poisson rate x/T with Garwood's exact central interval.

    Lower and upper are Gamma(x) and Gamma(x+1) quantiles over T (Garwood 1936, Biometrika
    28:437); the lower limit of x = 0 is 0. Without exposure (T = 0) the rate is nan and the
    interval (0, inf).
    """
    x_ = check.whole_counts("x", x)
    exposure_ = check.counts("exposure", exposure)
    check.common_shape(x=x_, exposure=exposure_)
    tail = (1 - check.level(level)) / 2
    # Gamma(0) is a point mass at zero, which the quantile function refuses.
    lower = np.where(x_ == 0, 0.0, special.gammaincinv(np.maximum(x_, 1), tail))
    upper = np.asarray(special.gammainccinv(x_ + 1, tail), dtype=np.float64)
    return _per_exposure(x_, lower, upper, exposure_)


def midp(x: ArrayLike, exposure: ArrayLike = 1.0, *, level: float = 0.95) -> Estimate:
    """Poisson rate x/T with the mid-p interval: the exact one without its conservatism.

    The limits solve P(X > x) + P(X = x)/2 = (1-level)/2 and its mirror (Cohen and Yang 1994,
    Stat Med 13:2189). Coverage is near the level on average, not at least the level. At x = 0
    the limits are 0 and -ln(1-level)/T. Without exposure the rate is nan, the interval (0, inf).
    """
    x_ = check.whole_counts("x", x)
    exposure_ = check.counts("exposure", exposure)
    check.common_shape(x=x_, exposure=exposure_)
    lower, upper = _midp_mean(x_, check.level(level))
    return _per_exposure(x_, lower, upper, exposure_)


def zero_event_upper(
    exposure: ArrayLike, *, level: float = 0.95, two_sided: bool = False
) -> FloatArray:
    """The upper limit of a rate when no event was seen in ``exposure``.

    -ln(1-level)/T: 2.9957/T at 95% (the "rule of three"); two-sided -ln((1-level)/2)/T: 3.6889/T.
    Without exposure it is inf.
    """
    exposure_ = check.counts("exposure", exposure)
    tail = 1 - check.level(level)
    with np.errstate(divide="ignore"):
        return -np.log(tail / 2 if two_sided else tail) / exposure_


def observed_expected(
    observed: ArrayLike, expected: ArrayLike, *, level: float = 0.95, midp: bool = False
) -> ObservedExpected:
    """Observed over a known expected count (SIR, SMR) with exact interval and p-values.

    Garwood's limits over E, with the central p-value min(1, 2 min(P(X<=x), P(X>=x))) of SIR = 1;
    ``midp`` halves P(X = x) in limits and p-values. ``p_upper`` is the one-sided P(X >= x).
    Where nothing is expected (E = 0) nothing can be compared: the ratio is nan, the interval (0,
    inf) and the p-values are 1, with and without cases.
    """
    x = check.whole_counts("observed", observed)
    expected_ = check.counts("expected", expected)
    check.common_shape(observed=x, expected=expected_)
    check.level(level)
    at_least = np.where(x == 0, 1.0, special.gammainc(np.maximum(x, 1), expected_))
    at_most = special.gammaincc(x + 1, expected_)
    if midp:
        # Means of two tails: what is subtracted from one tail would cancel far out.
        below = np.where(x == 0, 0.0, special.gammaincc(np.maximum(x, 1), expected_))
        at_least = (at_least + special.gammainc(x + 1, expected_)) / 2
        at_most = (at_most + below) / 2
        limits = _per_exposure(x, *_midp_mean(x, level), expected_)
    else:
        limits = garwood(x, expected_, level=level)
    at_least = np.where(expected_ == 0, 1.0, at_least)
    p_value = np.where(expected_ == 0, 1.0, 2 * np.minimum(at_least, at_most))
    return ObservedExpected(
        limits.estimate, limits.lower, limits.upper, np.minimum(1.0, p_value), at_least
    )


def observed_expected_uncertain(
    x: ArrayLike, t1: ArrayLike, y: ArrayLike, t0: ArrayLike
) -> FloatArray:
    """P(X >= x) in ``t1`` when the background is itself only ``y`` events in ``t0``.

    Conditioning on x + y gives P(Bin(x+y, t1/(t0+t1)) >= x), which is the tail of a negative
    binomial of size **y + 1**; size y would be anti-conservative (Przyborowski and Wilenski 1940,
    Biometrika 31:313). It tests "no higher than the background". At x = 0 it is 1; without a
    background (t0 = 0) it is 1 as well: nothing can be an excess.
    """
    y_ = check.whole_counts("y", y)
    return observed_expected_gamma(x, t1, shape=y_ + 1, rate=t0)


def observed_expected_gamma(
    x: ArrayLike, t1: ArrayLike, *, shape: ArrayLike, rate: ArrayLike
) -> FloatArray:
    """P(X >= x) in ``t1`` when the background rate is Gamma(``shape``, ``rate``).

    The negative binomial tail I_{t1/(t1+rate)}(x, shape). With (shape, rate) from
    ``fit_background_gamma`` it serves a background published as a rate with its interval; with
    (y + 1, t0) it is ``observed_expected_uncertain``.
    """
    x_ = check.whole_counts("x", x)
    t1_ = check.positive("t1", t1)
    shape_ = check.positive("shape", shape)
    rate_ = check.counts("rate", rate)
    check.common_shape(x=x_, t1=t1_, shape=shape_, rate=rate_)
    tail = special.betainc(np.maximum(x_, 1), shape_, t1_ / (t1_ + rate_))
    return np.where(x_ == 0, 1.0, tail)[()]


@dataclass(frozen=True, slots=True, repr=False)
class BackgroundGamma(Result):
    """A background rate as Gamma(shape, rate); ``rate`` has the unit of person-time."""

    shape: FloatArray
    rate: FloatArray


def fit_background_gamma(
    rate: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, level: float = 0.95
) -> BackgroundGamma:
    """The Gamma whose mode is a published rate and whose upper quantile is its upper limit.

    For a rate of y events in T0 with Garwood's interval this is Gamma(y + 1, T0) exactly, so that
    the excess test equals that of the counts themselves; a rate of 0 gives the exponential. The
    upper limit decides because a signal is an excess over what the background might be; the lower
    one is only checked. ``lower <= rate < upper`` and ``upper > 0`` are required, else
    ``ValueError``.
    """
    rate_ = check.counts("rate", rate)
    lower_ = check.counts("lower", lower)
    upper_ = check.positive("upper", upper)
    shape = check.common_shape(rate=rate_, lower=lower_, upper=upper_)
    check.not_above("lower", lower_, "rate", rate_)
    check.not_above("rate", rate_, "upper", upper_)
    tail = (1 - check.level(level)) / 2
    rate_, upper_ = np.broadcast_to(rate_, shape), np.broadcast_to(upper_, shape)
    target = rate_ / upper_
    if np.any(target > _SHARPEST):
        raise ValueError(f"upper must exceed rate by more than a part in {1 / (1 - _SHARPEST):.0e}")

    def mode_over_quantile(log_x: FloatArray, target: FloatArray) -> tuple[FloatArray, FloatArray]:
        x = np.exp(log_x)  # x = shape - 1
        width = 1e-5
        here = x / special.gammainccinv(x + 1, tail)
        beyond: FloatArray = x * np.exp(width)
        there = beyond / special.gammainccinv(beyond + 1, tail)
        return np.log(here / target), np.log(there / here) / width

    ends = np.full(shape, _SMALLEST), np.full(shape, _LARGEST)
    # A rate so near zero that its shape rounds to 1 is the exponential.
    clipped = np.maximum(target, np.finfo(np.float64).tiny)
    normal = special.ndtri(1 - tail) / np.maximum(1 - target, 1e-9)
    start = np.clip(np.log(np.maximum(normal**2 * target, 1e-300)), _SMALLEST, _LARGEST)
    excess = np.exp(increasing_root(mode_over_quantile, *ends, start, clipped))
    fitted = np.where(target == 0, 1.0, 1.0 + excess)
    return BackgroundGamma(fitted, special.gammainccinv(fitted, tail) / upper_)


_ValueSlope = tuple[FloatArray, FloatArray]
_SHARPEST = 1 - 1e-5
_SMALLEST, _LARGEST = -60.0, 30.0


@dataclass(frozen=True, slots=True, repr=False)
class GammaPoisson(Result):
    """Posterior of the rate ratio: mean, quantiles, and the probabilities that it exceeds 1, 2."""

    mean: FloatArray
    median: FloatArray
    lower: FloatArray
    upper: FloatArray
    above_1: FloatArray
    above_2: FloatArray


def gamma_poisson(
    n: ArrayLike,
    expected: ArrayLike,
    *,
    prior_shape: ArrayLike = 0.5,
    prior_rate: ArrayLike = 0.5,
    level: float = 0.95,
) -> GammaPoisson:
    """Posterior of RR for n ~ Poisson(RR E), RR ~ Gamma(prior_shape, prior_rate).

    Conjugate: Gamma(prior_shape + n, prior_rate + E). The default prior is that of the IC, worth
    half a case in half an expected one. Prior parameters must be positive. Defined at n = 0 and
    E = 0 (the prior itself).
    """
    n_ = check.counts("n", n)
    expected_ = check.counts("expected", expected)
    prior_shape_ = check.positive("prior_shape", prior_shape)
    prior_rate_ = check.positive("prior_rate", prior_rate)
    check.common_shape(n=n_, expected=expected_, prior_shape=prior_shape_, prior_rate=prior_rate_)
    tail = (1 - check.level(level)) / 2
    shape, rate = prior_shape_ + n_, prior_rate_ + expected_
    return GammaPoisson(
        mean=shape / rate,
        median=special.gammaincinv(shape, 0.5) / rate,
        lower=special.gammaincinv(shape, tail) / rate,
        upper=special.gammainccinv(shape, tail) / rate,
        above_1=special.gammaincc(shape, rate),
        above_2=special.gammaincc(shape, 2 * rate),
    )


def minimum_reporting_fraction(observed: ArrayLike, expected: ArrayLike) -> FloatArray:
    """The share of events that must be reported for the true O/E to stay at 1 or below.

    Reports are a lower bound of events: if a fraction f is reported, the true O/E is O/(f E),
    which reaches 1 at f = O/E. Reporting less complete than that means an excess. Capped at 1: an
    O/E above 1 needs no unreported event. 0/0 is nan. Printed beside an O/E, never applied to it.
    """
    observed_ = check.counts("observed", observed)
    expected_ = check.counts("expected", expected)
    check.common_shape(observed=observed_, expected=expected_)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.minimum(1.0, observed_ / expected_)


def _per_exposure(
    x: FloatArray, lower: FloatArray, upper: FloatArray, exposure: FloatArray
) -> Estimate:
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(exposure == 0, np.nan, x / exposure)
        return Estimate(
            estimate,
            np.where(exposure == 0, 0.0, lower / exposure),
            np.where(exposure == 0, np.inf, upper / exposure),
        )


def _midp_mean(x: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Mid-p limits of a Poisson mean: quantiles of the equal mixture of Gamma(x), Gamma(x+1)."""
    alpha = 1 - level
    some = np.maximum(x, 1)

    def below(log_mean: FloatArray, x: FloatArray, tail: FloatArray) -> _ValueSlope:
        mean = np.exp(log_mean)
        value = (special.gammainc(x, mean) + special.gammainc(x + 1, mean)) / 2
        return value - tail, _mean_slope(log_mean, x)

    def above(log_mean: FloatArray, x: FloatArray, tail: FloatArray) -> _ValueSlope:
        mean = np.exp(log_mean)
        value = (special.gammaincc(x, mean) + special.gammaincc(x + 1, mean)) / 2
        return tail - value, _mean_slope(log_mean, x)

    tail = np.full(np.shape(x), alpha / 2)
    low = np.log([special.gammaincinv(some + k, alpha / 2) for k in (0, 1)])
    high = np.log([special.gammainccinv(some + k, alpha / 2) for k in (0, 1)])
    lower = np.exp(increasing_root(below, low[0], low[1], low.mean(axis=0), some, tail))
    upper = np.exp(increasing_root(above, high[0], high[1], high.mean(axis=0), some, tail))
    return np.where(x == 0, 0.0, lower), np.where(x == 0, -np.log(alpha), upper)


def _mean_slope(log_mean: FloatArray, x: FloatArray) -> FloatArray:
    """Derivative of the mixture's distribution function to ln(mean): mean times its density."""
    log_density = x * log_mean - np.exp(log_mean) - special.gammaln(x)
    return np.exp(log_density) * (1 + np.exp(log_mean) / x) / 2
