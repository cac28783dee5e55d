"""Fitting the prior of the gamma-Poisson shrinker, with a certificate or a named refusal.

The default is the full likelihood, zero cells included: truncated ones are ill-posed on sparse
tables. Many starts run on a squashed table (cells binned on ln E within each count), the best is
polished by Newton steps on all cells. DuMouchel 1999 (Am Stat 53:177); squashing: DuMouchel and
Pregibon 2001 (KDD).
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from pv.stats import _validate as check
from pv.stats._gps_likelihood import (
    Cells,
    Likelihood,
    make_cells,
    objective,
    point_mass_objective,
    squash,
)
from pv.stats._result import FloatArray
from pv.stats.gps import GpsPrior
from pv.stats.gps_zeros import ZeroBins

# alpha1, beta1, alpha2, beta2, weight: the usual published starts and others far from them.
_STARTS = (
    (0.2, 0.1, 2.0, 4.0, 1 / 3),
    (0.2, 0.06, 1.4, 1.8, 0.1),
    (3.0, 0.4, 2.0, 2.0, 0.07),
    (0.5, 0.5, 2.0, 2.0, 0.5),
    (1.0, 0.1, 5.0, 5.0, 0.02),
    (0.1, 0.1, 10.0, 10.0, 0.1),
    (2.0, 0.5, 1.0, 2.0, 0.3),
    (0.01, 0.01, 2.0, 2.0, 0.5),
    (4.0, 4.0, 0.5, 5.0, 0.5),
    (1.0, 1.0, 1.0, 0.01, 0.9),
    (20.0, 2.0, 20.0, 20.0, 0.01),
    (0.3, 0.03, 0.3, 0.3, 0.5),
    # A sharp component: a table whose comparator stands among its products has cells of n = E.
    (0.2, 0.2, 1000.0, 1000.0, 0.8),
    (2.0, 0.5, 1000.0, 1000.0, 0.1),
)
_LARGEST_SHAPE = 1e4
_SHAPES = (1, 3)
_LOW = np.array([-10.0, math.log(1e-4), -10.0, math.log(1e-4), -14.0])
_HIGH = np.array([10.0, math.log(_LARGEST_SHAPE), 10.0, math.log(_LARGEST_SHAPE), 14.0])

_AGREE = 1e-3  # starts within this of the best -logL have found the same optimum
_NEAR_BOUND = 0.05
_FLAT = 0.05  # curvature: a standard error of 4.5 on a logarithm tells nothing
_SHARP = math.log(30.0)  # from this shape on, a component may be a point mass
_UNFINISHED = 1e-6
_NULL_GAIN = 9.49 / 2  # 95% point of chi-squared with 4 degrees of freedom, on the -logL scale

Limit = Literal["none", "null", "point-mass"]


class GpsNotIdentified(ValueError):  # noqa: N818 - a state of the data, not a slip of the caller
    """The table does not determine the prior: ``reason`` says why. Use a prior fitted elsewhere."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the GPS prior is not identified: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class GpsCertificate:
    """What shows that a fit is an optimum, in the coordinates (ln mean, ln shape, logit weight).

    ``gradient_norm``: largest absolute derivative of -logL over all cells. ``starts`` and
    ``starts_agreeing`` (within .001 of the best -logL). ``bound_distance``: from the nearest
    bound of the search. ``curvature``: smallest eigenvalue of the Hessian, the inverse of the
    largest squared standard error.
    """

    gradient_norm: float
    starts: int
    starts_agreeing: int
    bound_distance: float
    curvature: float


@dataclass(frozen=True, slots=True)
class GpsFit:
    """A fitted prior. ``likelihood`` names the form; forms are not comparable by -logL.

    ``limit`` is "none" for an ordinary optimum; "null" where the table is not told from lambda = 1
    everywhere, so that the prior is a point mass at 1 and EBGM is near 1; "point-mass" where one
    component has run into a point mass (shape at its bound) and the rest is an ordinary optimum.
    """

    prior: GpsPrior
    likelihood: Likelihood
    neg_log_likelihood: float
    limit: Limit
    certificate: GpsCertificate


