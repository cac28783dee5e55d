"""Exact and random-effects pooling of strata with few events (METHODS part 3).

Conditioning on each stratum's total removes its base rate, so that strata with 0 or 1 events take
part with their full and only information.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from pv.stats import _validate as check
from pv.stats._hypergeometric import support_weights
from pv.stats._result import Estimate, ExactEstimate, FloatArray, Result
from pv.stats._roots import scalar_root
from pv.stats._strata_sum import Strata
from pv.stats._tilted import ratio_limits
from pv.stats.twobytwo import whole_cells

# Nodes of the quadrature, from end to end of a stratum's range.
_NODES = np.linspace(-1.0, 1.0, 401)
# A log ratio, or a standard deviation of log ratios, beyond these is not told from infinity.
_MAX_LOG_RATIO = 30.0
_MAX_TAU = 10.0
_NEWTON_STEPS = 100
# Searched coarsely first, since neither likelihood need have one peak only: the random-effects
# mean as distance from the Mantel-Haenszel ratio (in logs), and tau.
_MEANS = np.array([-10.0, -5, -2.5, -1.2, -0.6, -0.3, 0, 0.3, 0.6, 1.2, 2.5, 5, 10])
_TAUS = np.array([0.0, 0.03, 0.1, 0.3, 0.6, 1, 2, 4, _MAX_TAU])


def common_odds_ratio(  # noqa: PLR0913
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    midp: bool = False,
    level: float = 0.95,
) -> ExactEstimate:
    """Exact conditional common odds ratio over the strata on the last axis (whole counts).

    The sum of a, all margins fixed, is a convolution of noncentral hypergeometric distributions
    (Gart 1970, Biometrika 57:471; Mehta, Patel and Gray 1985, JASA 80:969). Gives the conditional
    maximum likelihood estimate, central exact or mid-p limits, and the p-values of an odds ratio
    of 1: ``p_upper`` = P(sum >= observed). Ends of the range as in
    ``disproportionality.ror_exact``.
    """
    check.level(level)

    def of_row(*table: FloatArray) -> ExactEstimate:
        strata = [support_weights(*cells) for cells in zip(*table, strict=True)]
        return _exact(strata, level, midp=midp)

    return ExactEstimate(*_by_row(of_row, ExactEstimate, *whole_cells(a, b, c, d)))


def common_rate_ratio(  # noqa: PLR0913
    x1: ArrayLike,
    t1: ArrayLike,
    x2: ArrayLike,
    t2: ArrayLike,
    *,
    midp: bool = False,
    level: float = 0.95,
) -> ExactEstimate:
    """Exact conditional common rate ratio (x1/t1)/(x2/t2) over the strata on the last axis.

    Given each stratum's events, x1 is binomial, and the sum of x1 a convolution of binomials
    (Breslow and Day 1987, IARC Sci Publ 82, section 3.6). ``x`` are whole events, ``t``
    person-time in one unit. Strata where one side has no person-time say nothing about the ratio
    and are left out; events without person-time raise ``ValueError``. p-values are those of a
    ratio of 1.
    """
    check.level(level)

    def of_row(*rates: FloatArray) -> ExactEstimate:
        strata = [
            (_binomial_weights(*stratum), int(stratum[0]))
            for stratum in zip(*_comparable(*rates), strict=True)
        ]
        return _exact(strata, level, midp=midp)

    return ExactEstimate(*_by_row(of_row, ExactEstimate, *_rates(x1, t1, x2, t2)))


@dataclass(frozen=True, slots=True, repr=False)
class RandomEffects(Estimate):
    """A rate ratio, its interval, and the variance between strata of its logarithm.

    ``log_variance`` is the variance of the estimate's logarithm, from the curvature of the
    likelihood in the mean and tau; in the mean alone where tau2 is 0.
    """

    tau2: FloatArray
    log_variance: FloatArray


def random_rate_ratio(
    x1: ArrayLike, t1: ArrayLike, x2: ArrayLike, t2: ArrayLike, *, level: float = 0.95
) -> RandomEffects:
    """Rate ratio of the conditional binomial-normal random-effects model (strata on the last axis).

    Stijnen, Hamza and Ozdemir 2010 (Stat Med 29:3046): given its events, x1 of a stratum is
    binomial with logit ln(t1/t2) + mu + u, u normal with variance tau2. exp(mu) is estimated by
    maximum likelihood (adaptive quadrature), with the interval of its profile
    likelihood. Events on one side only: estimate 0 or ``inf`` without an interval (``nan``); no
    events at all: ``nan``. A limit that the likelihood does not bound is 0 or ``inf``. Inputs as
    in ``common_rate_ratio``.
    """
    level = check.level(level)

    def of_row(*rates: FloatArray) -> RandomEffects:
        return _random(*_comparable(*rates), level)

    return RandomEffects(*_by_row(of_row, RandomEffects, *_rates(x1, t1, x2, t2)))


def _random(
    x1: FloatArray, t1: FloatArray, x2: FloatArray, t2: FloatArray, level: float
) -> RandomEffects:
    has_events = (x1 + x2) > 0
    x1_, x2_ = x1[has_events], x2[has_events]
    offset = np.log(t1[has_events] / t2[has_events])
    nan = np.array(np.nan)
    if x1_.sum() == 0 or x2_.sum() == 0:
        side = np.nan if not has_events.any() else (0.0 if x1_.sum() == 0 else np.inf)
        return RandomEffects(np.array(side), nan, nan, nan, nan)

    def profile(mu: float) -> tuple[float, float]:
        """Highest log-likelihood at this mu, and the standard deviation that gives it."""

        def loss(tau: float) -> float:
            return -_log_likelihood(mu, tau, x1_, x2_, offset)

        tau, least = _minimum(loss, _TAUS)
        at_zero = loss(0.0)
        # A gain below the noise of the quadrature is none: equal strata get tau = 0 exactly.
        return (-at_zero, 0.0) if at_zero <= least + 1e-10 else (-least, tau)

    start = float(np.log(_pooled_ratio(x1_ * np.exp(-offset), x2_, 1 + np.exp(-offset))))
    mu, least = _minimum(lambda mu: -profile(mu)[0], start + _MEANS)
    height = -least
    drop = float(special.chdtri(1, 1 - level)) / 2

    def excess(value: float) -> float:
        return profile(value)[0] - height + drop

    def limit(direction: int) -> float:
        step = 1.0
        while excess(mu + direction * step) > 0:
            step *= 2
            if step > _MAX_LOG_RATIO:
                return direction * np.inf
        found = scalar_root(excess, *sorted((mu, mu + direction * step)))
        # A limit reached only because tau may not grow further is none.
        return found if profile(found)[1] < 0.99 * _MAX_TAU else direction * np.inf

    lower, upper, tau = limit(-1), limit(1), profile(mu)[1]
    variance = _log_variance(mu, tau, x1_, x2_, offset)
    found = np.exp(mu), np.exp(lower), np.exp(upper), tau**2, variance
    return RandomEffects(*(np.array(value) for value in found))


def _minimum(function: Callable[[float], float], grid: FloatArray) -> tuple[float, float]:
    """Where a function is least: the best of a rising grid, refined between its neighbours."""
    best = int(np.argmin([function(float(at)) for at in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = optimize.minimize_scalar(
        function, bounds=(low, high), method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x), float(found.fun)


def _log_likelihood(
    mu: float, tau: float, x1: FloatArray, x2: FloatArray, offset: FloatArray
) -> float:
    """Sum over strata of ln of the binomial likelihood averaged over the normal effects."""
    _, log_mass = _quadrature(mu, tau, x1, x2, offset)
    peak = log_mass.max(axis=1)
    area = np.exp(log_mass - peak[:, None]).sum(axis=1)
    return float(np.sum(peak + np.log(area) - np.log(2 * np.pi) / 2))


def _log_variance(
    mu: float, tau: float, x1: FloatArray, x2: FloatArray, offset: FloatArray
) -> float:
    """Variance of mu: the inverse of the observed information in (mu, tau), or in mu at tau = 0.

    With l the binomial log-likelihood and z the effect given the data, the second derivatives of
    a stratum are E[l''] + Var(l') and its like with z l', z^2 l'' (Louis 1982, J R Stat Soc B
    44:226).
    """
    z, log_mass = _quadrature(mu, tau, x1, x2, offset)
    mass = np.exp(log_mass - log_mass.max(axis=1)[:, None])
    mass /= mass.sum(axis=1)[:, None]
    events = (x1 + x2)[:, None]
    share = special.expit((offset + mu)[:, None] + tau * z)
    slope, bend = x1[:, None] - events * share, -events * share * (1 - share)

    def mean(values: FloatArray) -> FloatArray:
        return (mass * values).sum(axis=1)

    def information(left: FloatArray, right: FloatArray) -> float:
        first, second = left * slope, right * slope
        spread = mean(first * second) - mean(first) * mean(second)
        return -float((mean(left * right * bend) + spread).sum())

    one = np.ones_like(z)
    in_mean = information(one, one)
    if tau == 0:
        return 1 / in_mean
    in_tau, together = information(z, z), information(one, z)
    determinant = in_mean * in_tau - together**2
    return in_tau / determinant if determinant > 0 else np.nan


def _quadrature(
    mu: float, tau: float, x1: FloatArray, x2: FloatArray, offset: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Nodes z [strata, nodes] and ln of the mass at each, but for the normal's constant.

    A stratum's integrand can be a narrow peak (many events) or a plateau with a step (none on one
    side). So the trapezium rule runs over z = peak + width sinh(t): fine at the peak, and out to
    where the normal density alone has fallen by e^-36 from it. For analytic integrands that vanish
    at both ends it is exact to rounding.
    """
    events = x1 + x2
    centre = offset + mu
    # Start from the normal approximation, then Newton's steps on a concave function, each held to
    # one unit of the logit, beyond which the curvature no longer describes it.
    information = events * (x1 + 0.5) * (x2 + 0.5) / (events + 1) ** 2
    own = np.log((x1 + 0.5) / (x2 + 0.5))
    z = tau * information * (own - centre) / (tau**2 * information + 1)
    for _ in range(_NEWTON_STEPS if tau > 0 else 0):
        share = special.expit(centre + tau * z)
        slope = tau * (x1 - events * share) - z
        step = slope / (tau**2 * events * share * (1 - share) + 1)
        step = np.clip(step, -1 / tau, 1 / tau)
        z = z + step
        if np.abs(step).max() < 1e-8:
            break
    share = special.expit(centre + tau * z)
    width = 1 / np.sqrt(tau**2 * events * share * (1 - share) + 1)
    reach = np.arcsinh(8.5 / width)
    t = reach[:, None] * _NODES
    at = z[:, None] + width[:, None] * np.sinh(t)
    logit = centre[:, None] + tau * at
    log_mass = -x1[:, None] * np.logaddexp(0, -logit) - x2[:, None] * np.logaddexp(0, logit)
    log_mass += np.log(np.cosh(t)) - at**2 / 2
    return at, log_mass + np.log(width * reach * (_NODES[1] - _NODES[0]))[:, None]


def _exact(strata: list[tuple[FloatArray, int]], level: float, *, midp: bool) -> ExactEstimate:
    """Solve for the sum of the strata; each gives the ln weights of its support and its count."""
    level, share = check.level(level), 0.5 if midp else 1.0
    varying = [(weights, at) for weights, at in strata if weights.size > 1]
    if not varying:
        nothing = np.array(np.nan), np.array(0.0), np.array(np.inf)
        return ExactEstimate(*nothing, np.array(1.0), np.array(share), np.array(share))
    parts = Strata.of(varying)
    family = parts.near_observation(level)
    estimate, lower, upper = ratio_limits(family, level, midp=midp)

    p_lower, p_upper = parts.tails(family, share)
    p_value = min(1.0, 2 * min(p_lower, p_upper))
    p_values = (np.array(p) for p in (p_value, p_lower, p_upper))
    return ExactEstimate(estimate[0], lower[0], upper[0], *p_values)


def _binomial_weights(x1: float, t1: float, x2: float, t2: float) -> FloatArray:
    """ln of the weights of 0..x1+x2 events on the first side, relative to the observed x1.

    Summed from ratios of neighbours, which keeps all digits however many events there are.
    """
    log_time = np.log(t1) - np.log(t2)
    down, up = np.arange(x1), np.arange(x2)
    below = np.cumsum(np.log((x1 - down) / (x2 + 1 + down)) - log_time)
    above = np.cumsum(np.log((x2 - up) / (x1 + 1 + up)) + log_time)
    return np.concatenate([below[::-1], np.zeros(1), above])


def _rates(
    x1: ArrayLike, t1: ArrayLike, x2: ArrayLike, t2: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    x1_, x2_ = check.whole_counts("x1", x1), check.whole_counts("x2", x2)
    t1_, t2_ = check.counts("t1", t1), check.counts("t2", t2)
    check.common_shape(x1=x1_, t1=t1_, x2=x2_, t2=t2_)
    for name, events, time in (("1", x1_, t1_), ("2", x2_, t2_)):
        if np.any((events > 0) & (time == 0)):
            raise ValueError(f"x{name} must be 0 where t{name} is 0")
    return x1_, t1_, x2_, t2_


def _comparable(
    x1: FloatArray, t1: FloatArray, x2: FloatArray, t2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The strata in which both sides have person-time."""
    compares = (t1 > 0) & (t2 > 0)
    return x1[compares], t1[compares], x2[compares], t2[compares]


def _by_row(
    solve: Callable[..., Result], kind: type[Result], *arrays: FloatArray
) -> list[FloatArray]:
    """The fields of all rows' results; the last axis of the arrays is the strata."""
    together = [np.atleast_1d(array) for array in np.broadcast_arrays(*arrays)]
    shape = together[0].shape[:-1]
    rows = [solve(*(array[row] for array in together)) for row in np.ndindex(shape)]
    names = [field.name for field in fields(kind)]
    return [np.array([getattr(row, name) for row in rows]).reshape(shape) for name in names]


def _pooled_ratio(for_: FloatArray, against: FloatArray, size: FloatArray) -> float:
    """The Mantel-Haenszel ratio, as a starting value."""
    some = size > 0
    numerator = float((for_[some] / size[some]).sum())
    denominator = float((against[some] / size[some]).sum())
    return numerator / denominator if denominator > 0 else np.inf
