"""Mixtures of two gammas, one an element, and the roots of their distribution functions.

A quantile is sought in t = ln x. The incomplete gamma functions are nearly all of its cost, while
their higher derivatives are polynomials times the density: a step of fourth order costs hardly
more than Newton's. From a guess good to four digits, one such step ends the search.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.stats._result import FloatArray
from pv.stats._roots import increasing_root

_TINY = float(np.finfo(np.float64).tiny)
# When the series of a step has ended: see one_step.
_FIRST_TERM, _THIRD_TERM = 1e-2, 1e-12


@dataclass(frozen=True, slots=True)
class GammaMixture:
    """weight Gamma(shape1, rate1) + (1 - weight) Gamma(shape2, rate2): flat arrays of one length.

    ``norm1`` and ``norm2`` are ln Gamma(shape), which the maker knows more cheaply.
    """

    weight: FloatArray
    shape1: FloatArray
    rate1: FloatArray
    norm1: FloatArray
    shape2: FloatArray
    rate2: FloatArray
    norm2: FloatArray

    def columns(self) -> list[FloatArray]:
        """The seven arrays."""
        return [getattr(self, field.name) for field in fields(self)]

    def below(self, x: float) -> FloatArray:
        """The distribution function at ``x``."""
        below1 = special.gammainc(self.shape1, self.rate1 * x)
        below2 = special.gammainc(self.shape2, self.rate2 * x)
        return self.weight * below1 + (1 - self.weight) * below2


@dataclass(frozen=True, slots=True)
class Tail:
    """The smaller of the two tails beside a quantile: no digits are lost to 1 - F."""

    mass: float
    upper: bool

    @classmethod
    def beside(cls, p: float) -> "Tail":
        """The tail that the quantile of ``p`` cuts off."""
        return cls(1 - p, upper=True) if p > 0.5 else cls(p, upper=False)

    def of(self, shape: FloatArray, x: FloatArray) -> FloatArray:
        """The mass of Gamma(shape, 1) in this tail beside ``x``."""
        return special.gammaincc(shape, x) if self.upper else special.gammainc(shape, x)

    def log_quantile(self, shape: FloatArray) -> FloatArray:
        """ln of the quantile of Gamma(shape, 1), at least that of the smallest normal float."""
        distinct, index = np.unique(shape, return_inverse=True)
        inverse = special.gammainccinv if self.upper else special.gammaincinv
        return np.log(np.maximum(inverse(distinct, self.mass), _TINY))[index]


def one_step(
    mixture: GammaMixture, tail: Tail, guess: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """ln of each quantile one step of fourth order from a guess, and where that is the last digit.

    With u Newton's step on f(t) = ln(mass of the tail), the step is the series of the inverse
    function, u - a u^2 + (2 a^2 - b) u^3 with a = f''/2f' and b = f'''/6f'. What it leaves out is
    about the third term times the second over the first: a small third term ends the search.
    """
    sign = 1.0 if tail.upper else -1.0
    with np.errstate(all="ignore"):  # a guess far off gives inf or nan, which is not the end
        x = np.exp(guess)
        x1, x2 = mixture.rate1 * x, mixture.rate2 * x
        weight1, weight2 = mixture.weight, 1 - mixture.weight
        mass = weight1 * tail.of(mixture.shape1, x1) + weight2 * tail.of(mixture.shape2, x2)
        density1 = weight1 * np.exp(mixture.shape1 * np.log(x1) - x1 - mixture.norm1) / mass
        density2 = weight2 * np.exp(mixture.shape2 * np.log(x2) - x2 - mixture.norm2) / mass
        bend1, bend2 = mixture.shape1 - x1, mixture.shape2 - x2
        # Derivatives in t of the distribution function, over the mass; then f''/2f' and f'''/6f'.
        first = density1 + density2
        second = density1 * bend1 + density2 * bend2
        third = density1 * (bend1 * bend1 - x1) + density2 * (bend2 * bend2 - x2)
        a = (second + sign * first * first) / (2 * first)
        b = (third + first * (3 * sign * second + 2 * first * first)) / (6 * first)
        u = sign * np.log(mass / tail.mass) / first
        # Summed without their signs, lest the parts of the third term cancel by chance.
        third_term = (2 * a * a + np.abs(b)) * np.abs(u * u * u)
        ended = (np.abs(u) <= _FIRST_TERM) & (third_term <= _THIRD_TERM)
        return guess + u * (1 + u * ((2 * a * a - b) * u - a)), ended


def bracketed(mixture: GammaMixture, tail: Tail) -> FloatArray:
    """ln of each quantile without a guess, from between the quantiles of the two components."""
    log_q1 = tail.log_quantile(mixture.shape1) - np.log(mixture.rate1)
    log_q2 = tail.log_quantile(mixture.shape2) - np.log(mixture.rate2)

    def above(t: FloatArray, *columns: FloatArray) -> tuple[FloatArray, FloatArray]:
        weight, shape1, rate1, norm1, shape2, rate2, norm2 = columns
        x = np.exp(t)
        x1, x2 = rate1 * x, rate2 * x
        mass = weight * tail.of(shape1, x1) + (1 - weight) * tail.of(shape2, x2)
        density = weight * np.exp(shape1 * np.log(x1) - x1 - norm1)
        density += (1 - weight) * np.exp(shape2 * np.log(x2) - x2 - norm2)
        value = np.log(mass / tail.mass)
        return (-value if tail.upper else value), density / mass

    return increasing_root(
        above,
        np.minimum(log_q1, log_q2),
        np.maximum(log_q1, log_q2),
        mixture.weight * log_q1 + (1 - mixture.weight) * log_q2,
        *mixture.columns(),
    )
