"""How often a pair without effect would have so many cases (METHODS part 5.1).

Two nulls. Sharp: product and event are unrelated in every stratum, and the count is Poisson with
the expectation E (an upper bound of the exact tail from E + 1 cases on; the exact one is in
``sharp_null``). Empirical: the ratios of pairs without effect scatter about a mean, as the heavier
component of a fitted GPS prior says, and the count is negative binomial.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result
from pv.stats._smallest_count import smallest_count
from pv.stats.gps import GpsPrior

# A scatter this small (a standard deviation of 3%) is none.
_SHARP_FROM = 1000.0


@dataclass(frozen=True, slots=True, repr=False)
class CriticalCount(Result):
    """The fewest cases whose tail is at most a threshold, and that tail: the attained level."""

    count: FloatArray
    level: FloatArray


@dataclass(frozen=True, slots=True, repr=False)
class Null(Result):
    """A pair's count without effect: Poisson(lambda E), lambda ~ Gamma(``shape``) of ``mean``.

    ``shape`` inf is the sharp null, lambda = 1. A mean below 1 counts as 1: it would lower the bar.
    """

    shape: float = math.inf
    mean: float = 1.0

    def __post_init__(self) -> None:
        if not (self.shape > 0 and 0 < self.mean < math.inf):
            raise ValueError(
                f"shape and mean must be above zero, but are {self.shape}, {self.mean}"
            )

    @classmethod
    def of_prior(cls, prior: GpsPrior | None) -> "Null":
        """That of the heavier component of a GPS prior; sharp without one or from shape 1000 on."""
        if prior is None:
            return cls()
        first = prior.weight >= 0.5
        shape = prior.alpha1 if first else prior.alpha2
        rate = prior.beta1 if first else prior.beta2
        return cls() if shape >= _SHARP_FROM else cls(shape, shape / rate)

    @property
    def kind(self) -> Literal["sharp", "empirical"]:
        """Which of the two nulls this is."""
        return "sharp" if math.isinf(self.shape) else "empirical"

    def tail(self, n: ArrayLike, expected: ArrayLike) -> FloatArray:
        """P(count >= n): Poisson, or I_{E/(E+b)}(n, a) with b = a / max(1, mean).

        ``n`` (whole) and ``expected`` broadcast. 1 at n = 0, and where nothing is expected: nothing
        can be compared there.
        """
        n_ = check.whole_counts("n", n)
        expected_ = check.counts("expected", expected)
        check.common_shape(n=n_, expected=expected_)
        found = self._tail(np.maximum(n_, 1.0), expected_)
        return np.where((n_ == 0) | (expected_ == 0), 1.0, found)[()]

    def critical_count(
        self, expected: ArrayLike, threshold: ArrayLike, *, n_min: ArrayLike = 1
    ) -> CriticalCount:
        """The least n >= ``n_min`` with P(count >= n) <= ``threshold`` (above 0, at most 1)."""
        expected_ = check.positive("expected", expected)
        level = check.probabilities("threshold", check.positive("threshold", threshold))
        least = check.positive("n_min", check.whole_counts("n_min", n_min))
        shape = check.common_shape(expected=expected_, threshold=level, n_min=least)
        count = smallest_count(lambda n: self._tail(n, expected_) <= level, least, shape)
        return CriticalCount(count[()], self._tail(count, expected_)[()])

    def _tail(self, n: FloatArray, expected: FloatArray) -> FloatArray:
        if math.isinf(self.shape):
            return np.asarray(special.gammainc(n, expected), dtype=np.float64)
        rate = self.shape / max(1.0, self.mean)
        tail = special.betainc(n, self.shape, expected / (expected + rate))
        return np.asarray(tail, dtype=np.float64)


SHARP = Null()
