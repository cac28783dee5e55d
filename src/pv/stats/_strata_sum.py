"""The exact distribution of a sum of strata whose counts have weights w(x) exp(theta x).

With its margins fixed the count of a stratum is noncentral hypergeometric (a table) or binomial
(two rates). Either is a sum of independent Bernoulli variables (Vatutin and Mikhailov 1982), and so
is the sum of the strata. That bounds where the mass lies: deviations obey Bernstein's inequality,
and a variance changes by no more than the mean when theta moves. Only these windows are convolved,
as plain sums of positive numbers that are first tilted to the observation: nothing cancels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pv.stats._result import FloatArray, IntArray
from pv.stats._roots import increasing_root
from pv.stats._tilted import Tilted

# Mass below e^-40 = 4e-18 is left out: no double tells it from nothing.
_LOST = 40.0
# ln of a ratio of two doubles is smaller.
_LARGEST_THETA = 1500.0


@dataclass(frozen=True, slots=True)
class Strata:
    """Strata end to end: ln weights (0 at each observation) and distances from the observation."""

    log_weight: FloatArray
    x: FloatArray
    start: IntArray

    @classmethod
    def of(cls, strata: Sequence[tuple[FloatArray, int]]) -> "Strata":
        """From each stratum's ln weights over its whole support, and the place of its count."""
        sizes = np.array([weights.size for weights, _ in strata], dtype=np.int64)
        return cls(
            np.concatenate([weights for weights, _ in strata]),
            np.concatenate([np.arange(w.size, dtype=np.float64) - at for w, at in strata]),
            np.cumsum(sizes) - sizes,
        )

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest sum, as distances from the observed one."""
        return float(self.x[self.start].sum()), float(self.x[self._end - 1].sum())

    @property
    def _end(self) -> IntArray:
        return np.append(self.start[1:], self.x.size)

    def moments(self, theta: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean, variance and ln of the summed weights of each stratum at ``theta``."""
        sizes = self._end - self.start
        exponent = self.log_weight + theta * self.x
        peak = np.maximum.reduceat(exponent, self.start)
        mass = np.exp(exponent - np.repeat(peak, sizes))
        total = np.add.reduceat(mass, self.start)
        mean = np.add.reduceat(mass * self.x, self.start) / total
        square = (self.x - np.repeat(mean, sizes)) ** 2
        return mean, np.add.reduceat(mass * square, self.start) / total, peak + np.log(total)

    def tilt(self) -> float:
        """The theta at which the mean is the observation, half a count inside of either end."""
        lowest, highest = self.ends
        target = min(max(0.0, lowest + 0.5), highest - 0.5)

        def excess(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
            mean, variance, _ = self.moments(float(theta[0]))
            return np.array([mean.sum() - target]), np.array([variance.sum()])

        end = np.array([_LARGEST_THETA])
        return float(increasing_root(excess, -end, end, np.zeros(1))[0])

    def near_observation(self, level: float) -> Tilted:
        """The sum's family, wherever it has mass at the observation's two limits of ``level``."""
        theta = self.tilt()
        mean, variance, log_total = self.moments(theta)
        means, variances = mean.cumsum(), variance.cumsum()
        windows = _Windows.of(float(variances[-1]), level)
        total, first, log_scale = np.ones(1), 0, 0.0
        for k, (start, end) in enumerate(zip(self.start, self._end, strict=True)):
            origin = int(self.x[start])
            low, high = windows.around(mean[k], variance[k])
            part = slice(start + max(low - origin, 0), min(start + high + 1 - origin, end))
            mass = np.exp(self.log_weight[part] + theta * self.x[part] - log_total[k])
            total, first = np.convolve(total, mass), first + max(low, origin)

            low, high = windows.around(means[k], variances[k])
            total, first = total[max(low - first, 0) : high + 1 - first], max(low, first)
            peak = total.max()
            total, log_scale = total / peak, log_scale + log_total[k] + float(np.log(peak))
        x = np.arange(total.size, dtype=np.float64) + first
        with np.errstate(divide="ignore"):
            return Tilted((np.log(total) + log_scale - theta * x)[None, :], x)

    def tails(self, family: Tilted, share: float = 1.0) -> tuple[float, float]:
        """P(sum <= observed) and P(sum >= observed) at theta = 0; ``share`` of P(observed) counts.

        ``family`` is that of ``near_observation``. The tail away from the mean is summed: there
        its window holds all of it. The other one is the rest.
        """
        mean, _, log_total = self.moments(0.0)
        mass = np.exp(family.log_weights[0] - log_total.sum())
        above = mean.sum() <= 0
        beyond = float(mass[family.x > 0 if above else family.x < 0].sum())
        at = float(mass[family.x == 0].sum())
        far = beyond + share * at
        near = min(max(1 - beyond - (1 - share) * at, 0.0), 1.0)
        return (near, far) if above else (far, near)


@dataclass(frozen=True, slots=True)
class _Windows:
    """Windows that hold the mass of a part of the sum, at the tilt and at both limits.

    ``shift`` bounds how far the mean of the sum moves between the tilt and a limit;
    ``per_variance`` how far the mean of a part does for each unit of its variance.
    """

    shift: float
    per_variance: float

    @classmethod
    def of(cls, variance: float, level: float) -> "_Windows":
        # A tail of the level needs no further mean than t = u/3 + sqrt(u^2/9 + 2 u (v + t)).
        u = float(np.log(2 / (1 - level)))
        shift = 1 + 4 / 3 * u + float(np.sqrt(16 / 9 * u**2 + 2 * u * variance))
        # The mean moves by v (1 - e^-d) at least when theta moves by d, so that e^d - 1 is at most
        # shift / (v - shift); that of a part moves by its own variance times e^d - 1 at most.
        bounded = variance > shift
        return cls(shift, shift / (variance - shift) if bounded else float(np.inf))

    def around(self, mean: float, variance: float) -> tuple[int, int]:
        shift = min(self.shift, variance * self.per_variance) if variance > 0 else 0.0
        reach = _LOST / 3 + np.sqrt(_LOST**2 / 9 + 2 * _LOST * (variance + shift))
        return int(np.floor(mean - shift - reach)), int(np.ceil(mean + shift + reach))
