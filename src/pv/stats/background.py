"""Observed cases against a background rate that is itself an estimate.

The expectation E = sum of rate times person-time comes with the variance V that the background's
own counts give it. A background of y events in T0 over person-time T1 has E = y T1/T0 and
V = y (T1/T0)^2, so that y = E^2/V: these two numbers carry the whole comparison. Where several
independent backgrounds are summed, E^2/V is the number of events that one background of the same
mean and variance would rest on (a moment match, exact for one). V = 0 is a rate known exactly.
All functions broadcast; bad input raises ``ValueError`` by name.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import FloatArray
from pv.stats.poisson import ObservedExpected, observed_expected

# More events than these are a rate known exactly, as far as any count here can tell.
_EXACT = 1e9


def observed_uncertain(
    observed: ArrayLike, expected: ArrayLike, variance: ArrayLike, *, level: float = 0.95
) -> ObservedExpected:
    """Observed over expected with its exact central interval and p-values, V included.

    Given observed + background events the first is binomial (Przyborowski and Wilenski 1940,
    Biometrika 31:313): the limits are beta quantiles, of shape y + 1 below and y above, so that
    both are on the safe side, also for the y of a moment match, which need not be whole.
    ``p_upper`` is the negative binomial tail of size y + 1 (``poisson.observed_expected_gamma``),
    ``p_value`` twice the smaller tail. With V = 0 this is ``poisson.observed_expected``. Without an
    expectation (E = 0) nothing can be compared: ratio nan, interval (0, inf), p-values 1.
    """
    x = check.whole_counts("observed", observed)
    expected_ = check.counts("expected", expected)
    variance_ = check.counts("variance", variance)
    shape = check.common_shape(observed=x, expected=expected_, variance=variance_)
    tail = (1 - check.level(level)) / 2
    x, expected_, variance_ = (np.broadcast_to(v, shape) for v in (x, expected_, variance_))
    some = expected_ > 0
    safe = np.where(some, expected_, 1.0)
    known = observed_expected(x, safe, level=level)
    with np.errstate(divide="ignore"):
        events = safe**2 / variance_
    rests_on_few = events < _EXACT
    y = np.where(rests_on_few, events, 1.0)
    share = safe / (safe + y)
    positive = np.maximum(x, 1)
    below = np.where(x == 0, 0.0, special.betaincinv(positive, y + 1, tail))
    above = special.betainccinv(x + 1, y, tail)
    with np.errstate(divide="ignore"):
        lower = below / (1 - below) * y / safe
        upper = np.where(above == 1, np.inf, above / (1 - above) * y / safe)
    at_least = np.where(x == 0, 1.0, special.betainc(positive, y + 1, share))
    at_most = special.betaincc(x + 1, y, share)
    p_value = np.minimum(1.0, 2 * np.minimum(at_least, at_most))
    return ObservedExpected(
        np.where(some, x / safe, np.nan),
        np.where(some, np.where(rests_on_few, lower, known.lower), 0.0),
        np.where(some, np.where(rests_on_few, upper, known.upper), np.inf),
        np.where(some, np.where(rests_on_few, p_value, known.p_value), 1.0),
        np.where(some, np.where(rests_on_few, at_least, known.p_upper), 1.0),
    )


def probability_above(
    observed: ArrayLike, expected: ArrayLike, ratio: ArrayLike, *, prior: float = 0.5
) -> FloatArray:
    """P(RR > ratio) for observed ~ Poisson(RR E), RR ~ Gamma(prior, prior).

    That of ``poisson.gamma_poisson`` alone, for millions of rows: the prior is worth half a case in
    half an expected one. ``ratio`` must not be negative, ``prior`` be positive.
    """
    x, expected_ = check.counts("observed", observed), check.counts("expected", expected)
    ratio_ = check.counts("ratio", ratio)
    check.common_shape(observed=x, expected=expected_, ratio=ratio_)
    worth = float(check.positive("prior", prior))
    tail = np.asarray(special.gammaincc(x + worth, ratio_ * (expected_ + worth)), dtype=np.float64)
    return tail[()]
