"""Meta-analysis of large strata: Peto, inverse variance and random effects (METHODS part 3).

For strata with many events each. With 0 or 1 events in a stratum the normal approximation of its
effect fails: use ``pv.stats.stratified`` (Mantel-Haenszel) or ``pv.stats.conditional`` there.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._intervals import log_normal
from pv.stats._result import EstimateWithP, FloatArray, LogEstimate
from pv.stats.twobytwo import cells

Tau2Method = Literal["dersimonian_laird", "paule_mandel", "reml"]

# Between-stratum variances are searched on this many steps before the best one is refined.
_GRID = 96
_HALVINGS = 80


@dataclass(frozen=True, slots=True, repr=False)
class Pooled(EstimateWithP):
    """A pooled effect on the scale of its inputs (ln ratio), with its heterogeneity.

    ``q`` is Cochran's statistic with ``q_p_value`` (chi-squared, K - 1 degrees), ``i2`` the share
    of variation between strata in percent, ``tau2`` the variance between strata (0 for the
    fixed-effect model). ``standard_error`` is that of the estimate; with ``hartung_knapp`` the one
    from the observed scatter.
    """

    q: FloatArray
    q_p_value: FloatArray
    i2: FloatArray
    tau2: FloatArray
    standard_error: FloatArray


def peto(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> LogEstimate:
    """Peto's one-step odds ratio over the strata of the last axis.

    Yusuf et al. 1985 (Prog Cardiovasc Dis 27:335): exp(sum(a - E) / sum V), hypergeometric V.
    Biased when the effect is large or the two groups differ much in size, as with spontaneous
    reports. Strata of fewer than two cases contribute nothing; ``nan`` when no stratum can vary.
    """
    table = cells(a, b, c, d)
    total = table.total
    row, column = table.a + table.b, table.a + table.c
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(total > 1, row * column / total, table.a)
        spread = row * column * (total - row) * (total - column) / (total**2 * (total - 1))
        spread = np.where(total > 1, spread, 0.0)
        information = spread.sum(-1)
        variance = np.where(information > 0, 1 / information, np.nan)
        return log_normal(np.exp((table.a - mean).sum(-1) * variance), variance, level)


def ratio_of_ratios(
    ratio: ArrayLike,
    log_variance: ArrayLike,
    other: ArrayLike,
    other_log_variance: ArrayLike,
    *,
    level: float = 0.95,
) -> LogEstimate:
    """How much larger a ratio is in some cases than in others that share none with them.

    Altman and Bland 2003 (BMJ 326:219): the logarithms are independent, so that their variances
    add up. ``nan`` where one of the two is undefined, 0 or infinite, or has no variance.
    """
    first, second = (np.asarray(check.unmasked(name, values), dtype=np.float64)
                     for name, values in (("ratio", ratio), ("other", other)))  # fmt: skip
    variances = [
        np.asarray(check.unmasked(name, values), dtype=np.float64)
        for name, values in (
            ("log_variance", log_variance), ("other_log_variance", other_log_variance),
        )
    ]  # fmt: skip
    check.common_shape(
        ratio=first, log_variance=variances[0], other=second, other_log_variance=variances[1]
    )
    for name, values in (
        ("ratio", first), ("log_variance", variances[0]), ("other", second),
        ("other_log_variance", variances[1]),
    ):  # fmt: skip
        if np.any(values < 0):
            raise ValueError(f"{name} must not be negative")
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient, variance = first / second, variances[0] + variances[1]
    defined = np.isfinite(quotient) & (quotient > 0) & np.isfinite(variance)
    return log_normal(
        np.where(defined, quotient, np.nan), np.where(defined, variance, np.nan), level
    )


def inverse_variance(effect: ArrayLike, variance: ArrayLike, *, level: float = 0.95) -> Pooled:
    """Fixed-effect (common-effect) mean of the strata's effects, weighted by 1/variance.

    ``effect`` and ``variance`` (above zero) have shape [..., K]; the result [...].
    """
    y, v = _strata(effect, variance)
    return _pooled(y, v, np.zeros(y.shape[:-1]), check.level(level), hartung_knapp=False)


def random_effects(
    effect: ArrayLike,
    variance: ArrayLike,
    *,
    method: Tau2Method = "reml",
    hartung_knapp: bool = True,
    level: float = 0.95,
) -> Pooled:
    """Random-effects mean of the strata's effects.

    ``method`` estimates the variance between strata: ``dersimonian_laird`` (1986, Control Clin
    Trials 7:177), ``paule_mandel`` (1982, J Res NBS 87:377) or ``reml`` (its global maximum, by
    a grid and golden-section refinement). ``hartung_knapp`` (2001, Stat Med 20:1771) takes
    Student's t with K - 1 degrees and a variance from the observed scatter; its interval is never
    made narrower than the ordinary normal one, and its p-value never smaller. Shapes as in
    ``inverse_variance``. One stratum alone gives tau2 = 0 and the ordinary interval.
    """
    y, v = _strata(effect, variance)
    if method == "dersimonian_laird":
        tau2 = _dersimonian_laird(y, v)
    elif method == "paule_mandel":
        tau2 = _paule_mandel(y, v)
    elif method == "reml":
        tau2 = _reml(y, v)
    else:
        raise ValueError(
            f"method must be dersimonian_laird, paule_mandel or reml, but is {method!r}"
        )
    return _pooled(y, v, tau2, check.level(level), hartung_knapp=hartung_knapp)


def _strata(effect: ArrayLike, variance: ArrayLike) -> tuple[FloatArray, FloatArray]:
    y, v = check.finite("effect", effect), check.positive("variance", variance)
    check.common_shape(effect=y, variance=v)
    y, v = np.broadcast_arrays(y, v)
    if y.ndim == 0 or y.shape[-1] == 0:
        raise ValueError("effect must have at least one stratum on its last axis")
    return y, v


def _weighted(
    y: FloatArray, v: FloatArray, tau2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weights 1/(v + tau2), the weighted mean, and the weighted sum of squares about it."""
    weights = 1 / (v + tau2[..., None])
    mean = (weights * y).sum(-1) / weights.sum(-1)
    return weights, mean, (weights * (y - mean[..., None]) ** 2).sum(-1)