def fit(
    n: ArrayLike,
    expected: ArrayLike,
    zeros: ZeroBins | None = None,
    likelihood: Likelihood = "full",
) -> GpsFit:
    """Maximum likelihood prior from cells (n, E) and the binned zero cells of the same table.

    ``n`` and ``expected`` are one-dimensional and of equal length; zero cells may stand among
    them, or come as ``zeros`` (see ``gps_zeros.zero_bins``). The truncated likelihoods leave zero
    cells out. Components are ordered by mean, the larger first. Raises ``GpsNotIdentified`` when
    the optimum lies on a bound or is flat, and ``ValueError`` for bad input: lengths that differ,
    an empty table, a case where none is expected, or a full likelihood without any zero cell.

    Sparse tables are refused rightly: where few cells hold more than one case, a single gamma is as
    likely as any mixture (the first 1,000 reports of FAERS 2025Q4, pooled over countries: curvature
    .023, the single gamma .8 behind). Fit more reports, or use a prior fitted on a larger table.
    """
    cells = _table(n, expected, zeros, likelihood)
    small = squash(cells)
    runs = [_search(_from_theta(theta), small, likelihood) for theta in _STARTS]
    values = np.array([value for value, _ in runs])
    agreeing = int((values <= values.min() + _AGREE).sum())
    best = runs[int(values.argmin())][1]

    free = np.ones(5, dtype=np.bool_)
    candidate = _finish(best, free, cells, small, likelihood, agreeing)
    reason = _refusal(candidate, free)
    if reason is None:
        return _result(candidate, likelihood, "none")

    null_value = point_mass_objective(cells, likelihood)
    if null_value - candidate.value < _NULL_GAIN:
        return _null(null_value, likelihood, agreeing)

    for k in _SHAPES:
        if candidate.point[k] > _SHARP:
            free[:] = True
            free[k] = False
            start = candidate.point.copy()
            start[k] = _HIGH[k]
            _, fixed = _search(start, small, likelihood, free)
            limit = _finish(fixed, free, cells, small, likelihood, agreeing)
            if _refusal(limit, free) is None:
                return _result(limit, likelihood, "point-mass")
    raise GpsNotIdentified(reason)


@dataclass(frozen=True, slots=True)
class _Candidate:
    point: FloatArray
    value: float
    gain: float  # what a further Newton step would still win
    certificate: GpsCertificate


def _finish(  # noqa: PLR0913, PLR0917
    point: FloatArray,
    free: NDArray[np.bool_],
    cells: Cells,
    small: Cells,
    likelihood: Likelihood,
    agreeing: int,
) -> _Candidate:
    """Newton steps on all cells with the Hessian of the squashed ones, which hardly differs."""
    inner = np.ix_(free, free)
    hessian = _hessian(point, small, likelihood)[inner]
    curvature = float(np.linalg.eigvalsh(hessian)[0])
    value, gradient = objective(point, cells, likelihood)
    gain = math.inf
    for _ in range(30):
        if curvature <= 0:
            break
        step = np.zeros(5)
        step[free] = np.linalg.solve(hessian, gradient[free])
        gain = float(gradient @ step) / 2
        if gain < 1e-14 * max(1.0, abs(value)):
            break
        there = np.clip(point - step, _LOW, _HIGH)
        new_value, new_gradient = objective(there, cells, likelihood)
        if not new_value < value:
            break
        point, value, gradient = there, new_value, new_gradient
    distance = np.minimum(point - _LOW, _HIGH - point)[free]
    return _Candidate(
        point,
        value,
        gain,
        GpsCertificate(
            float(np.abs(gradient[free]).max()),
            len(_STARTS),
            agreeing,
            float(distance.min()),
            curvature,
        ),
    )


def _refusal(candidate: _Candidate, free: NDArray[np.bool_]) -> str | None:
    names = np.array(["mean 1", "shape 1", "mean 2", "shape 2", "weight"])
    distance = np.minimum(candidate.point - _LOW, _HIGH - candidate.point)
    on_bound = free & (distance < _NEAR_BOUND)
    if on_bound.any():
        return f"the optimum lies on a bound of the search ({', '.join(names[on_bound])})"
    if candidate.certificate.curvature < _FLAT:
        return (
            f"the likelihood is flat at the optimum (curvature "
            f"{candidate.certificate.curvature:.2g}): the two components cannot be told apart"
        )
    if candidate.gain > _UNFINISHED:
        return f"no start converged (-logL may still fall by {candidate.gain:.2g})"
    return None


