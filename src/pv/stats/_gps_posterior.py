"""The posterior of every pair as a mixture of two gammas, given the prior.

What depends on the count alone is computed once for each distinct count.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.stats._gamma_mixture import GammaMixture
from pv.stats._result import FloatArray, Result

_BLOCK = 8192

Chosen = slice | NDArray[np.intp]


@dataclass(frozen=True, slots=True, repr=False)
class GpsPrior(Result):
    """The five hyperparameters; ``weight`` is the share P of the first component.

    A prior is reusable: fitted once on the whole background, it serves any smaller table.
    All shapes and rates must be positive and finite, the weight within [0, 1]; else ``ValueError``.
    """

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    weight: float

    def __post_init__(self) -> None:
        for name in ("alpha1", "beta1", "alpha2", "beta2"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be positive and finite, but is {value}")
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight must lie between 0 and 1, but is {self.weight}")


class Posteriors:
    """The posteriors of pairs (n, E): flat float arrays of one length, not negative.

    A little below E = 0 (above minus the smaller rate of the prior) the formulas go on.
    """

    def __init__(self, n: FloatArray, expected: FloatArray, prior: GpsPrior) -> None:
        self.n, self.expected, self.prior = n, expected, prior
        values, self._index = distinct(n)
        self._shape1, self._shape2 = prior.alpha1 + values, prior.alpha2 + values
        self._norm1, self._norm2 = special.gammaln(self._shape1), special.gammaln(self._shape2)
        # The logit of the first component's weight, but for its terms in E: the prior's logit and
        # ln of Gamma(alpha + n)/Gamma(alpha) beta^alpha of one component over the other. The two
        # negative binomial likelihoods share n! and E^n; leaving them out keeps E = 0 finite.
        log_f1 = self._norm1 - special.gammaln(prior.alpha1) + prior.alpha1 * math.log(prior.beta1)
        log_f2 = self._norm2 - special.gammaln(prior.alpha2) + prior.alpha2 * math.log(prior.beta2)
        self._logit = special.logit(prior.weight) + log_f1 - log_f2

    def mixture(self, chosen: Chosen) -> GammaMixture:
        """The posteriors of some pairs."""
        prior, n, index = self.prior, self.n[chosen], self._index[chosen]
        shape1, shape2 = prior.alpha1 + n, prior.alpha2 + n
        expected = self.expected[chosen]
        rate1, rate2 = prior.beta1 + expected, prior.beta2 + expected
        logit = self._logit[index] - shape1 * np.log(rate1) + shape2 * np.log(rate2)
        weight = special.expit(logit)
        return GammaMixture(
            weight, shape1, rate1, self._norm1[index], shape2, rate2, self._norm2[index]
        )

    def log_mean(self) -> FloatArray:
        """E[ln lambda | n] of all pairs."""
        log_mean1, log_mean2 = special.psi(self._shape1), special.psi(self._shape2)
        found = np.empty(self.n.size)
        for block in blocks(self.n.size):
            mixture, index = self.mixture(block), self._index[block]
            log1 = log_mean1[index] - np.log(mixture.rate1)
            log2 = log_mean2[index] - np.log(mixture.rate2)
            found[block] = mixture.weight * log1 + (1 - mixture.weight) * log2
        return found


def blocks(size: int) -> Iterator[slice]:
    """Stretches of pairs whose arrays stay in the processor's cache."""
    return (slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


def distinct(counts: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Sorted distinct counts, and each element's place among them."""
    most = int(counts.max(initial=0))
    if most < 1000 + 4 * counts.size:
        whole = counts.astype(np.intp)
        if np.array_equal(whole, counts):  # marking is twenty times faster than sorting
            seen = np.zeros(most + 1, dtype=np.bool_)
            seen[whole] = True
            return np.flatnonzero(seen).astype(np.float64), (np.cumsum(seen) - 1)[whole]
    values, index = np.unique(counts, return_inverse=True)
    return values, index