def _pooled(
    y: FloatArray, v: FloatArray, tau2: FloatArray, level: float, *, hartung_knapp: bool
) -> Pooled:
    degrees: int = y.shape[-1] - 1
    weights, mean, scatter = _weighted(y, v, tau2)
    error: FloatArray = np.sqrt(1 / weights.sum(-1))
    half, standard_error = special.ndtri((1 + level) / 2) * error, error
    p_value = 2 * special.ndtr(-np.abs(mean) / error)
    if hartung_knapp and degrees > 0:
        standard_error = np.sqrt(scatter / degrees) * error
        half = np.maximum(half, special.stdtrit(degrees, (1 + level) / 2) * standard_error)
        with np.errstate(divide="ignore", invalid="ignore"):
            student = 2 * special.stdtr(degrees, -np.abs(mean) / standard_error)
        p_value = np.fmax(p_value, student)
    _, _, q = _weighted(y, v, np.zeros_like(mean))
    with np.errstate(divide="ignore", invalid="ignore"):
        i2 = np.where(q > degrees, 100 * ((q - degrees) / q), 0.0)
    q_p_value = special.chdtrc(degrees, q) if degrees > 0 else np.full_like(q, np.nan)
    return Pooled(mean, mean - half, mean + half, p_value, q, q_p_value, i2, tau2, standard_error)


def _dersimonian_laird(y: FloatArray, v: FloatArray) -> FloatArray:
    weights, _, q = _weighted(y, v, np.zeros(y.shape[:-1]))
    total = weights.sum(-1)
    scale = total - (weights**2).sum(-1) / total
    if y.shape[-1] == 1:
        return np.zeros_like(total)
    return np.maximum(0.0, (q - (y.shape[-1] - 1)) / scale)


def _paule_mandel(y: FloatArray, v: FloatArray) -> FloatArray:
    """The tau2 at which the weighted sum of squares equals K - 1; it falls as tau2 rises."""
    degrees = y.shape[-1] - 1
    low, high = np.zeros(y.shape[:-1]), _tau2_bound(y)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_small = _weighted(y, v, middle)[2] > degrees
        low, high = np.where(too_small, middle, low), np.where(too_small, high, middle)
    at_zero = _weighted(y, v, np.zeros_like(low))[2] <= degrees
    return np.where(at_zero, 0.0, (low + high) / 2)


def _reml(y: FloatArray, v: FloatArray) -> FloatArray:
    """The tau2 of the highest restricted likelihood, which can have more than one peak."""

    def likelihood(tau2: FloatArray) -> FloatArray:
        weights, _, scatter = _weighted(y, v, tau2)
        return (np.log(weights).sum(-1) - np.log(weights.sum(-1)) - scatter) / 2

    bound = _tau2_bound(y)
    # Squared steps are close together near zero, where the peak of sparse strata lies.
    steps = np.linspace(0, 1, _GRID) ** 2
    heights = np.stack([likelihood(bound * step) for step in steps])
    best = heights.argmax(0)
    low = bound * steps[np.maximum(best - 1, 0)]
    high = bound * steps[np.minimum(best + 1, _GRID - 1)]
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(_HALVINGS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        rising = likelihood(left) < likelihood(right)
        low, high = np.where(rising, left, low), np.where(rising, high, right)
    peak = (low + high) / 2
    return np.where(likelihood(np.zeros_like(peak)) >= likelihood(peak), 0.0, peak)


def _tau2_bound(y: FloatArray) -> FloatArray:
    """The sum of squares S of the effects about their mean, which no estimate exceeds.

    Paule-Mandel: at tau2 > S the weighted squares are below 1. REML: its slope is y'PPy - tr(P)
    with P at most 1/tau2, so y'PPy <= max(P)^2 S < max(P) <= tr(P) there: it only falls.
    """
    return ((y - y.mean(-1, keepdims=True)) ** 2).sum(-1)