def _result(candidate: _Candidate, likelihood: Likelihood, limit: Limit) -> GpsFit:
    log_m1, log_a1, log_m2, log_a2, logit = candidate.point
    weight = 1 / (1 + math.exp(-logit))
    first = (math.exp(log_a1), math.exp(log_a1 - log_m1))
    second = (math.exp(log_a2), math.exp(log_a2 - log_m2))
    if log_m1 >= log_m2:
        prior = GpsPrior(*first, *second, weight)
    else:
        prior = GpsPrior(*second, *first, 1 - weight)
    return GpsFit(prior, likelihood, candidate.value, limit, candidate.certificate)


def _null(value: float, likelihood: Likelihood, agreeing: int) -> GpsFit:
    """The limit of a table without effect: both components are the same point mass at 1."""
    mass = (_LARGEST_SHAPE, _LARGEST_SHAPE)
    certificate = GpsCertificate(0.0, len(_STARTS), agreeing, 0.0, 0.0)
    return GpsFit(GpsPrior(*mass, *mass, 0.5), likelihood, value, "null", certificate)


def _table(
    n: ArrayLike, expected: ArrayLike, zeros: ZeroBins | None, likelihood: Likelihood
) -> Cells:
    if likelihood not in get_args(Likelihood):
        raise ValueError(f"likelihood must be one of {get_args(Likelihood)}, but is {likelihood!r}")
    n_ = check.whole_counts("n", n)
    expected_ = check.counts("expected", expected)
    if n_.ndim != 1 or n_.shape != expected_.shape:
        raise ValueError(
            f"n and expected must be two lists of equal length: {n_.shape}, {expected_.shape}"
        )
    weight = np.ones(n_.size)
    if zeros is not None:
        n_ = np.concatenate([n_, np.zeros(zeros.count.size)])
        expected_ = np.concatenate([expected_, check.positive("zeros.expected", zeros.expected)])
        weight = np.concatenate([weight, check.counts("zeros.count", zeros.count)])
    if np.any((expected_ == 0) & (n_ > 0)):
        raise ValueError("expected must be above zero where n is")
    seen = n_ > 0
    if not seen.any():
        raise ValueError("n holds no case: there is nothing to fit")
    if likelihood == "full":
        if zeros is None and seen.all():
            raise ValueError(
                "the full likelihood needs the zero cells: give zeros (empty lists if none is zero)"
            )
        kept = expected_ > 0
    else:
        kept = seen
    return make_cells(n_[kept], expected_[kept], weight[kept])


def _search(
    start: FloatArray,
    cells: Cells,
    likelihood: Likelihood,
    free: NDArray[np.bool_] | None = None,
) -> tuple[float, FloatArray]:
    low, high = _LOW, _HIGH
    if free is not None:
        low, high = np.where(free, _LOW, start), np.where(free, _HIGH, start)
    found = optimize.minimize(
        objective,
        np.clip(start, low, high),
        args=(cells, likelihood),
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(low, high, strict=True)),
        options={"maxiter": 200, "ftol": 1e-13, "gtol": 1e-7},
    )
    return float(found.fun), np.asarray(found.x, dtype=np.float64)


def _hessian(point: FloatArray, cells: Cells, likelihood: Likelihood) -> FloatArray:
    """Central differences of the gradient."""
    width = 1e-4
    rows = [
        objective(point + width * unit, cells, likelihood)[1]
        - objective(point - width * unit, cells, likelihood)[1]
        for unit in np.eye(5)
    ]
    hessian = np.array(rows) / (2 * width)
    return (hessian + hessian.T) / 2


def _from_theta(theta: tuple[float, float, float, float, float]) -> FloatArray:
    alpha1, beta1, alpha2, beta2, weight = theta
    return np.array(
        [
            math.log(alpha1 / beta1),
            math.log(alpha1),
            math.log(alpha2 / beta2),
            math.log(alpha2),
            math.log(weight / (1 - weight)),
        ]
    )
