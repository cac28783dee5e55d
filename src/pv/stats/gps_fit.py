"""Fitting the prior of the gamma-Poisson shrinker, with a certificate or a named refusal.

The default is the full likelihood, zero cells included: truncated ones are ill-posed on sparse
tables. Many starts run on the table, or on a squashed one where it has more than 20,000 cells; the
best optima are then sought on all cells. DuMouchel 1999 (Am Stat 53:177); squashing: DuMouchel and
Pregibon 2001 (KDD).
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pv.stats import _validate as check
from pv.stats._gps_likelihood import Cells, Likelihood, make_cells, objective, point_mass_objective
from pv.stats._gps_search import LARGEST_SHAPE, STARTS, Optimum, search
from pv.stats._result import Result
from pv.stats.gps import GpsPrior
from pv.stats.gps_zeros import ZeroBins

_SHAPES = (1, 3)
_NEAR_BOUND = 0.05
_FLAT = 0.05  # curvature: a standard error of 4.5 on a logarithm tells nothing
_SHARP = math.log(30.0)  # from this shape on, a component may be a point mass
_FEWEST = 5.0  # cells' worth of information on the weight
_UNFINISHED = 1e-6
_NULL_GAIN = 9.49 / 2  # 95% point of chi-squared with 4 degrees of freedom, on the -logL scale
_SPREAD_SHAPE = 4.0  # of a gamma with mean 1 and standard deviation 1/2
_EVIDENCE = 3.0  # a likelihood ratio of 20

Limit = Literal["none", "null", "point-mass"]


class GpsNotIdentified(ValueError):  # noqa: N818 - a state of the data, not a slip of the caller
    """The table does not determine the prior: ``reason`` says why. Use a prior fitted elsewhere."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the GPS prior is not identified: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class GpsCertificate(Result):
    """What shows that a fit is an optimum, in the coordinates (ln mean, ln shape, logit weight).

    ``gradient_norm``: largest absolute derivative of -logL over all cells. ``starts`` and
    ``starts_agreeing`` (within .001 of the best -logL). ``bound_distance``: from the nearest
    bound of the search. ``curvature``: smallest eigenvalue of the Hessian, the inverse of the
    largest squared standard error. ``information``: second derivative to the logit of the weight;
    where each cell shows its component, it is nearly the number of cells in the rarer one. The
    shape of a point mass is left out of all but the starts.
    """

    gradient_norm: float
    starts: int
    starts_agreeing: int
    bound_distance: float
    curvature: float
    information: float


@dataclass(frozen=True, slots=True, repr=False)
class GpsFit(Result):
    """A fitted prior. ``likelihood`` names the form; forms are not comparable by -logL.

    ``limit`` is "none" for an ordinary optimum; "null" where the table is not told from lambda = 1
    everywhere, so that the prior is a point mass at 1 and EBGM is near 1; "point-mass" where one
    component cannot be told from a point mass (its shape is at its bound, or above 30 and flat) and
    the rest is an ordinary optimum.
    """

    prior: GpsPrior
    likelihood: Likelihood
    neg_log_likelihood: float
    limit: Limit
    certificate: GpsCertificate


