"""Exact binomial inference: proportions, and the rate ratio of two Poisson counts.

Given x1 + x2, the first of two Poisson counts is binomial; the rate ratio's interval and p-value
come from there. Counts must be whole numbers; bad input raises ``ValueError`` by name.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import Estimate, EstimateWithP, FloatArray
from pv.stats._roots import increasing_root

Method = Literal["central", "midp"]


def clopper_pearson(x: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Proportion x/n with Clopper and Pearson's exact central interval (1934, Biometrika 26:404).

    At n = 0 the proportion is nan and the interval (0, 1). ``x`` must not exceed ``n``.
    """
    x_ = check.whole_counts("x", x)
    n_ = check.whole_counts("n", n)
    check.common_shape(x=x_, n=n_)
    check.not_above("x", x_, "n", n_)
    lower, upper = _central(x_, n_ - x_, check.level(level))
    with np.errstate(invalid="ignore"):
        return Estimate(x_ / n_, lower, upper)


def rate_ratio(  # noqa: PLR0913 - two counts with their person-times
    x1: ArrayLike,
    t1: ArrayLike,
    x2: ArrayLike,
    t2: ArrayLike,
    *,
    level: float = 0.95,
    method: Method = "central",
) -> EstimateWithP:
    """Ratio of two Poisson rates, (x1/t1)/(x2/t2), conditional on x1 + x2.

    X1 given the sum is Bin(x1+x2, pi) with odds pi/(1-pi) = RR t1/t2. ``central`` doubles the
    smaller exact tail and inverts it (Clopper-Pearson); ``midp`` counts half of P(X1 = x1) in
    both. x1 = 0 gives 0 with a lower limit of 0; x2 = 0 gives inf with an upper limit of inf;
    without any event the ratio is nan, the interval (0, inf) and p = 1. Person-times must be
    positive.
    """
    x1_, x2_ = check.whole_counts("x1", x1), check.whole_counts("x2", x2)
    t1_, t2_ = check.positive("t1", t1), check.positive("t2", t2)
    shape = check.common_shape(x1=x1_, t1=t1_, x2=x2_, t2=t2_)
    check.level(level)
    if method not in ("central", "midp"):
        raise ValueError(f"method must be 'central' or 'midp', but is {method!r}")
    x1_, x2_ = np.broadcast_to(x1_, shape), np.broadcast_to(x2_, shape)
    # Each side by its own share of the time: 1 - share would lose a small one.
    at_least, at_most = _tail(x1_, x2_, t1_ / (t1_ + t2_)), _tail(x2_, x1_, t2_ / (t1_ + t2_))
    if method == "midp":
        # Means of two tails: what is subtracted from one tail would cancel far out.
        above = _tail(x1_ + 1, x2_ - 1, t1_ / (t1_ + t2_))
        below = _tail(x2_ + 1, x1_ - 1, t2_ / (t1_ + t2_))
        at_least, at_most = (at_least + above) / 2, (at_most + below) / 2
        lower, upper = _midp(x1_, x2_, level)
    else:
        lower, upper = _central(x1_, x2_, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        return EstimateWithP(
            (x1_ / t1_) / (x2_ / t2_),
            lower / (1 - lower) * (t2_ / t1_),
            np.where(upper == 1, np.inf, upper / (1 - upper) * (t2_ / t1_)),
            np.minimum(1.0, 2 * np.minimum(at_least, at_most)),
        )


def _tail(x: FloatArray, rest: FloatArray, share: FloatArray) -> FloatArray:
    """P(X >= x) of x + rest events, each with probability ``share``; 0 where ``rest`` is -1."""
    inside = special.betainc(np.maximum(x, 1), np.maximum(rest, 0) + 1, share)
    return np.where(x == 0, 1.0, np.where(rest < 0, 0.0, inside))


def _central(x: FloatArray, rest: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    tail = (1 - level) / 2
    lower = np.where(x == 0, 0.0, special.betaincinv(np.maximum(x, 1), rest + 1, tail))
    upper = np.where(rest == 0, 1.0, special.betainccinv(x + 1, np.maximum(rest, 1), tail))
    return lower, upper


def _midp(x: FloatArray, rest: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    lower = _midp_lower(x, rest, level)
    # The upper limit of x successes is the mirror of the lower limit of as many failures.
    return lower, 1 - _midp_lower(rest, x, level)


def _midp_lower(x: FloatArray, rest: FloatArray, level: float) -> FloatArray:
    """pi at which P(X > x) + P(X = x)/2 is (1 - level)/2, solved in ln pi."""
    alpha = 1 - level
    # Every success, or none: the limit has a closed form.
    inside = (x > 0) & (rest > 0)
    x_, rest_ = np.where(inside, x, 1.0), np.where(inside, rest, 1.0)

    def tail(log_pi: FloatArray, x: FloatArray, rest: FloatArray) -> tuple[FloatArray, FloatArray]:
        pi = np.exp(log_pi)
        value = (special.betainc(x, rest + 1, pi) + special.betainc(x + 1, rest, pi)) / 2
        log_beta = special.betaln(x, rest + 1)
        density = np.exp(x * log_pi + (rest - 1) * np.log1p(-pi) - log_beta)
        # Be(x+1, rest) has (pi rest)/((1-pi) x) times the density of Be(x, rest+1).
        return value - alpha / 2, density * ((1 - pi) + pi * rest / x) / 2

    low = np.log(special.betaincinv(x_, rest_ + 1, alpha / 2))
    high = np.log(special.betaincinv(x_ + 1, rest_, alpha / 2))
    root = np.exp(increasing_root(tail, low, high, (low + high) / 2, x_, rest_))
    # x = n: P(X = n)/2 = pi^n / 2 = alpha/2.
    all_successes = alpha ** (1 / np.maximum(x, 1))
    return np.where(inside, root, np.where(x == 0, 0.0, all_successes))
