"""Person-time of cohorts by time since treatment, under a retention curve.

A cohort are the patients first treated in a period, evenly over its days. A patient treated at
time s is followed for F = t - s at time t, and gives a window [w0, w1) since treatment the
integral of the retention S(u) over [w0, min(w1, F)). Averaged over s this is a difference of
closed forms: S is piecewise exponential, A(x) its integral up to x, and B(x) the integral of A.

Times are in days, from any origin; person-time is in years of 365.25 days. Day d is the time from
d to d + 1: a period, and what has been observed, end with their last day.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result

DAYS_PER_YEAR = 365.25
# Below this the closed forms of an exponential piece lose digits, and their series has them.
_SMALL = 1e-2


@dataclass(frozen=True, slots=True, repr=False)
class Retention(Result):
    """Loss to death and to follow-up, constant within each year since treatment.

    ``retained`` [years]: of those followed at the start of the first, second, ... year since
    treatment, the share still followed at its end; the last one holds for all later years. 1 is no
    loss. Values must lie in (0, 1].
    """

    retained: FloatArray

    @staticmethod
    def of(retained: ArrayLike) -> "Retention":
        """The curve of yearly shares; ``ValueError`` outside (0, 1] or without any."""
        shares = check.probabilities("retained", check.positive("retained", retained))
        if shares.ndim != 1 or not shares.size:
            raise ValueError("retained must be a list of at least one yearly share")
        return Retention(shares)

    def share(self, days: ArrayLike) -> FloatArray:
        """S(u): the share still followed ``days`` after treatment (any shape, not negative)."""
        share, _, _ = self._integrals(check.counts("days", days))
        return share

    def time(self, days: ArrayLike) -> FloatArray:
        """A(x): days of follow-up that a patient gives on average in the first ``days``."""
        _, time, _ = self._integrals(check.counts("days", days))
        return time

    def twice(self, days: ArrayLike) -> FloatArray:
        """The integral of A from 0 to ``days``, in square days."""
        _, _, twice = self._integrals(check.counts("days", days))
        return twice

    def _integrals(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """S, A and the integral of A at ``x``, from their values at the start of its year."""
        hazard = -np.log(self.retained) / DAYS_PER_YEAR
        share, time, twice = np.ones(1), np.zeros(1), np.zeros(1)
        for loss in hazard[:-1]:
            ends = _piece(loss, np.array(DAYS_PER_YEAR), share[-1], time[-1], twice[-1])
            share, time, twice = (
                np.append(old, new) for old, new in zip((share, time, twice), ends, strict=True)
            )
        year = np.minimum(np.floor(x / DAYS_PER_YEAR), hazard.size - 1).astype(np.intp)
        return _piece(hazard[year], x - year * DAYS_PER_YEAR, share[year], time[year], twice[year])


def cohort_person_years(  # noqa: PLR0913 - a cohort is three columns
    first_day: ArrayLike,
    last_day: ArrayLike,
    patients: ArrayLike,
    *,
    until: ArrayLike,
    edges: ArrayLike,
    retention: Retention,
) -> FloatArray:
    """Person-years [cohorts, looks, windows] that cohorts have given by the end of each look.

    ``first_day``, ``last_day`` [cohorts] are the first and last day of treatment, ``patients``
    those treated in it; ``until`` [looks] the last observed day; ``edges`` [windows + 1] ascending
    days since treatment: window i is from edges[i] to just before edges[i + 1], so that windows
    tile. A cohort counts as far as it has been treated by then. ``ValueError`` for negative
    patients, a period that ends before it begins, or edges that do not ascend from 0 or more.
    """
    first, last = check.finite("first_day", first_day), check.finite("last_day", last_day)
    treated = check.counts("patients", patients)
    check.common_shape(first_day=first, last_day=last, patients=treated)
    check.not_above("first_day", first, "last_day", last)
    end = check.finite("until", until) + 1
    edge = check.counts("edges", edges)
    if edge.size < 2 or np.any(np.diff(edge) <= 0):
        raise ValueError("edges must be at least two ascending days")
    longest = np.maximum(end - first[:, None], 0.0)
    shortest = np.maximum(end - (last[:, None] + 1), 0.0)
    at_longest, at_shortest = retention.twice(longest), retention.twice(shortest)
    at_edge, twice_at_edge = retention.time(edge), retention.twice(edge)

    def up_to(window: int, followed: FloatArray, twice: FloatArray) -> FloatArray:
        """The integral of A(min(F, edge)) over F from 0 to the follow-up."""
        beyond = twice_at_edge[window] + at_edge[window] * (followed - edge[window])
        return np.where(followed <= edge[window], twice, beyond)

    by_edge = np.stack(
        [up_to(i, longest, at_longest) - up_to(i, shortest, at_shortest) for i in range(edge.size)],
        axis=-1,
    )
    per_day = treated / (last + 1 - first)
    # Rounding may leave a window that is not reached a hair below nothing.
    days = np.maximum(np.diff(by_edge, axis=-1), 0.0)
    return days * per_day[:, None, None] / DAYS_PER_YEAR


def period_person_years(
    first_day: ArrayLike, last_day: ArrayLike, person_years: ArrayLike, *, until: ArrayLike
) -> FloatArray:
    """Person-years [periods, looks] given directly, as far as their period has gone at each look.

    They are spread evenly over the days of the period; what time since treatment they were is not
    known. Errors as in ``cohort_person_years``.
    """
    first, last = check.finite("first_day", first_day), check.finite("last_day", last_day)
    given = check.counts("person_years", person_years)
    check.common_shape(first_day=first, last_day=last, person_years=given)
    check.not_above("first_day", first, "last_day", last)
    end = check.finite("until", until) + 1
    gone = (end - first[:, None]) / (last + 1 - first)[:, None]
    return given[:, None] * np.clip(gone, 0.0, 1.0)


def patient_years(edges: ArrayLike, retention: Retention) -> FloatArray:
    """Person-years [windows] that one patient gives on average who has passed all windows."""
    edge = check.counts("edges", edges)
    return np.diff(retention.time(edge)) / DAYS_PER_YEAR


def _piece(
    hazard: ArrayLike, days: FloatArray, share: ArrayLike, time: ArrayLike, twice: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """S, A and the integral of A ``days`` into a piece of constant hazard.

    With z = hazard * days: the integral of S is days (1 - e^-z)/z, and that integral's own is
    days^2 (z - 1 + e^-z)/z^2.
    """
    share_, time_, twice_ = (np.asarray(v, dtype=np.float64) for v in (share, time, twice))
    z = np.asarray(hazard, dtype=np.float64) * days
    safe = np.where(z < _SMALL, 1.0, z)
    once = np.where(z < _SMALL, _series(z, 1), -np.expm1(-safe) / safe)
    double = np.where(z < _SMALL, _series(z, 2), (safe + np.expm1(-safe)) / safe**2)
    return (
        share_ * np.exp(-z),
        time_ + share_ * days * once,
        twice_ + time_ * days + share_ * days**2 * double,
    )


def _series(z: FloatArray, order: int) -> FloatArray:
    """Sum over k of (-z)^k / (k + order)!, the first six terms: exact to rounding below 0.01."""
    total, term = np.zeros_like(z), np.full_like(z, 1.0 / order)
    for k in range(6):
        total = total + term
        term = term * -z / (k + order + 1)
    return total