def fit(
    n: ArrayLike,
    expected: ArrayLike,
    *,
    zeros: ZeroBins | None = None,
    likelihood: Likelihood = "full",
) -> GpsFit:
    """Maximum likelihood prior from cells (n, E) and the binned zero cells of the same table.

    ``n`` and ``expected`` are one-dimensional and of equal length; zero cells may stand among
    them, or come as ``zeros`` (see ``gps_zeros.zero_bins``). The truncated likelihoods leave zero
    cells out. Components are ordered by mean, the larger first. Raises ``ValueError`` for bad
    input: lengths that differ, an empty table, a case where none is expected, or a full likelihood
    without any zero cell.

    Raises ``GpsNotIdentified`` when the optimum lies on a bound or is flat, and when the table
    holds too little information: a small table takes a prior fitted on a larger one. A mixture
    needs 5 cells' worth of it (``information`` of the certificate). A point mass at 1 needs a
    likelihood 20 times that of ratios with mean 1 and a standard deviation of 1/2.

    Sparse tables are refused rightly: where few cells hold more than one case, a single gamma is as
    likely as any mixture (the first 1,000 reports of FAERS 2025Q4, pooled over countries: curvature
    .023, the single gamma .8 behind).
    """
    cells = _table(n, expected, zeros, likelihood)
    found = search(cells, likelihood)
    best, agreeing = found.best, found.agreeing
    known = np.ones(5, dtype=np.bool_)
    reason = _refusal(best, known)
    if reason is None:
        return _result(best, known, likelihood, "none", agreeing)

    null_value = point_mass_objective(cells, likelihood)
    if null_value - best.value < _NULL_GAIN:
        return _null(null_value, cells, likelihood, agreeing)

    for shape in _SHAPES:
        if best.point[shape] > _SHARP:
            known[:] = True
            known[shape] = False
            if _refusal(best, known) is None:
                return _result(best, known, likelihood, "point-mass", agreeing)
    raise GpsNotIdentified(reason)


def _refusal(optimum: Optimum, known: NDArray[np.bool_]) -> str | None:
    """Why the table does not determine the coordinates that it should make known."""
    names = np.array(["mean 1", "shape 1", "mean 2", "shape 2", "weight"])
    on_bound = known & (optimum.bound_distance < _NEAR_BOUND)
    if on_bound.any():
        return f"the optimum lies on a bound of the search ({', '.join(names[on_bound])})"
    curvature = optimum.curvature(known)
    if curvature < _FLAT:
        return (
            f"the likelihood is flat at the optimum (curvature {curvature:.2g}): the two "
            "components cannot be told apart"
        )
    if optimum.information < _FEWEST:
        return (
            f"the table holds too little information on the weight: {optimum.information:.2g} "
            f"cells' worth, and {_FEWEST:g} are needed"
        )
    if optimum.gain > _UNFINISHED:
        return f"no start converged (-logL may still fall by {optimum.gain:.2g})"
    return None


def _result(
    optimum: Optimum,
    known: NDArray[np.bool_],
    likelihood: Likelihood,
    limit: Limit,
    agreeing: int,
) -> GpsFit:
    log_m1, log_a1, log_m2, log_a2, logit = optimum.point
    weight = 1 / (1 + math.exp(-logit))
    first = (math.exp(log_a1), math.exp(log_a1 - log_m1))
    second = (math.exp(log_a2), math.exp(log_a2 - log_m2))
    if log_m1 >= log_m2:
        prior = GpsPrior(*first, *second, weight)
    else:
        prior = GpsPrior(*second, *first, 1 - weight)
    certificate = GpsCertificate(
        float(np.abs(optimum.slopes.gradient[known]).max()),
        len(STARTS),
        agreeing,
        float(optimum.bound_distance[known].min()),
        optimum.curvature(known),
        optimum.information,
    )
    return GpsFit(prior, likelihood, optimum.value, limit, certificate)


def _null(value: float, cells: Cells, likelihood: Likelihood, agreeing: int) -> GpsFit:
    """The limit of a table without effect: both components are the same point mass at 1."""
    spread = math.log(_SPREAD_SHAPE)
    evidence = objective(np.array([0, spread, 0, spread, 0]), cells, likelihood).value - value
    if evidence < _EVIDENCE:
        raise GpsNotIdentified(
            "the table holds too little information: the logarithm of the likelihood ratio of a "
            "point mass at 1 to ratios with a standard deviation of 1/2 is "
            f"{evidence:.2g}, and {_EVIDENCE:g} is needed"
        )
    mass = (LARGEST_SHAPE, LARGEST_SHAPE)
    certificate = GpsCertificate(0.0, len(STARTS), agreeing, 0.0, 0.0, 0.0)
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
